package poller

import (
	"context"
	"errors"
	"net/http"
	"time"

	"github.com/asyncctl/asyncctl/poller/internal/message"
	"github.com/asyncctl/asyncctl/poller/lro"
)

// conversation is one operation being followed: the fold's state and what is remembered beside it,
// in memory and for as long as it is followed.
type conversation struct {
	c       *Client
	op      lro.Operation
	resumed bool      // nothing has been asked yet in this process
	phase   time.Time // when to ask first, so that many do not ask at once

	clock   clock
	replied time.Time     // when the last reply came in
	took    time.Duration // how long the last request took
	final   bool          // the poll that lands on the deadline has been sent
	early   int

	number      int // of the operation, in its events
	cookies     cookies
	credentials *issue // what the last request carried
	renewed     bool   // credentials were renewed for the request at hand
	withheld    map[string]bool
	start       string // the origin of the first URL: the caller gave it
	home        home
	last        *Response
	quiet       bool // nothing of it is observed
	speaks      lro.Dialect
	single      bool // one question: what keeps it from being asked ends nothing
}

func (c *Client) converse(op lro.Operation) *conversation {
	if c == nil {
		c = &Client{}
	}
	op = again(op)
	op.Policy = &c.Policy
	op = lro.Ready(c.dialect(), op)
	now := time.Now()
	return &conversation{c: c, op: op, speaks: c.dialect(), clock: clock{began: now}, replied: now, start: lro.Origin(op.Next.URL)}
}

// submit sends until the operation is accepted or over. It returns nil, nil when it is to be waited
// for.
func (v *conversation) submit(ctx context.Context) (*Result, error) {
	for v.op.Phase == lro.Submitting || v.op.Phase == lro.Following {
		if v.pause(ctx); v.op.Done() {
			return nil, v.failure(context.Cause(ctx))
		}
		x := v.step(ctx)
		if v.op.Done() {
			return v.close(ctx, x)
		}
		x.discard()
	}
	return nil, nil
}

// wait polls until the operation is over, and fetches its result.
func (v *conversation) wait(ctx context.Context) (*Result, error) {
	for !v.op.Done() {
		if v.pause(ctx); v.op.Done() {
			break
		}
		x := v.step(ctx)
		if v.op.Done() {
			return v.close(ctx, x)
		}
		x.discard()
	}
	return nil, v.failure(context.Cause(ctx))
}

// step sends op.Next and folds the reply in.
func (v *conversation) step(ctx context.Context) *exchange {
	before, req := v.op, v.op.Next
	phase := before.Phase.String()
	x := v.exchange(ctx, req, phase)
	if x.reply.Status == http.StatusUnauthorized && v.renew(ctx, req.URL) {
		x.discard()
		x = v.exchange(ctx, req, phase)
	}
	v.renewed = false
	v.fold(ctx, x.reply)
	v.resumed = false
	v.observeReply(phase, req, x)
	v.observeChanges(before, x)
	return x
}

// fold takes a reply in. What kept the request from being sent is no answer: where the credentials fail before
// anything was heard, trying again changes nothing.
func (v *conversation) fold(ctx context.Context, r lro.Reply) {
	barred := errors.Is(r.Err, errCredentials)
	switch {
	case r.Err != nil && ctx.Err() != nil:
		v.op.Sent = v.op.Sent || v.op.Phase == lro.Submitting && !r.Unsent
		v.op = lro.GiveUp(v.op, whyOver(ctx))
	case barred && !v.single && (v.resumed || v.op.Phase == lro.Submitting && !v.op.Sent):
		v.op = lro.GiveUp(v.op, lro.CredentialsFailed)
	case errors.Is(r.Err, errURL):
		v.op = lro.GiveUp(v.op, lro.BadURL)
	default:
		v.op = lro.Next(v.speaks, v.op, r)
	}
	if barred && v.op.Reason == lro.Unreachable {
		v.op.Reason = lro.CredentialsFailed
	}
}

// close turns the reply that ended the operation into a result or an error.
func (v *conversation) close(ctx context.Context, x *exchange) (*Result, error) {
	if v.op.Outcome != lro.Succeeded {
		x.discard()
		return nil, v.failure(x.reply.Err)
	}
	if v.c.Policy.ResultFrom == lro.ResultNone {
		x.discard()
		v.observeEnd()
		return &Result{Operation: v.op, Response: *v.last, Body: http.NoBody}, nil
	}
	if v.op.Enclosed {
		if inner, head, ok := message.Enclosed(x.reply); ok {
			return v.enclosed(x, inner, head), nil
		}
	}
	if v.op.Inline != "" {
		result, err := x.inline(v)
		if err != nil {
			why := lro.Unreachable
			if ctx.Err() != nil {
				why = whyOver(ctx)
			}
			v.op = lro.GiveUp(v.reopened(), why)
			return nil, v.failure(err)
		}
		v.observeEnd()
		return result, nil
	}
	v.observeEnd()
	return &Result{Operation: v.op, Response: *v.last, Body: x.stream(v), Length: x.length()}, nil
}

