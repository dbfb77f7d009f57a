package mockserver

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strings"
	"time"

	"github.com/asyncctl/asyncctl/mockserver/internal/fault"
	"github.com/asyncctl/asyncctl/mockserver/internal/work"
)

// maxSetup bounds the JSON that changes the server, in bytes.
const maxSetup = 4 << 20

// readJSON reads the content of a request to the admin API into a value. The
// example is for who sends something else.
func readJSON(r *http.Request, into any, example string) error {
	decoder := json.NewDecoder(io.LimitReader(r.Body, maxSetup))
	decoder.DisallowUnknownFields()
	if err := decoder.Decode(into); err != nil {
		return fmt.Errorf("%w: send JSON such as %s", err, example)
	}
	return nil
}

// words are the parameters of a scenario as JSON: {"duration": "3s", "polls": 2}.
type words map[string]json.RawMessage

func (w words) values() (url.Values, error) {
	values := url.Values{}
	for name, raw := range w {
		text := ""
		if json.Unmarshal(raw, &text) != nil {
			if text = string(raw); len(raw) > 0 && (raw[0] == '{' || raw[0] == '[') {
				return nil, fmt.Errorf("parameter %q: its value is a text or a number", work.Clip(name))
			}
		}
		values.Set(name, text)
	}
	return values, nil
}

func wordsOf(values url.Values) map[string]string {
	m := map[string]string{}
	for name := range values {
		m[name] = values.Get(name)
	}
	return m
}

func (s *Server) adminScenario() any {
	sc := s.settings.Load().scenario
	return wordsOf(sc.Values())
}

// adminSetScenario puts a scenario in place of that of the server.
func (s *Server) adminSetScenario(r *http.Request) (any, error) {
	var w words
	if err := readJSON(r, &w, `{"duration": "3s", "outcome": "failed"}`); err != nil {
		return nil, err
	}
	values, err := w.values()
	if err != nil {
		return nil, err
	}
	sc, err := ParseScenario(Scenario{}, values)
	if err != nil {
		return nil, err
	}
	if err := s.SetScenario(sc); err != nil {
		return nil, adminError{http.StatusConflict, err.Error()}
	}
	return s.adminScenario(), nil
}

// A conditionJSON is a Condition as JSON.
type conditionJSON struct {
	Kind        string             `json:"kind,omitempty"`
	Method      Pattern            `json:"method,omitempty"`
	Path        Pattern            `json:"path,omitempty"`
	Query       map[string]Pattern `json:"query,omitempty"`
	Header      map[string]Pattern `json:"header,omitempty"`
	Body        map[string]Pattern `json:"body,omitempty"`
	Content     json.RawMessage    `json:"content,omitempty"`
	Probability float64            `json:"probability,omitempty"`
	Turn        int                `json:"turn,omitempty"`
	Of          int                `json:"of,omitempty"`
}

func (c conditionJSON) condition() Condition {
	return Condition{Kind: c.Kind, Method: c.Method, Path: c.Path, Query: c.Query, Header: c.Header, Body: c.Body, Content: c.Content, P: c.Probability, Turn: c.Turn, Of: c.Of}
}

// A ruleJSON is a Rule as JSON.
type ruleJSON struct {
	Name         string        `json:"name,omitempty"`
	When         conditionJSON `json:"when"`
	Set          words         `json:"set,omitempty"`
	Result       string        `json:"result,omitempty"` // longer than set takes it
	Answer       *Answer       `json:"answer,omitempty"`
	Delay        string        `json:"delay,omitempty"`
	Distribution string        `json:"distribution,omitempty"`
	Faults       []string      `json:"faults,omitempty"`
}

func (j ruleJSON) rule() (rule Rule, err error) {
	rule = Rule{Name: j.Name, Result: j.Result, When: j.When.condition(), Answer: j.Answer}
	if len(j.Set) > 0 {
		if rule.Set, err = j.Set.values(); err != nil {
			return rule, err
		}
	}
	if j.Delay != "" {
		if rule.Delay, err = time.ParseDuration(j.Delay); err != nil {
			return rule, errors.New(`delay is a duration such as "300ms"`)
		}
	}
	if j.Distribution != "" {
		sc, err := ParseScenario(Scenario{}, url.Values{"distribution": {j.Distribution}})
		if err != nil {
			return rule, err
		}
		rule.Distribution = sc.Distribution
	}
	for _, text := range j.Faults {
		f, err := ParseFault(text)
		if err != nil {
			return rule, err
		}
		rule.Faults = append(rule.Faults, f)
	}
	return rule, nil
}

func (s *Server) adminRules() any {
	list := []ruleJSON{}
	for _, rule := range s.settings.Load().plain() {
		w := rule.When
		j := ruleJSON{Name: rule.Name, Result: rule.Result, Answer: rule.Answer, When: conditionJSON{w.Kind, w.Method, w.Path, w.Query, w.Header, w.Body, w.Content, w.P, w.Turn, w.Of}}
		values := rule.Set
		if rule.Scenario != nil {
			values = rule.Scenario.Values()
		}
		for name, value := range wordsOf(values) {
			if j.Set == nil {
				j.Set = words{}
			}
			j.Set[name], _ = json.Marshal(value) // a text cannot fail
		}
		if rule.Delay > 0 {
			j.Delay, j.Distribution = rule.Delay.String(), rule.Distribution.String()
		}
		for _, f := range rule.Faults {
			j.Faults = append(j.Faults, f.String())
		}
		list = append(list, j)
	}
	return list
}

