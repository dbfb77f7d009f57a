package rules

import (
	"net/http"
	"slices"
	"strings"
	"time"

	"github.com/asyncctl/asyncctl/conformance/internal/evidence"
	"github.com/asyncctl/asyncctl/poller/lro"
)

// facts are evidence as checks read it. What they hold of it is shared: checks do not write to it.
type facts struct {
	*evidence.Evidence
	conversations []*conversation
	broken        string // why it cannot be judged
}

// read folds all transcripts.
func (e *facts) read(d lro.Dialect) {
	e.conversations = nil
	for i := range e.Transcripts {
		e.conversations = append(e.conversations, read(&e.Transcripts[i], d))
	}
}

// talks returns the conversations of probes; of all, if none is named.
func (e *facts) talks(probes ...string) []*conversation {
	if len(probes) == 0 {
		return e.conversations
	}
	var some []*conversation
	for _, c := range e.conversations {
		for _, probe := range probes {
			if c.Of(probe) {
				some = append(some, c)
			}
		}
	}
	return some
}

// talk returns the first conversation of a probe; nil: it held none.
func (e *facts) talk(probe string) *conversation {
	if all := e.talks(probe); len(all) > 0 {
		return all[0]
	}
	return nil
}

// conversation is a transcript as a client reads it that knows the protocol: the exchanges that
// follow the operation are folded with [lro.Next].
type conversation struct {
	*evidence.Transcript
	// after has the operation after each exchange.
	after []lro.Operation
	// accepted is the exchange that accepted the operation, and told the one that told its end; -1:
	// there is none.
	accepted, told int
	// status is the URL that was polled first.
	status string
	// result is where the end, if it was told by a redirect, said that the result is.
	result string
	// before has, for each exchange, the operation as it was when it was last said to go on: what the
	// answer is measured against.
	before []lro.Operation

	dialect lro.Dialect
}

// read folds a transcript.
func read(t *evidence.Transcript, d lro.Dialect) *conversation {
	c := &conversation{Transcript: t, after: make([]lro.Operation, len(t.Exchanges)), accepted: -1, told: -1, dialect: d}
	var op, pending lro.Operation
	submitted := -1
	for i := range t.Exchanges {
		x := &t.Exchanges[i]
		c.before = append(c.before, pending)
		followed := true
		if x.Repeated && x.Role != evidence.RoleSubmit {
			c.after[i] = op
			continue
		}
		switch x.Role {
		case evidence.RoleSubmit:
			if i == 0 || op.Done() || op.Phase != lro.Submitting {
				op = lro.Begin(d, lro.Request{Method: x.Request.Method, URL: x.Request.URL, Header: x.Request.Header.HTTP(), Body: x.Request.Body})
			}
			op = lro.Next(d, op, x.Reply())
			submitted = i
		case evidence.RolePoll, evidence.RoleHop, evidence.RoleResult, evidence.RoleImmediate, evidence.RoleRapid:
			if op.Next.URL != "" {
				op.Next.URL = x.Request.URL // it may have been spelt with a slash
			}
			op = lro.Next(d, op, x.Reply())
		case evidence.RoleCancel:
			op, _ = lro.AfterCancel(op, x.Reply())
		default:
			followed = false
		}
		c.after[i] = op
		if op.StatusURL != "" && followed {
			c.accepted = submitted // also where the status URL was found behind a redirect
			if c.status == "" {
				c.status = op.StatusURL
			}
		}
		switch {
		case op.StatusURL == "" || !followed:
		case !op.Done() && op.Phase == lro.Polling:
			pending = op
		case c.told < 0 && (op.Phase == lro.Fetching || evidence.Over(op) || op.Reason == lro.RedirectWithoutLocation) && !pageInstead(x):
			c.told = c.began(i)
		}
	}
	if c.told >= 0 {
		x := &c.Exchanges[c.told]
		c.result, _ = lro.Resolve(x.Request.URL, x.Response.Header.Get("Location"))
	}
	return c
}

// began is the exchange with which a chain of redirects began that led to exchange i. A redirect that answers
// a submit accepts the operation, and is no part of its end.
func (c *conversation) began(i int) int {
	for i > 0 && redirects(&c.Exchanges[i-1]) && !c.Exchanges[i-1].Repeated && c.Exchanges[i-1].Role != evidence.RoleSubmit {
		target, err := lro.Resolve(c.Exchanges[i-1].Request.URL, c.Exchanges[i-1].Response.Header.Get("Location"))
		if err != nil || target != c.Exchanges[i].Request.URL {
			break
		}
		i--
	}
	return i
}

// redirects reports whether an answer is a redirect.
func redirects(x *evidence.Exchange) bool {
	return x.Response.Status/100 == 3 && x.Response.Status != http.StatusNotModified && x.Response.Status != http.StatusMultipleChoices
}