// reopened returns an operation that has succeeded, but whose result did not arrive, as one that can
// be gone on with.
func (v *conversation) reopened() lro.Operation {
	op := v.op
	op.Phase, op.Outcome, op.Reason = lro.Polling, lro.Undecided, lro.ReasonNone
	return op
}

func (v *conversation) failure(cause error) *Error {
	if v.op.Done() {
		v.observeEnd()
	}
	return &Error{Operation: v.op, Response: v.last, Err: cause}
}

// pause waits until op.Next is due. It ends the operation if the context ends first, or is sure to.
func (v *conversation) pause(ctx context.Context) {
	due := v.plan(ctx)
	if v.op.Done() {
		return
	}
	if rest := time.Until(due); rest > 0 {
		sleep(ctx, rest)
	}
	if ctx.Err() != nil {
		v.op = lro.GiveUp(v.op, whyOver(ctx))
	}
}

// plan returns when op.Next is to be sent, or ends the operation if there is no time left for it.
func (v *conversation) plan(ctx context.Context) time.Time {
	due, why := v.due()
	if deadline, ok := ctx.Deadline(); ok {
		last := deadline.Add(-v.lead())
		if v.impatient(deadline) && v.op.NotBefore.After(last) {
			v.op.NotBefore = last
		}
		late := due.After(last)
		switch {
		case late && v.final:
			v.op = lro.GiveUp(v.op, lro.DeadlinePassed)
			return due
		case late && v.op.NotBefore.After(deadline):
			v.op = lro.GiveUp(v.op, v.beyond())
			return due
		case v.op.Phase == lro.Polling && (late || v.onlyOne(due, last)):
			v.final = true
			due, why = later(last, v.op.NotBefore), "deadline"
		}
	}
	if time.Until(due) > 0 {
		v.emit(Event{Wait: &Wait{Until: due, Why: why}})
	}
	return due
}

// onlyOne reports whether a poll that is due shortly before the deadline would be the last that the server's hint
// allows: then it is worth more at the deadline.
func (v *conversation) onlyOne(due, last time.Time) bool {
	const shortly = 10 * time.Second
	return v.op.HintNote == lro.HintTaken && v.op.Hint > 0 && v.op.Misses == 0 && due.Add(v.op.Hint).After(last) && last.Sub(due) <= shortly
}

// impatient reports whether the floor of the next poll is the caller's own limit and not the server's hint, which
// is longer: a limit on each wait says nothing against a shorter one, to ask once more before the deadline.
func (v *conversation) impatient(deadline time.Time) bool {
	limit := v.c.Policy.MaxHint
	return limit > 0 && v.op.HintNote == lro.HintCapped && limit <= deadline.Sub(v.clock.began)
}

// beyond is why there is no time for another request: the server asked for the pause, unless it has not
// been heard since.
func (v *conversation) beyond() lro.Reason {
	if v.op.Misses > 0 && v.op.HintNote == lro.HintAbsent {
		return lro.DeadlinePassed
	}
	return lro.HintBeyondDeadline
}

// due returns when the next request goes out, and why then.
func (v *conversation) due() (time.Time, string) {
	if v.resumed {
		return later(v.op.NotBefore, v.phase), "server"
	}
	if v.held() {
		return later(v.op.NotBefore, v.replied.Add(afterHold)), "server"
	}
	due := v.c.Pace.Due(v.op, v.replied, random())
	switch {
	case v.op.Misses > 0:
		return due, "miss"
	case v.op.Phase != lro.Polling:
		return due, "redirect"
	case v.op.Hinted && v.op.Hint > 0:
		return due, "server"
	}
	return due, "pace"
}

// afterHold is the interval after an answer that the server had held.
const afterHold = 100 * time.Millisecond

// held reports whether the server held the answer to the last poll: it speaks as soon as there is something
// to say, so it is asked again at once. One that answers at once is asked at our own pace.
func (v *conversation) held() bool {
	return v.c.Policy.LongPoll > 0 && v.op.Phase == lro.Polling && v.op.Misses == 0 && v.op.Polls > 0 && v.took >= v.c.Policy.LongPoll/2
}

// lead is how long before the deadline the last poll goes out, so that its answer is in by then.
func (v *conversation) lead() time.Duration {
	return min(max(50*time.Millisecond, 2*v.took), 2*time.Second)
}

func later(a, b time.Time) time.Time {
	if a.After(b) {
		return a
	}
	return b
}

func sleep(ctx context.Context, d time.Duration) {
	t := time.NewTimer(d)
	defer t.Stop()
	select {
	case <-t.C:
	case <-ctx.Done():
	}
}

// whyOver tells a deadline from an interrupt.
func whyOver(ctx context.Context) lro.Reason {
	if errors.Is(ctx.Err(), context.DeadlineExceeded) || errors.Is(context.Cause(ctx), context.DeadlineExceeded) {
		return lro.DeadlinePassed
	}
	return lro.Interrupted
}
