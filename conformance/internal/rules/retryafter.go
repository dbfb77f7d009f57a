package rules

import (
	"net/http"
	"strconv"
	"strings"
	"time"

	"github.com/asyncctl/asyncctl/conformance/internal/evidence"
	"github.com/asyncctl/asyncctl/internal/jsontext"
	"github.com/asyncctl/asyncctl/poller/lro"
)

// retryAfterRules speak about the field Retry-After, wherever it stands.
var retryAfterRules = []Rule{{
	ID: "retry-after-present", Code: "S10", Level: Should, Basis: BasisPattern,
	Title:   "The 202 says in Retry-After when to ask",
	Why:     "The server knows how long the work takes; its clients do not. What the server does not say, each of them guesses.",
	Breaks:  "Nobody at first; then every client polls at its own default, and a crowd of them hammers the status endpoint.",
	Fix:     "Send Retry-After with the seconds that an operation usually takes, or that the queue is long.",
	Sources: []string{"Asynchronous Request-Reply pattern, solution", "RFC 9110, section 10.2.3"},
	Fault:   "retry-after-absent",
	Needs:   []Need{NeedSlow}, Probes: []string{evidence.ProbeSlow},
	check: checkRetryAfterPresent,
}, {
	ID: "retry-after-syntax", Code: "S11", Level: Must, Basis: BasisRFC,
	Title:   "Retry-After is a whole number of seconds or an HTTP date, in one line",
	Why:     "The grammar has two forms and no others. What is neither is no hint: each client makes something else of it.",
	Breaks:  "Clients that parse strictly fall back to their own interval; clients that parse loosely read 5000, meant as milliseconds, as 83 minutes, and -1 as \"at once\".",
	Fix:     "Send whole seconds, rounded up, such as \"Retry-After: 5\"; a date only as \"Sun, 06 Nov 1994 08:49:37 GMT\".",
	Sources: []string{"RFC 9110, section 10.2.3", "RFC 9110, section 5.6.7", "RFC 9110, section 2.2"},
	Fault:   "retry-after-fraction",
	check:   checkRetryAfterSyntax,
}, {
	ID: "retry-after-sane", Code: "S12", Level: Should, Basis: BasisAdvice,
	Title:   "Retry-After asks for a plausible wait",
	Why:     "Epoch seconds and milliseconds in a field that takes seconds mean waits of years; a date that has passed means none at all.",
	Breaks:  "Obedient clients sleep for days, or overflow and do not sleep at all.",
	Fix:     "Send at most an hour; compute dates from the clock that makes Date, for each answer.",
	Sources: []string{"Azure Resource Manager RPC, asynchronous operations (10 seconds to 10 minutes)", "RFC 9110, section 10.2.3"},
	Fault:   "retry-after-huge",
	check:   checkRetryAfterSane,
}, {
	ID: "retry-after-while-pending", Code: "P09", Level: Should, Basis: BasisPattern,
	Title:   "Every answer that says \"not yet\" says when to ask again, and a client that obeys is not throttled",
	Why:     "A hint in the first answer alone grows old, and one that is shorter than the rate limit is a trap.",
	Breaks:  "Obedient clients are answered with 429; others fall back to their own interval after the first poll.",
	Fix:     "Send Retry-After with each pending status; make it no shorter than what the limiter allows.",
	Sources: []string{"Azure REST API guidelines, long-running operations", "Asynchronous Request-Reply pattern, solution", "RFC 9110, section 10.2.3"},
	Fault:   "429-storm",
	Needs:   []Need{NeedSlow}, Probes: []string{evidence.ProbeSlow},
	check: checkRetryAfterPending,
}, {
	ID: "terminal-no-retry-after", Code: "C07", Level: Should, Basis: BasisAdvice, Negative: true,
	Title:   "An answer that reports the end has no Retry-After",
	Why:     "The field says that it is worth to ask again. On an end it is a copy of the pending header; on a 303 it delays the request for the result.",
	Breaks:  "Clients that look at Retry-After before the state wait for nothing, or poll an operation that is over.",
	Fix:     "Set the field only where the state is not final.",
	Sources: []string{"RFC 9110, section 10.2.3"},
	Needs:   []Need{NeedSlow}, Probes: []string{evidence.ProbeSlow},
	check: checkTerminalRetryAfter,
}}

func checkRetryAfterPresent(e *facts) Verdict {
	var s seen
	e.submits(func(c *conversation, i int, x *evidence.Exchange) {
		s.look(x)
		if len(x.Response.Header.Values("Retry-After")) == 0 {
			s.add(c, i, statusLine(x), "the answer to the submit has no Retry-After")
		}
	}, evidence.ProbeSlow)
	return s.verdict("it says when", noOperation())
}

func checkRetryAfterSyntax(e *facts) Verdict {
	var s seen
	e.answers(func(c *conversation, i int, x *evidence.Exchange) {
		values := x.Response.Header.Values("Retry-After")
		if len(values) == 0 {
			return
		}
		s.look(x)
		if len(values) > 1 {
			s.add(c, i, values, "there are %d lines of Retry-After", len(values))
		}
		for _, value := range values {
			if delaySeconds(value) || fixdate(value) {
				continue
			}
			if _, err := http.ParseTime(value); err == nil {
				s.add(c, i, fieldLine("Retry-After", value), "Retry-After is a date in a form that senders must not use any more: %q", value)
				continue
			}
			s.add(c, i, fieldLine("Retry-After", value), "Retry-After is neither whole seconds nor an HTTP date: %q", value)
		}
	})
	return s.verdict("they can be read", notApplicable("no answer has a Retry-After"))
}

