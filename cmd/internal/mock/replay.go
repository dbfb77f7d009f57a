package mock

import (
	"fmt"
	"net/url"
	"slices"
	"strings"
	"time"

	"github.com/asyncctl/asyncctl/cmd/internal/bounded"
	"github.com/asyncctl/asyncctl/cmd/internal/draft"
	"github.com/asyncctl/asyncctl/mockserver"
)

// Open reads the recording of a file.
func Open(path string) (*Recording, error) {
	f, err := bounded.Open(path, 1<<30)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	return Record(path, bounded.Stream(f))
}

// server returns a mock that does what was recorded, changed by other words.
func (r *Recording) server(values url.Values) (*mockserver.Server, error) {
	s := &mockserver.Server{Dialect: r.Dialect}
	var err error
	if s.Scenario, err = mockserver.ParseScenario(r.Operation, values); err != nil {
		return nil, err
	}
	for _, rule := range r.Rules {
		sc, err := mockserver.ParseScenario(*rule.Scenario, values)
		if err != nil {
			return nil, err
		}
		rule.Scenario = &sc
		s.Rules = append(s.Rules, rule)
	}
	s.Rules = slices.Concat(s.Rules, r.Latencies)
	return s, nil
}

// YAML returns an API file whose mock does what was recorded.
func (r *Recording) YAML() string {
	var b strings.Builder
	b.WriteString("asyncctl: 1\nabout: recorded from a real run\n")
	if r.Dialect != "" {
		fmt.Fprintf(&b, "dialect: %s\n", r.Dialect)
	}
	b.WriteString("mock:\n")
	if len(r.Rules) == 0 {
		writeWords(&b, "  ", r.Operation)
	}
	if len(r.Rules)+len(r.Latencies) > 0 {
		b.WriteString("  rules:\n")
	}
	for _, rule := range r.Rules {
		fmt.Fprintf(&b, "    - when: {turn: %d/%d}\n      set:\n", rule.When.Turn, rule.When.Of)
		writeWords(&b, "        ", *rule.Scenario)
	}
	for _, l := range r.Latencies {
		when := "method: " + draft.Quote(string(l.When.Method))
		if l.When.Path != "" {
			when += ", path: " + draft.Quote(string(l.When.Path))
		}
		fmt.Fprintf(&b, "    - when: {%s}\n      delay: %s\n", when, l.Delay.Round(time.Millisecond))
	}
	return b.String()
}

// writeWords writes a scenario in the words of the mock, in their order.
func writeWords(b *strings.Builder, indent string, sc mockserver.Scenario) {
	values := sc.Values()
	for _, p := range mockserver.Parameters() {
		if values.Has(p.Name) {
			value := values.Get(p.Name)
			if strings.Trim(value, "0123456789.msh") != "" { // a number or a duration needs no quotes
				value = draft.Quote(value)
			}
			fmt.Fprintf(b, "%s%s: %s\n", indent, p.Name, value)
		}
	}
}
