package fault

import (
	"net/http"
	"time"

	"github.com/asyncctl/asyncctl/mockserver/internal/speech"
	"github.com/asyncctl/asyncctl/mockserver/internal/work"
)

// statusFaults spoil what a status URL says of the state.
var statusFaults = []Kind{
	{
		Name:    "status-404",
		summary: "the status URL answers 404, by default until 2s after the submit",
		exposes: "taking the first 404 for the end; polling a 404 for ever",
		rules:   []string{"status-immediately-readable"},
		on:      speech.OnPoll, defaults: Fault{Until: 2 * time.Second},
		rewrite: func(h *hit) bool {
			h.problem(http.StatusNotFound, "there is no such operation here, or not yet")
			return true
		},
	},
	{
		Name:    "status-flapping",
		summary: "every other poll before the end says Pending, though it runs",
		exposes: "deciding by the change of a state instead of the state",
		rules:   []string{"state-monotonic", "progress-sane", "conditional-get"},
		on:      speech.OnPoll,
		rewrite: func(h *hit) bool {
			if h.n%2 == 1 || h.v.Snap.Status != work.Running || !h.pending() {
				return false
			}
			h.status(work.Pending, 0)
			return true
		},
	},
	{
		Name:    "progress-backwards",
		summary: "the percentage falls by 10 with every poll, from 90",
		exposes: "progress bars, and time limits for progress, that believe in progress",
		rules:   []string{"progress-sane", "conditional-get"},
		on:      speech.OnPoll,
		rewrite: func(h *hit) bool {
			if h.v.Snap.Status != work.Running || !h.pending() {
				return false
			}
			h.status(work.Running, max(100-10*h.n, 0))
			return true
		},
	},
	{
		Name:    "terminal-reverts",
		summary: "after the first answer that it is done, count answers say Running",
		exposes: "asking again after the end, and believing the newer answer",
		rules:   []string{"state-monotonic", "completion-repeatable", "failure-persistent"},
		on:      speech.OnPoll, defaults: Fault{Count: 2}, params: []faultParam{countParam("count", faultCount)},
		rewrite: func(h *hit) bool {
			if !h.done() || h.past.Ends == 0 || h.past.Ends > h.fault.Count {
				return false
			}
			h.status(work.Running, 99)
			return true
		},
	},
	{
		Name:    "stuck",
		summary: "the status URL says Running for ever, also when the work is done",
		exposes: "no time limit for the whole operation",
		rules:   []string{"reaches-terminal"},
		on:      speech.OnPoll, sticky: true,
		excuses: speech.OnPoll,
		rewrite: func(h *hit) bool {
			if !h.done() {
				return false
			}
			h.status(work.Running, 99)
			return true
		},
	},
	{
		Name:    "error-200",
		summary: "the end is a 200 with an error and no state",
		exposes: "calling every 200 a success, without looking at the body",
		rules:   []string{"state-recognisable"},
		on:      speech.OnPoll, sticky: true,
		excuses: speech.OnPoll,
		rewrite: func(h *hit) bool {
			if !h.done() {
				return false
			}
			if h.x.Dialect != speech.All[0] {
				h.problem(http.StatusOK, "the job failed")
				return true
			}
			h.reply(http.StatusOK, "application/json", []byte(`{"error":{"code":"InternalError","message":"the job failed"}}`+"\n"))
			return true
		},
	},
	{
		Name:    "escape-message",
		summary: "messages carry terminal escapes and lines that look like commands of a CI system",
		exposes: "printing text of the server raw to a terminal or a log",
		on:      speech.OnPoll | speech.OnSubmit,
		rewrite: func(h *hit) bool {
			return h.insert(`,"message":"\u001b]0;title\u0007\u001b[2J\u001b[31mhello\r\n::error::not from here\n\u009b1m\u202e"`)
		},
	},
}

// insert adds members before the end of a JSON object.
func (h *hit) insert(members string) bool {
	for end := len(h.a.Body) - 1; end > 0; end-- {
		if h.a.Body[end] == '}' {
			h.a.Body = append(append(h.a.Body[:end:end], members...), h.a.Body[end:]...)
			h.a.Header.Del("Content-Length")
			return true
		}
	}
	return false
}
