package mutants

import (
	"fmt"
	"net/http"
	"time"

	"github.com/asyncctl/asyncctl/conformance"
	"github.com/asyncctl/asyncctl/mockserver"
)

// faultless break nothing: what is found in them is found wrongly.
var faultless = []mutant{
	{name: "faultless", summary: "the mock as it is"},
	{name: "faultless-202", summary: "202 until the result is there, and then the result", query: "pending-status=202&completion=result"},
	{name: "faultless-status", summary: "the end is a status document", query: "completion=status"},
	{name: "faultless-absolute", summary: "all URLs are whole, and Retry-After is a date", query: "location=absolute&retry-after=date"},
	{name: "faultless-tls", summary: "over TLS", secure: true},
	{
		name: "faultless-no-cancel", summary: "nothing can be called off", query: "cancel=off",
		target: func(t *conformance.Target, _ string) { t.Cancel = conformance.Unsupported },
	},
	{
		name: "faultless-vary", summary: "the answer to the submit may be cached, and says that it depends on Prefer",
		wrap: rewrite(func(r *http.Request, a *reply) {
			if accepted(r, a) {
				a.header.Set("Cache-Control", "private, max-age=1")
				a.header.Set("Vary", "Prefer")
			}
		}),
	},
	{
		name: "faultless-expires", summary: "the status has Expires, and Cache-Control overrides it",
		wrap: rewrite(func(r *http.Request, a *reply) {
			if ofStatus(r) {
				a.header.Set("Expires", time.Now().Add(24*time.Hour).UTC().Format(http.TimeFormat))
			}
		}),
	},
	{
		name: "faultless-auth", summary: "everything asks for credentials", wrap: guard(challenge),
		suite: withCredentials,
	},
}

// hidden are the faults behind which nothing can be seen.
var hidden = map[string]bool{"timeout": true, "reset_peer": true, "lost-202": true}

// tuned are faults that are seen with other parameters than their own, or in another scenario.
var tuned = map[string]string{"latency": "latency:delay=1200ms"}

// faulty are the mock's own faults. What they break is in the mock's catalogue, in this project's
// words for the rules.
func faulty() []mutant {
	var all []mutant
	for _, info := range mockserver.Faults() {
		text := info.Name
		if tuned[info.Name] != "" {
			text = tuned[info.Name]
		}
		fault, err := mockserver.ParseFault(text)
		if err != nil {
			panic(fmt.Sprintf("mutants: the mock does not take its own fault %q: %v", text, err))
		}
		m := mutant{name: info.Name, summary: info.Summary, faults: []mockserver.Fault{fault}, breaks: info.Rules, hidden: hidden[info.Name]}
		switch {
		case m.hidden:
			m.breaks = nil
		case info.Name == "stuck": // who cannot wait for ever cannot know that it will never end
			m.breaks, m.withholds = nil, info.Rules
		}
		all = append(all, m)
	}
	return all
}