// delaySeconds reports whether a value is delay-seconds: digits alone (RFC 9110, section 10.2.3).
func delaySeconds(value string) bool {
	return value != "" && strings.Trim(value, "0123456789") == ""
}

// fixdate reports whether a value is an HTTP date in the one form that a sender may use (RFC 9110,
// section 5.6.7).
func fixdate(value string) bool {
	at, err := http.ParseTime(value)
	return err == nil && at.UTC().Format(http.TimeFormat) == value
}

func checkRetryAfterSane(e *facts) Verdict {
	var s seen
	e.answers(func(c *conversation, i int, x *evidence.Exchange) {
		for _, value := range x.Response.Header.Values("Retry-After") {
			if !delaySeconds(value) && !fixdate(value) {
				continue
			}
			s.look(x)
			if what := insaneHint(value, x); what != "" {
				s.add(c, i, fieldLine("Retry-After", value), "Retry-After %s", what)
			}
		}
	})
	return s.verdict("they are believable", notApplicable("no answer has a Retry-After that can be read"))
}

// longestHint is the longest wait that is believed to be meant.
const longestHint = time.Hour

// insaneHint says why a hint cannot be meant; "" if it can.
func insaneHint(value string, x *evidence.Exchange) string {
	if at, err := http.ParseTime(value); err == nil {
		now := x.Answered
		if date, err := http.ParseTime(x.Response.Header.Get("Date")); err == nil {
			now = date
		}
		switch wait := at.Sub(now.Truncate(time.Second)); {
		case wait < 0:
			return "is a date that had passed when it was sent"
		case wait > longestHint:
			return "asks for more than an hour"
		}
		return ""
	}
	seconds, err := strconv.ParseUint(value, 10, 63)
	switch {
	case err != nil || seconds > 1e8:
		return "asks for years: it looks like a moment (epoch time), where a number of seconds belongs"
	case seconds > 600 && seconds%1000 == 0:
		return "asks for " + (time.Duration(seconds) * time.Second).String() + ": it looks like milliseconds, where seconds belong"
	case seconds > uint64(longestHint/time.Second):
		return "asks for more than an hour"
	}
	return ""
}

func checkRetryAfterPending(e *facts) Verdict {
	var s seen
	e.pendings(func(c *conversation, i int, x *evidence.Exchange) {
		if x.Role == evidence.RoleRapid || x.Role == evidence.RoleAfterHead || !c.surelyPending(i) {
			return
		}
		s.look(x)
		if len(x.Response.Header.Values("Retry-After")) == 0 {
			s.add(c, i, statusLine(x), "an answer that says \"not yet\" has no Retry-After")
		}
	})
	for _, c := range e.talks(evidence.ProbeSlow, evidence.ProbeFail) {
		for _, i := range c.polls(evidence.RolePoll) {
			if x := &c.Exchanges[i]; x.Response.Status == http.StatusTooManyRequests && !e.throttledElsewhere() {
				s.add(c, i, statusLine(x), "a poll that waited as long as it was asked to is answered with 429")
			}
		}
	}
	return s.verdict("each says when", notApplicable("no poll was answered while the operation went on"))
}

// throttledElsewhere reports whether submits were throttled, too: then the server counts all requests of a
// client, and the poll was refused for those of other conversations.
func (e *facts) throttledElsewhere() bool {
	found := false
	e.answers(func(_ *conversation, _ int, x *evidence.Exchange) {
		found = found || x.Role == evidence.RoleSubmit && x.Response.Status == http.StatusTooManyRequests
	})
	return found
}

func checkTerminalRetryAfter(e *facts) Verdict {
	var s seen
	for _, c := range e.talks(evidence.ProbeSlow, evidence.ProbeFail) {
		for i := range c.Exchanges {
			x := &c.Exchanges[i]
			if i != c.told && x.Role != evidence.RoleAgain {
				continue
			}
			s.look(x)
			value := x.Response.Header.Get("Retry-After")
			switch {
			case c.toldLater(): // it was no end
			case value == "" || Throttled(x.Response.Status) || !c.says(i).end():
			case x.Response.Status/100 == 3:
				s.addMild(c, i, fieldLine("Retry-After", value), "the redirect to the result asks for a wait before it is followed")
			default:
				s.add(c, i, fieldLine("Retry-After", value), "the answer reports the end and asks for another poll")
			}
		}
	}
	return s.verdict("none has", untold(e))
}

// untold is the verdict where the end was not seen, or was not asked for again.
func untold(e *facts) Verdict {
	c := e.talk(evidence.ProbeSlow)
	switch {
	case c == nil || c.accepted < 0:
		return noOperation()
	case c.told >= 0:
		return inconclusive("after its end the operation was not asked for again, or the polls were throttled")
	}
	return inconclusive("the end of the operation was not seen: %s", c.fate())
}

// surelyPending reports whether an answer says in a way that everybody knows that the operation goes on:
// with 202, or with a known word.
func (c *conversation) surelyPending(i int) bool {
	x := &c.Exchanges[i]
	if x.Response.Status == http.StatusAccepted {
		return true
	}
	_, word := stateMember(jsontext.Value(x.Response.Body))
	switch lro.Word(unquote(word)) {
	case lro.StateFailed, lro.StateSucceeded, lro.StateCancelled:
		return false
	}
	return true
}
