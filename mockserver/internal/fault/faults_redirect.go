package fault

import (
	"net/http"
	"strconv"
	"strings"
	"time"

	"github.com/asyncctl/asyncctl/mockserver/internal/speech"
	"github.com/asyncctl/asyncctl/mockserver/internal/work"
)

// redirectFaults spoil the redirect from the status URL to the result.
var redirectFaults = []Kind{
	completed(http.StatusMovedPermanently, "remembering a redirect for ever, so that it never asks for the status again", "completion-303"),
	completed(http.StatusFound, "knowing 303 only", "completion-303"),
	completed(http.StatusSeeOther, "taking a 303 for an error, or its target for a status URL"),
	completed(http.StatusTemporaryRedirect, "taking a redirect to the result for a new status URL", "completion-303"),
	completed(http.StatusPermanentRedirect, "taking a redirect to the result for a new status URL, for ever", "completion-303"),
	redirected("redirect-chain", "the redirect leads to the result over count more redirects",
		"following one redirect only, or any number", []string{"redirect-chain-safe"}, Fault{Count: 7},
		[]faultParam{countParam("count", faultCount)},
		func(h *hit) bool {
			h.target(speech.Beside(h.x.Monitor(h.v), "/hop/"+strconv.Itoa(h.fault.Count)))
			return true
		}),
	redirected("redirect-loop", "the redirect at the end leads back to the status URL",
		"following redirects without an end", []string{"redirect-chain-safe", "pending-200"}, Fault{}, nil,
		func(h *hit) bool {
			h.target(h.x.Monitor(h.v))
			return true
		}),
	{
		Name:    "result" + CrossOrigin,
		summary: "the result is on another origin, which asks for no credentials",
		exposes: "sending credentials to whatever host the server names",
		on:      speech.OnPoll, excuses: speech.OnPoll,
		rewrite: func(h *hit) bool {
			if !h.done() || h.v.Snap.Status != work.Succeeded {
				return false
			}
			target := h.abroad(h.x.Product(h.v))
			return target != "" && h.replace(h.x.Product(h.v), target)
		},
	},
	{
		Name:    "redirect-retry-after",
		summary: "the redirect has a Retry-After of delay, and before that the result is 404",
		exposes: "following a redirect at once, though it says when (RFC 9110, section 10.2.3)",
		rules:   []string{"terminal-no-retry-after"},
		on:      speech.OnPoll | speech.OnResult, defaults: Fault{Delay: 2 * time.Second},
		params: []faultParam{timeParam("delay", faultDelay)},
		rewrite: func(h *hit) bool {
			if h.redirects() {
				h.hint(wholeSeconds(h.fault.Delay))
				return true
			}
			since := h.past.Redirected
			if h.phase != speech.OnResult || since.IsZero() || h.x.Now.Sub(since) >= h.fault.Delay {
				return false
			}
			h.problem(http.StatusNotFound, "the result is not there yet: the redirect said when it will be")
			return true
		},
	},
}

// completed is a fault that makes the end a redirect with a code.
func completed(code int, exposes string, rules ...string) Kind {
	excuses := speech.OnPoll
	if code == http.StatusFound || code == http.StatusSeeOther {
		excuses = 0 // every client must know these
	}
	return Kind{
		Name:    "completion-" + strconv.Itoa(code),
		summary: "the end of a success is a " + strconv.Itoa(code) + " to the result",
		exposes: exposes, rules: rules, on: speech.OnPoll, excuses: excuses,
		rewrite: func(h *hit) bool {
			if !h.done() || h.v.Snap.Status != work.Succeeded {
				return false
			}
			v := h.as(work.Succeeded, 100, work.CompletionSeeOther)
			h.again(func(x *speech.Exchange) { x.Dialect.Status(x, v) })
			h.a.Code = code
			return true
		},
	}
}

// redirected is a fault that changes a redirect to the result.
func redirected(name, summary, exposes string, rules []string, defaults Fault, params []faultParam, change func(*hit) bool) Kind {
	return Kind{
		Name: name, summary: summary, exposes: exposes, rules: rules, on: speech.OnPoll, excuses: speech.OnPoll, defaults: defaults, params: params,
		rewrite: func(h *hit) bool { return h.redirects() && change(h) },
	}
}

// hop answers for the URLs that only faults lead to: behind a status URL /loop,
// and /hop/{n}, from which n redirects are left.
func (in *Injector) hop(h *hit) bool {
	path := h.x.Path
	base, loop := strings.CutSuffix(path, "/loop")
	count, left := "", 0
	if !loop {
		at := strings.LastIndex(path, "/hop/")
		if at < 0 {
			return false
		}
		base, count = path[:at], path[at+len("/hop/"):]
		if !work.ParseInt(count, 1, work.MaxPolls, &left) {
			return false
		}
	}
	asked := h.x.Target
	h.x.Path = base
	h.x.Target = h.x.Dialect.Route(h.x)
	if h.x.Target.Phase != speech.OnPoll || !h.x.Visit(func(op *work.Operation) {
		h.v = op.Look(h.x.Now)
		if loop {
			op.Watched().Loops++
		}
	}) {
		h.x.Path, h.x.Target = path, asked
		return false
	}
	h.x.About(h.v)
	switch {
	case loop:
		h.reply(http.StatusFound, "text/plain", nil)
		h.target(h.x.R.URL.RequestURI())
	case left > 1:
		h.reply(http.StatusSeeOther, "text/plain", nil)
		h.target(speech.Beside(h.x.Monitor(h.v), "/hop/"+strconv.Itoa(left-1)))
	default:
		h.reply(http.StatusSeeOther, "text/plain", nil)
		h.target(h.x.Product(h.v))
	}
	return true
}
