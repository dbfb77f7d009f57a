package api

import (
	"encoding/json"
	"fmt"
	"net/url"
	"strconv"
	"strings"

	"go.yaml.in/yaml/v3"

	"github.com/asyncctl/asyncctl/cmd/internal/bounded"
	"github.com/asyncctl/asyncctl/mockserver"
)

// What the mock's words are for. Their values are those of --set.
var setDocs = map[string][2]string{
	"duration":       {"2s", "How long the work takes."},
	"queue":          {"0s", "How long it waits before it starts."},
	"polls":          {"", "The work ends with this poll, however long it takes."},
	"progress":       {"linear", "How the percentage grows."},
	"outcome":        {"succeeded", "How it ends."},
	"distribution":   {"fixed", "How durations vary."},
	"retention":      {"", "How long a finished operation is kept."},
	"retry-after":    {"1", "The hint."},
	"completion":     {"303", "How the generic dialect says that the work is done."},
	"pending-status": {"200", "The HTTP status of polls before the end, in the generic dialect."},
	"result-type":    {"application/json", "The media type of the result."},
	"result-size":    {"", "Size of a result that is made up."},
	"result-status":  {"200", "The HTTP status of the result."},
	"fail-status":    {"422", "The HTTP status of the failure."},
	"fail-title":     {"", "What went wrong, in a few words."},
	"fail-detail":    {"", "What went wrong."},
	"cancel":         {"on", "Whether it can be cancelled."},
	"cancel-delay":   {"0s", "How long a cancellation takes."},
	"location":       {"relative", "Whether Location is a path or a whole URL."},
}

// setFields are the mock's words, and a result that is a structure or in a file.
var setFields = makeSetFields()

func makeSetFields() []*Field {
	var all []*Field
	for _, p := range mockserver.Parameters() {
		if p.Name == "result" {
			all = append(all,
				f("result", &shape{kind: kJSON, name: "a text, or any value"}, "", "The result: a text as it is, anything else as JSON."),
				f("result-file", fileText, "", "The result from a file in this file's folder, at most 16 MiB."))
			continue
		}
		s := &shape{kind: kText, name: p.Allowed, scalar: true, check: checkWord(p.Name)}
		all = append(all, f(p.Name, s, setDocs[p.Name][0], setDocs[p.Name][1]))
	}
	return all
}

// setField returns one of them.
func setField(name string) *Field { return (&shape{fields: setFields}).field(name) }

// checkWord returns what says whether the mock takes a value for one of its words.
func checkWord(name string) checkFunc {
	return func(value string) string {
		_, err := mockserver.ParseScenario(mockserver.Scenario{}, url.Values{name: {value}})
		if err == nil {
			return ""
		}
		return strings.TrimPrefix(err.Error(), "parameter "+strconv.Quote(name)+": ")
	}
}

func checkFault(text string) string {
	if _, err := mockserver.ParseFault(text); err != nil {
		return err.Error()
	}
	return ""
}

func checkTimes(v string) string {
	if n, err := strconv.Atoi(v); err == nil && n > 100 {
		return fmt.Sprintf("%q is more than 100 times", clip(v))
	}
	return ""
}

// checkTurn checks "1/3".
func checkTurn(v string) string {
	turn, of, ok := strings.Cut(v, "/")
	t, err := strconv.ParseUint(turn, 10, 16)
	o, errOf := strconv.ParseUint(of, 10, 16)
	if !ok || err != nil || errOf != nil || t < 1 || t > o {
		return fmt.Sprintf("%q is not a turn: write 1/3, the first of every three", clip(v))
	}
	return ""
}

func checkChance(v string) string {
	if x, err := strconv.ParseFloat(v, 64); err == nil && !(x > 0 && x <= 1) {
		return fmt.Sprintf("%q is not a probability: a number above 0, at most 1", clip(v))
	}
	return ""
}

// Words are words of the mock as a section gives them.
type Words struct {
	Values url.Values
	// Result is the result itself, if HasResult.
	Result    string
	HasResult bool
}

// Empty reports whether a section gives none.
func (w Words) Empty() bool { return len(w.Values) == 0 && !w.HasResult }

// Over returns a scenario that the words change.
func (w Words) Over(base mockserver.Scenario) (mockserver.Scenario, error) {
	sc, err := mockserver.ParseScenario(base, w.Values)
	if err == nil && w.HasResult {
		sc.Result, sc.ResultSize = w.Result, 0
	}
	return sc, err
}

// words reads the mock's words of a section.
func (b *builder) words(r *reader, n *yaml.Node, path string) Words {
	w := Words{Values: url.Values{}}
	for _, one := range setFields {
		v := child(n, one.Name)
		switch {
		case v == nil:
		case one.Name == "result" || one.Name == "result-file":
			at := join(path, one.Name)
			if w.HasResult || w.Values.Has("result-size") {
				r.fail(v, at, "result, result-file and result-size exclude each other")
			}
			w.HasResult = true
			w.Result = b.resultOf(r, v, one.Name, at)
		default:
			if one.Name == "result-size" && w.HasResult {
				r.fail(v, join(path, one.Name), "result, result-file and result-size exclude each other")
			}
			w.Values.Set(one.Name, v.Value)
		}
	}
	return w
}

// resultOf returns the result that a section gives.
func (b *builder) resultOf(r *reader, n *yaml.Node, name, path string) string {
	text := n.Value
	switch {
	case name == "result" && n.Kind != yaml.ScalarNode:
		return compacted(jsonText(n))
	case name == "result-file":
		full, err := b.beside(r.file, n.Value)
		if err != nil {
			r.fail(n, path, "%v", err)
			return ""
		}
		content, err := bounded.Regular(full, MaxFile)
		if err != nil {
			r.fail(n, path, "%v", err)
			return ""
		}
		text = string(content)
	}
	if text == "" {
		r.fail(n, path, "it is empty; for a result without content write result-status: 204")
	}
	return text
}

func compacted(text string) string {
	var v json.RawMessage
	if json.Unmarshal([]byte(text), &v) != nil {
		return text
	}
	out, err := json.Marshal(v) // which compacts it
	if err != nil {
		return text
	}
	return string(out)
}
