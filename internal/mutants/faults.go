package mutants

import (
	"fmt"
	"net/http"
	"strings"
	"sync"
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
		name: "faultless-no-cancel", summary: "nothing can be cancelled", query: "cancel=off",
		target: func(t *conformance.Target, _ string) { t.Cancel = conformance.Unsupported },
	},
	{
		name: "faultless-vary", summary: "the answer to the submit may be cached, and says that it depends on Prefer",
		target: byGet,
		wrap: takesGet(func(r *http.Request, a *reply) {
			if accepted(r, a) {
				a.header.Set("Cache-Control", "private, max-age=1")
				a.header.Set("Vary", "Prefer")
			}
		}),
	},
	{
		name: "faultless-cors", summary: "browsers may read all that matters on other sites",
		wrap: rewrite(func(_ *http.Request, a *reply) {
			a.header.Set("Access-Control-Allow-Origin", "*")
			a.header.Set("Access-Control-Expose-Headers", "Location, Content-Location, Retry-After")
		}),
	},
	{
		name: "faultless-slash", summary: "the status URL redirects to its spelling with a slash",
		wrap: func(mock http.Handler) http.Handler {
			return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
				if ofStatus(r) {
					http.Redirect(w, r, r.URL.Path+"/", http.StatusPermanentRedirect)
					return
				}
				if path, ok := strings.CutSuffix(r.URL.Path, "/"); ok {
					r.URL.Path = path
				}
				mock.ServeHTTP(w, r)
			})
		},
	},
	{
		name: "faultless-303", summary: "the submit is answered with 303 to the status",
		wrap: rewrite(func(r *http.Request, a *reply) {
			if accepted(r, a) {
				a.status = http.StatusSeeOther
			}
		}),
	},
	{
		name: "faultless-busy", summary: "one operation at a time: others are refused with 409", wrap: busy,
		target: func(t *conformance.Target, _ string) { t.Burst = false },
	},
	{
		name: "faultless-patch", summary: "the status URL takes PATCH with a media type of its own",
		wrap: rewrite(func(r *http.Request, a *reply) {
			if allow := a.header.Get("Allow"); allow != "" {
				a.header.Set("Allow", allow+", PATCH")
			}
			if ofStatus(r) && r.Method == http.MethodPatch && a.status == http.StatusMethodNotAllowed {
				a.json(http.StatusUnsupportedMediaType, `{"error":{"code":"Unsupported","message":"send application/merge-patch+json"}}`)
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
var tuned = map[string]string{
	"latency": "latency:delay=1200ms",
	"status":  "status:on=poll", // a refused submit is no operation to judge
}

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

// busy takes one operation at a time.
func busy(mock http.Handler) http.Handler {
	var mu sync.Mutex
	until := time.Time{}
	keys := map[string]bool{} // that were accepted
	running := ""
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		submit := !ofStatus(r) && r.Method == http.MethodPost && !strings.Contains(r.URL.RawQuery, "misspelt")
		mu.Lock()
		again := keys[r.Header.Get("Idempotency-Key")]
		if submit && time.Now().Before(until) && !again {
			mu.Unlock()
			w.Header().Set("Content-Type", "application/problem+json")
			w.Header().Set("Retry-After", "1")
			w.WriteHeader(http.StatusConflict)
			w.Write([]byte(`{"type":"about:blank","title":"Another operation is in progress","status":409}`))
			return
		}
		mu.Unlock()
		rewrite(func(r *http.Request, a *reply) {
			mu.Lock()
			defer mu.Unlock()
			switch {
			case submit && accepted(r, a) && !again:
				until, running = time.Now().Add(4*time.Second), a.header.Get("Location")
				if key := r.Header.Get("Idempotency-Key"); key != "" {
					keys[key] = true
				}
			case r.Method == http.MethodDelete && r.URL.Path == running && a.status/100 == 2:
				until = time.Time{}
			}
		})(mock).ServeHTTP(w, r)
	})
}
