package mockserver

import (
	"net/http"
	"strconv"
	"strings"
	"time"
)

// redirectFaults spoil the redirect from the status URL to the result.
var redirectFaults = []kind{
	completed(http.StatusMovedPermanently, "remembering a redirect for ever, so that it never asks for the status again", "C02"),
	completed(http.StatusFound, "knowing 303 only", "C02"),
	completed(http.StatusSeeOther, "taking a 303 for an error, or its target for a status URL"),
	completed(http.StatusTemporaryRedirect, "taking a redirect to the result for a new status URL", "C02"),
	completed(http.StatusPermanentRedirect, "taking a redirect to the result for a new status URL, for ever", "C02"),
	redirected("redirect-chain", "the redirect leads to the result over count more redirects",
		"following one redirect only, or any number", []string{"C06"}, Fault{Count: 7},
		[]faultParam{countParam("count", faultCount)},
		func(h *hit) bool {
			h.target(h.v.statusPath() + "/hop/" + strconv.Itoa(h.fault.Count))
			return true
		}),
	redirected("redirect-loop", "the redirect at the end leads back to the status URL",
		"following redirects without an end", []string{"C06"}, Fault{}, nil,
		func(h *hit) bool {
			h.target(h.v.statusPath())
			return true
		}),
	redirected("result"+crossOrigin, "the redirect leads to another origin, which asks for no credentials",
		"sending credentials to whatever host the server names", nil, Fault{}, nil,
		func(h *hit) bool {
			target := h.abroad(h.v.resultPath())
			if target != "" {
				h.target(target)
			}
			return target != ""
		}),
	{
		name:    "redirect-retry-after",
		summary: "the redirect has a Retry-After of delay, and before that the result is 404",
		exposes: "following a redirect at once, though it says when (RFC 9110, section 10.2.3)",
		rules:   []string{"C07", "C04"},
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
			h.status(code, Succeeded, 100)
			h.target(h.x.location(h.v, h.v.resultPath()))
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

// hop answers for the URLs that only faults lead to: /operations/{id}/loop, and
// /operations/{id}/hop/{n}, from which n redirects are left.
func (in *injector) hop(h *hit) bool {
	rest, _ := strings.CutPrefix(h.x.r.URL.Path, statusPrefix)
	id, tail, _ := strings.Cut(rest, "/")
	if h.phase != onOther || !in.s.store.visit(id, func(op *operation) { h.v = op.look(h.x.now) }) {
		return false
	}
	h.x.about(h.v)
	if tail == "loop" {
		h.reply(http.StatusFound, "text/plain", nil)
		h.target(h.x.r.URL.Path)
		return true
	}
	left := 0
	count, hops := strings.CutPrefix(tail, "hop/")
	if !hops || !parseInt(count, 1, maxPolls, &left) {
		return false
	}
	h.reply(http.StatusSeeOther, "text/plain", nil)
	h.target(h.v.resultPath())
	if left > 1 {
		h.target(h.v.statusPath() + "/hop/" + strconv.Itoa(left-1))
	}
	return true
}
