package mockserver

import (
	"net/http"
	"strconv"
	"strings"
	"time"
)

// redirectFaults spoil the redirect from the status URL to the result.
var redirectFaults = []kind{
	completed(http.StatusMovedPermanently, "remembering a redirect for ever, so that it never asks for the status again", "completion-303"),
	completed(http.StatusFound, "knowing 303 only", "completion-303"),
	completed(http.StatusSeeOther, "taking a 303 for an error, or its target for a status URL"),
	completed(http.StatusTemporaryRedirect, "taking a redirect to the result for a new status URL", "completion-303"),
	completed(http.StatusPermanentRedirect, "taking a redirect to the result for a new status URL, for ever", "completion-303"),
	redirected("redirect-chain", "the redirect leads to the result over count more redirects",
		"following one redirect only, or any number", []string{"redirect-chain-safe"}, Fault{Count: 7},
		[]faultParam{countParam("count", faultCount)},
		func(h *hit) bool {
			h.target(beside(h.x.monitor(h.v), "/hop/"+strconv.Itoa(h.fault.Count)))
			return true
		}),
	redirected("redirect-loop", "the redirect at the end leads back to the status URL",
		"following redirects without an end", []string{"redirect-chain-safe", "pending-200", "reaches-terminal"}, Fault{}, nil,
		func(h *hit) bool {
			h.target(h.x.monitor(h.v))
			return true
		}),
	{
		name:    "result" + crossOrigin,
		summary: "the result is on another origin, which asks for no credentials",
		exposes: "sending credentials to whatever host the server names",
		on:      onPoll, excuses: onPoll,
		rewrite: func(h *hit) bool {
			if !h.done() || h.v.snap.Status != Succeeded {
				return false
			}
			target := h.abroad(h.x.product(h.v))
			return target != "" && h.replace(h.x.product(h.v), target)
		},
	},
	{
		name:    "redirect-retry-after",
		summary: "the redirect has a Retry-After of delay, and before that the result is 404",
		exposes: "following a redirect at once, though it says when (RFC 9110, section 10.2.3)",
		rules:   []string{"terminal-no-retry-after"},
		on:      onPoll | onResult, defaults: Fault{Delay: 2 * time.Second},
		params: []faultParam{timeParam("delay", faultDelay)},
		rewrite: func(h *hit) bool {
			if h.redirects() {
				h.hint(wholeSeconds(h.fault.Delay))
				return true
			}
			since := h.past.redirected
			if h.phase != onResult || since.IsZero() || h.x.now.Sub(since) >= h.fault.Delay {
				return false
			}
			h.problem(http.StatusNotFound, "the result is not there yet: the redirect said when it will be")
			return true
		},
	},
}

// completed is a fault that makes the end a redirect with a code.
func completed(code int, exposes string, rules ...string) kind {
	excuses := onPoll
	if code == http.StatusFound || code == http.StatusSeeOther {
		excuses = 0 // every client must know these
	}
	return kind{
		name:    "completion-" + strconv.Itoa(code),
		summary: "the end of a success is a " + strconv.Itoa(code) + " to the result",
		exposes: exposes, rules: rules, on: onPoll, excuses: excuses,
		rewrite: func(h *hit) bool {
			if !h.done() || h.v.snap.Status != Succeeded {
				return false
			}
			v := h.as(Succeeded, 100, CompletionSeeOther)
			h.again(func(x *exchange) { x.d.status(x, v) })
			h.a.code = code
			return true
		},
	}
}

// redirected is a fault that changes a redirect to the result.
func redirected(name, summary, exposes string, rules []string, defaults Fault, params []faultParam, change func(*hit) bool) kind {
	return kind{
		name: name, summary: summary, exposes: exposes, rules: rules, on: onPoll, excuses: onPoll, defaults: defaults, params: params,
		rewrite: func(h *hit) bool { return h.redirects() && change(h) },
	}
}

// hop answers for the URLs that only faults lead to: behind a status URL /loop,
// and /hop/{n}, from which n redirects are left.
func (in *injector) hop(h *hit) bool {
	path := h.x.path
	base, loop := strings.CutSuffix(path, "/loop")
	count, left := "", 0
	if !loop {
		at := strings.LastIndex(path, "/hop/")
		if at < 0 {
			return false
		}
		base, count = path[:at], path[at+len("/hop/"):]
		if !parseInt(count, 1, maxPolls, &left) {
			return false
		}
	}
	asked := h.x.t
	h.x.path = base
	h.x.t = h.x.d.route(h.x)
	if h.x.t.phase != onPoll || !h.x.visit(func(op *operation) {
		h.v = op.look(h.x.now)
		if loop {
			op.watched().loops++
		}
	}) {
		h.x.path, h.x.t = path, asked
		return false
	}
	h.x.about(h.v)
	switch {
	case loop:
		h.reply(http.StatusFound, "text/plain", nil)
		h.target(h.x.r.URL.RequestURI())
	case left > 1:
		h.reply(http.StatusSeeOther, "text/plain", nil)
		h.target(beside(h.x.monitor(h.v), "/hop/"+strconv.Itoa(left-1)))
	default:
		h.reply(http.StatusSeeOther, "text/plain", nil)
		h.target(h.x.product(h.v))
	}
	return true
}
