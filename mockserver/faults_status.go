package mockserver

import (
	"net/http"
	"time"
)

// statusFaults spoil what a status URL says of the state.
var statusFaults = []kind{
	{
		name:    "status-404",
		summary: "the status URL answers 404, by default until 2s after the submit",
		exposes: "taking the first 404 for the end; polling a 404 for ever",
		rules:   []string{"status-immediately-readable"},
		on:      onPoll, defaults: Fault{Until: 2 * time.Second},
		rewrite: func(h *hit) bool {
			h.problem(http.StatusNotFound, "there is no such operation here, or not yet")
			return true
		},
	},
	{
		name:    "status-flapping",
		summary: "every other poll before the end says Pending, though it runs",
		exposes: "deciding by the change of a state instead of the state",
		rules:   []string{"state-monotonic", "progress-sane", "conditional-get"},
		on:      onPoll,
		rewrite: func(h *hit) bool {
			if h.n%2 == 1 || h.v.snap.Status != Running || !h.pending() {
				return false
			}
			h.status(Pending, 0)
			return true
		},
	},
	{
		name:    "progress-backwards",
		summary: "the percentage falls by 10 with every poll, from 90",
		exposes: "progress bars, and time limits for progress, that believe in progress",
		rules:   []string{"progress-sane", "conditional-get"},
		on:      onPoll,
		rewrite: func(h *hit) bool {
			if h.v.snap.Status != Running || !h.pending() {
				return false
			}
			h.status(Running, max(100-10*h.n, 0))
			return true
		},
	},
	{
		name:    "terminal-reverts",
		summary: "after the first answer that it is done, count answers say Running",
		exposes: "asking again after the end, and believing the newer answer",
		rules:   []string{"state-monotonic", "completion-repeatable", "failure-persistent"},
		on:      onPoll, defaults: Fault{Count: 2}, params: []faultParam{countParam("count", faultCount)},
		rewrite: func(h *hit) bool {
			if !h.done() || h.past.ends == 0 || h.past.ends > h.fault.Count {
				return false
			}
			h.status(Running, 99)
			return true
		},
	},
	{
		name:    "stuck",
		summary: "the status URL says Running for ever, also when the work is done",
		exposes: "no time limit for the whole operation",
		rules:   []string{"reaches-terminal"},
		on:      onPoll, sticky: true,
		excuses: onPoll,
		rewrite: func(h *hit) bool {
			if !h.done() {
				return false
			}
			h.status(Running, 99)
			return true
		},
	},
	{
		name:    "error-200",
		summary: "the end is a 200 with an error and no state",
		exposes: "calling every 200 a success, without looking at the body",
		rules:   []string{"state-recognisable"},
		on:      onPoll, sticky: true,
		excuses: onPoll,
		rewrite: func(h *hit) bool {
			if !h.done() {
				return false
			}
			if h.x.d != dialects[0] {
				h.problem(http.StatusOK, "the job failed")
				return true
			}
			h.reply(http.StatusOK, "application/json", []byte(`{"error":{"code":"InternalError","message":"the job failed"}}`+"\n"))
			return true
		},
	},
	{
		name:    "escape-message",
		summary: "messages carry terminal escapes and lines that look like commands of a CI system",
		exposes: "printing text of the server raw to a terminal or a log",
		on:      onPoll | onSubmit,
		rewrite: func(h *hit) bool {
			return h.insert(`,"message":"\u001b]0;title\u0007\u001b[2J\u001b[31mhello\r\n::error::not from here\n\u009b1m\u202e"`)
		},
	},
}

// insert adds members before the end of a JSON object.
func (h *hit) insert(members string) bool {
	for end := len(h.a.body) - 1; end > 0; end-- {
		if h.a.body[end] == '}' {
			h.a.body = append(append(h.a.body[:end:end], members...), h.a.body[end:]...)
			h.a.header.Del("Content-Length")
			return true
		}
	}
	return false
}