// fate says, in words, why the end of an operation was not seen.
func (c *conversation) fate() string {
	switch op := c.last(); {
	case c.Ended != "":
		return "it did not end in the time for a probe"
	case evidence.Over(op):
		return "what looked like the end is an HTML page"
	case op.Reason != "":
		return op.Reason.Text()
	}
	return "it was not polled any more"
}

// last is the operation as it was in the end.
func (c *conversation) last() lro.Operation {
	if len(c.after) == 0 {
		return lro.Operation{}
	}
	return c.after[len(c.after)-1]
}

// polls are the exchanges in which the status URL was asked by GET, in their order.
func (c *conversation) polls(roles ...evidence.Role) []int {
	if len(roles) == 0 {
		roles = []evidence.Role{evidence.RoleImmediate, evidence.RoleRapid, evidence.RolePoll}
	}
	var all []int
	for i := range c.Exchanges {
		if slices.Contains(roles, c.Exchanges[i].Role) && !c.Exchanges[i].Repeated {
			all = append(all, i)
		}
	}
	return all
}

// polledByGet reports whether the status is asked for with GET, as everywhere but in RPC.
func (c *conversation) polledByGet() bool {
	polls := c.polls()
	return len(polls) == 0 || c.Exchanges[polls[0]].Request.Method == http.MethodGet
}

// saying is what an answer of the status URL says about the operation.
type saying struct {
	state   lro.State
	native  string
	outcome lro.Outcome // Undecided: it goes on, or says nothing
	reason  lro.Reason
	target  string // where it says that the result is
	miss    bool   // it failed in passing: nothing is said
}

// says reads one answer as if it were the next poll of the pending operation.
func (c *conversation) says(i int) saying {
	x := &c.Exchanges[i]
	before := c.before[i]
	if before.StatusURL == "" || pageInstead(x) {
		return saying{miss: true}
	}
	before.Misses = 0
	op := lro.Next(c.dialect, before, x.Reply())
	s := saying{state: op.State, native: op.Native, outcome: op.Outcome, reason: op.Reason}
	s.miss = op.Misses > 0 || op.Done() && !evidence.Over(op) && op.Reason != lro.RedirectWithoutLocation // lost, gone, refused
	if op.Doubtful {                                                                                      // a guess is nothing that the server said
		s.state, s.native = lro.StateUnknown, ""
	}
	if !redirects(x) {
		if op.Phase == lro.Fetching { // it names the result
			s.outcome = lro.Succeeded
		}
		return s
	}
	s.state, s.native = lro.StateUnknown, ""
	s.target, _ = lro.Resolve(x.Request.URL, x.Response.Header.Get("Location"))
	if op.Phase == lro.Fetching || op.Reason == lro.RedirectWithoutLocation || c.result != "" && withoutQuery(s.target) == withoutQuery(c.result) {
		s.outcome, s.state = lro.Succeeded, lro.StateSucceeded
	}
	return s
}

// withoutQuery is a URL without its query, in which a signature of the moment may stand.
func withoutQuery(raw string) string {
	bare, _, _ := strings.Cut(raw, "?")
	return bare
}

// end reports whether it is an end that the server told.
func (s saying) end() bool {
	return s.outcome == lro.Succeeded || s.outcome == lro.Failed || s.outcome == lro.Cancelled
}

// Told reports whether the end of the operation was told in a conversation, though perhaps not its
// result.
func Told(t *evidence.Transcript, d lro.Dialect) bool { return read(t, d).told >= 0 }

// Ran returns how long the operation of a conversation took, from the acceptance to the answer that told
// its end.
func Ran(t *evidence.Transcript, d lro.Dialect) (time.Duration, bool) {
	_, longest, ok := read(t, d).ran()
	return longest, ok
}

// AcceptedAt returns when the operation of a conversation was accepted.
func AcceptedAt(t *evidence.Transcript, d lro.Dialect) (time.Time, bool) {
	c := read(t, d)
	if c.accepted < 0 {
		return time.Time{}, false
	}
	return c.Exchanges[c.accepted].Answered, true
}

// Watched is for how long from its acceptance an operation must be watched before anybody can say that
// something never happened to it: until work that took so long could not be the cause any more.
func Watched(slow time.Duration) time.Duration { return slow + slow/4 }

// ran returns between what bounds the time lies that the operation took, by its clients: the last answer
// that said that it goes on, and the first that told its end.
func (c *conversation) ran() (least, most time.Duration, ok bool) {
	if c.accepted < 0 || c.told < c.accepted {
		return 0, 0, false
	}
	began := c.Exchanges[c.accepted].Answered
	for _, i := range c.polls(evidence.RoleImmediate, evidence.RoleRapid, evidence.RolePoll) {
		if i < c.told && i > c.accepted && !c.says(i).miss {
			least = max(least, c.Exchanges[i].Sent.Sub(began))
		}
	}
	return least, c.Exchanges[c.told].Answered.Sub(began), true
}