// adminSetRules puts rules in place of those of the server.
func (s *Server) adminSetRules(r *http.Request) (any, error) {
	var list []ruleJSON
	if err := readJSON(r, &list, `[{"when": {"method": "POST", "body": {"/year": "1066"}}, "set": {"outcome": "failed"}}]`); err != nil {
		return nil, err
	}
	rules := make([]Rule, len(list))
	for i, j := range list {
		var err error
		if rules[i], err = j.rule(); err != nil {
			return nil, fmt.Errorf("rule %d: %w", i+1, err)
		}
	}
	if err := s.SetRules(rules); err != nil {
		return nil, err
	}
	return s.adminRules(), nil
}

// adminVerify counts the requests of the journal that meet a condition. The
// answer is 409 if they are not as many as were asked for.
func (s *Server) adminVerify(r *http.Request) (any, error) {
	var want struct {
		When    conditionJSON `json:"when"`
		Count   *int          `json:"count"`
		AtLeast *int          `json:"atLeast"`
		AtMost  *int          `json:"atMost"`
	}
	if err := readJSON(r, &want, `{"when": {"method": "POST", "path": "/reports", "body": {"/year": "2026"}}, "count": 1}`); err != nil {
		return nil, err
	}
	if s.Journal <= 0 {
		return nil, adminError{http.StatusConflict, "there is no journal to look at: serve the mock with one"}
	}
	if len(want.When.Body)+len(want.When.Content) > 0 && !s.JournalBodies {
		return nil, adminError{http.StatusConflict, "the journal keeps no contents: serve the mock with --journal-bodies"}
	}
	found, err := s.Matching(want.When.condition())
	if err != nil {
		return nil, err
	}
	n := len(found)
	switch {
	case want.Count != nil && n != *want.Count:
		return nil, adminError{http.StatusConflict, fmt.Sprintf("%d requests meet the condition, not %d", n, *want.Count)}
	case want.AtLeast != nil && n < *want.AtLeast:
		return nil, adminError{http.StatusConflict, fmt.Sprintf("%d requests meet the condition, not %d at least", n, *want.AtLeast)}
	case want.AtMost != nil && n > *want.AtMost:
		return nil, adminError{http.StatusConflict, fmt.Sprintf("%d requests meet the condition, not %d at most", n, *want.AtMost)}
	}
	return map[string]any{"count": n, "requests": listOf(found[:min(n, maxPage)])}, nil
}

// faultState is what the admin API tells of faults.
type faultState struct {
	Seed      uint64           `json:"seed,string"`
	On        []string         `json:"on"`
	Catalogue []FaultInfo      `json:"catalogue"`
	Affected  map[string]int64 `json:"affected"` // requests, by fault
}

func (s *Server) adminFaults() faultState {
	on := []string{}
	for _, f := range s.FaultsOn() {
		on = append(on, f.String())
	}
	return faultState{s.FaultSeed(), on, Faults(), s.FaultCounts()}
}

// adminSetFaults puts the faults of a list in place of those that are on.
func (s *Server) adminSetFaults(r *http.Request) (any, error) {
	var change struct {
		On []string `json:"on"`
	}
	decoder := json.NewDecoder(io.LimitReader(r.Body, 64<<10))
	decoder.DisallowUnknownFields()
	if err := decoder.Decode(&change); err != nil {
		return nil, errors.New(`send JSON such as {"on": ["lost-202:p=0.1", "429-storm"]}`)
	}
	var faults []Fault
	for _, text := range change.On {
		f, err := ParseFault(text)
		if err != nil {
			return nil, err
		}
		faults = append(faults, f)
	}
	if err := s.SetFaults(faults); err != nil {
		return nil, adminError{http.StatusConflict, err.Error()}
	}
	return s.adminFaults(), nil
}

// adminSwitch switches one fault on, with the parameters in the body, or off.
func (s *Server) adminSwitch(r *http.Request) (any, error) {
	name := r.PathValue("name")
	if fault.KindOf(name) == nil {
		return nil, adminError{http.StatusNotFound, "there is no fault " + work.Clip(name)}
	}
	if r.Method == http.MethodDelete {
		if err := s.switchOff(name); err != nil {
			return nil, err
		}
		return s.adminFaults(), nil
	}
	parameters, err := io.ReadAll(io.LimitReader(r.Body, 4<<10))
	if err != nil {
		return nil, errors.New("the body ended early: send all of it")
	}
	text := name
	if given := strings.TrimSpace(string(parameters)); given != "" {
		text += ":" + given
	}
	f, err := ParseFault(text)
	if err != nil {
		return nil, err
	}
	if err := s.switchOn(f); err != nil {
		return nil, adminError{http.StatusConflict, err.Error()}
	}
	return s.adminFaults(), nil
}
