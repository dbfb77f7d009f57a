package fault

import (
	"strings"

	"github.com/asyncctl/asyncctl/mockserver/internal/speech"
)

// CrossOrigin ends the names of the faults that need Server.Stranger.
const CrossOrigin = "-cross-origin"

// submitFaults spoil the answer to a submit.
var submitFaults = []Kind{
	{
		Name:    "lost-202",
		summary: "the operation is accepted, and the connection ends without an answer",
		exposes: "submitting again without an idempotency key: the work is done twice",
		rules:   []string{"submit-202", "status-url-present"},
		on:      speech.OnSubmit,
		excuses: speech.OnSubmit,
		rewrite: func(h *hit) bool {
			if !h.accepted() {
				return false
			}
			h.w.drop = true
			return true
		},
	},
	{
		Name:    "no-status-url",
		summary: "the answer to the submit names no status URL",
		exposes: "polling the URL of the submit, or calling it a success",
		rules:   []string{"status-url-present"},
		on:      speech.OnSubmit,
		excuses: speech.OnSubmit,
		rewrite: func(h *hit) bool {
			return h.accepted() && h.replace(h.x.Monitor(h.v), "")
		},
	},
	located("location-relative", "the Location is a path relative to that of the submit",
		"joining strings instead of resolving the reference against the URL of the request", nil,
		0, func(h *hit) string {
			return strings.Repeat("../", strings.Count(h.x.R.URL.Path, "/")-1) + speech.PathOf(h.x.Monitor(h.v))[1:]
		}),
	located("location-absolute", "the Location is a whole URL",
		"putting the base URL before whatever Location says", nil,
		0, func(h *hit) string { return h.x.Origin() + speech.PathOf(h.x.Monitor(h.v)) }),
	located("location"+CrossOrigin, "the Location is on another origin, which asks for no credentials",
		"sending credentials to whatever host the server names", nil,
		speech.OnSubmit, func(h *hit) string { return h.abroad(h.x.Monitor(h.v)) }),
	located("location-loop", "the status URL redirects to itself",
		"following redirects without an end", []string{"status-url-resolves", "redirect-chain-safe", "pending-200"},
		speech.OnSubmit, func(h *hit) string { return speech.Beside(h.x.Monitor(h.v), "/loop") }),
	located("location-not-http", "the Location is no HTTP URL, but ftp:, file: or javascript:",
		"opening whatever the server names", []string{"location-valid-uri-reference"},
		speech.OnSubmit, func(h *hit) string {
			return []string{"ftp://127.0.0.1" + speech.PathOf(h.x.Monitor(h.v)), "file:///etc/hostname", "javascript:alert(1)"}[h.pick(3)]
		}),
	{
		Name:    "duplicate-job",
		summary: "the idempotency key is not heeded: every submit is another operation",
		exposes: "trusting a key blindly: what a second submit names may be another operation",
		rules:   []string{"idempotent-replay", "idempotency-mismatch-422", "idempotency-concurrent"},
		on:      speech.OnSubmit,
		before: func(h *hit) bool {
			if h.x.R.Header.Get("Idempotency-Key") == "" && h.x.Dialect.Key == "" {
				return false
			}
			h.x.Keyless = true
			return true
		},
	},
}

// located is a fault that changes the status URL in the answer to a submit. An
// empty one leaves it. What every client must be able to follow excuses nobody.
func located(name, summary, exposes string, rules []string, excuses speech.Phase, location func(*hit) string) Kind {
	return Kind{
		Name: name, summary: summary, exposes: exposes, rules: rules, on: speech.OnSubmit, excuses: excuses,
		rewrite: func(h *hit) bool {
			if !h.accepted() {
				return false
			}
			target := location(h)
			return target != "" && h.replace(h.x.Monitor(h.v), target)
		},
	}
}

// abroad is a URL at the other origin, or empty if there is none.
func (h *hit) abroad(target string) string {
	if h.x.Host.Stranger == "" {
		return ""
	}
	return strings.TrimSuffix(h.x.Host.Stranger, "/") + speech.PathOf(target)
}
