package conformance

import (
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/asyncctl/asyncctl/poller/lro"
)

// conversation is a transcript as a client reads it that knows the protocol: the exchanges that
// follow the operation are folded with [lro.Next].
type conversation struct {
	*Transcript
	// after has the operation after each exchange.
	after []lro.Operation
	// accepted is the exchange that accepted the operation, and told the one that told its end; -1:
	// there is none.
	accepted, told int
	// pending is the operation as it was before its end was told: what every further answer of the
	// status URL is measured against.
	pending lro.Operation

	dialect lro.Dialect
}

// read folds a transcript.
func read(t *Transcript, d lro.Dialect) *conversation {
	c := &conversation{Transcript: t, after: make([]lro.Operation, len(t.Exchanges)), accepted: -1, told: -1, dialect: d}
	var op lro.Operation
	for i := range t.Exchanges {
		x := &t.Exchanges[i]
		switch x.Role {
		case RoleSubmit:
			if i == 0 || op.Done() || op.Phase != lro.Submitting {
				op = lro.Begin(d, lro.Request{Method: x.Request.Method, URL: x.Request.URL, Header: x.Request.Header.header(), Body: x.Request.Body})
			}
			op = lro.Next(d, op, x.reply())
			if op.StatusURL != "" {
				c.accepted = i
			}
		case RolePoll, RoleHop, RoleResult, RoleImmediate, RoleRapid:
			op = lro.Next(d, op, x.reply())
		case RoleCancel:
			op, _ = lro.AfterCancel(op, x.reply())
		}
		c.after[i] = op
		switch {
		case op.StatusURL == "":
		case !op.Done() && op.Phase == lro.Polling:
			c.pending = op
		case c.told < 0 && (op.Phase == lro.Fetching || over(op)):
			c.told = i
		}
	}
	return c
}

// over says whether the server told the end of the operation.
func over(op lro.Operation) bool {
	switch op.Outcome {
	case lro.Succeeded, lro.Failed, lro.Cancelled:
		return true
	}
	return false
}

// reply is the answer as package lro takes it.
func (x *Exchange) reply() lro.Reply {
	r := lro.Reply{Status: x.Response.Status, Header: x.Response.Header.header(), Body: x.Response.Body, More: x.Response.More, At: x.Answered, Unsent: x.Unsent}
	if x.Err != "" {
		r.Err = errors.New(x.Err)
		if strings.Contains(x.Err, lro.ErrForbidden.Error()) {
			r.Err = fmt.Errorf("%w: %s", lro.ErrForbidden, x.Err)
		}
	}
	return r
}

// whole says whether the whole answer was read.
func (x *Exchange) whole() bool { return x.Err == "" && x.Response.Status != 0 }

// last is the operation as it was in the end.
func (c *conversation) last() lro.Operation {
	if len(c.after) == 0 {
		return lro.Operation{}
	}
	return c.after[len(c.after)-1]
}

// polls are the exchanges in which the status URL was asked by GET, in their order.
func (c *conversation) polls(roles ...Role) []int {
	if len(roles) == 0 {
		roles = []Role{RoleImmediate, RoleRapid, RolePoll}
	}
	var all []int
	for i := range c.Exchanges {
		if slices.Contains(roles, c.Exchanges[i].Role) {
			all = append(all, i)
		}
	}
	return all
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
	before := c.pending
	if before.StatusURL == "" {
		return saying{miss: true}
	}
	before.Misses = 0
	op := lro.Next(c.dialect, before, x.reply())
	s := saying{state: op.State, native: op.Native, outcome: op.Outcome, reason: op.Reason}
	switch {
	case op.Phase == lro.Fetching || op.Phase == lro.Following:
		s.target = op.Next.URL
		if op.Phase == lro.Fetching || x.Response.Status == 302 {
			s.outcome, s.state = lro.Succeeded, lro.StateSucceeded
		}
	case op.Misses > 0:
		s.miss = true
	}
	return s
}

// end says whether it is an end that the server told.
func (s saying) end() bool {
	return s.outcome == lro.Succeeded || s.outcome == lro.Failed || s.outcome == lro.Cancelled
}
