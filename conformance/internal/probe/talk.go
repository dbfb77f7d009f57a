package probe

import (
	"context"
	"errors"
	"math/rand/v2"
	"net/http"
	"time"

	"github.com/asyncctl/asyncctl/conformance/internal/evidence"
	"github.com/asyncctl/asyncctl/conformance/internal/rules"
	"github.com/asyncctl/asyncctl/poller/lro"
)

const (
	maxStatusBody = 1 << 20
	maxResultBody = 64 << 10
	// resubmits is how often a submit is sent that gets no answer. A second operation is harmless
	// here: it is a probe's own.
	resubmits = 3
	// reasks is how often a question besides is sent that gets no answer.
	reasks = 3
	// breath is the pause before something is sent again.
	breath = 250 * time.Millisecond
)

// talk is a conversation that is being held.
type talk struct {
	r      *run
	c      *caller
	t      evidence.Transcript
	op     lro.Operation
	status string      // the URL that the acceptance named
	poll   lro.Request // how it is polled
	ctx    context.Context
}

// submit starts an operation: once, or again if no answer came.
func (v *talk) submit(s *evidence.Submit, extra evidence.Fields) bool {
	s = s.Fresh()
	header := s.Header.HTTP()
	for _, f := range extra {
		if before := header.Get(f.Name); before != "" && f.Name == "Prefer" { // it is a list
			f.Value = before + ", " + f.Value
		}
		header.Set(f.Name, f.Value)
	}
	req := lro.Request{Method: s.Verb(), URL: s.URL, Header: header, Body: s.Body}
	for try := 1; ; try++ {
		v.op = lro.Begin(v.r.dialect, req)
		for v.op.Phase == lro.Submitting && !v.op.Done() && v.ctx.Err() == nil {
			v.wait("the server asks for it")
			v.step(evidence.RoleSubmit)
		}
		for v.op.Phase == lro.Following && v.op.StatusURL == "" && !v.op.Done() && v.wait("the server asks for it") {
			v.step(evidence.RoleHop)
		}
		v.status, v.poll = v.op.StatusURL, v.op.Next
		if !unanswered(v.op) || try == resubmits || !v.pause(breath, "to submit again") {
			return v.op.StatusURL != "" && v.ctx.Err() == nil
		}
	}
}

func unanswered(op lro.Operation) bool {
	return op.Reason == lro.Unreachable || op.Reason == lro.SubmitAmbiguous
}

// step sends what is next and folds the answer in.
func (v *talk) step(role evidence.Role) {
	if v.ctx.Err() != nil {
		return
	}
	limit := int64(maxStatusBody)
	if v.op.Phase == lro.Fetching {
		limit = maxResultBody
	}
	r := v.send(role, v.op.Next, owner, limit)
	if v.ctx.Err() != nil && r.Status == 0 {
		return
	}
	v.op = lro.Next(v.r.dialect, v.op, r)
}

// send sends one request and records it.
func (v *talk) send(role evidence.Role, req lro.Request, who identity, limit int64) lro.Reply {
	x, r := v.c.send(v.ctx, req, who, limit)
	if v.ctx.Err() != nil && r.Status == 0 {
		return r // it was cut off by us: nothing is to be learned from it
	}
	x.Role = role
	v.t.Exchanges = append(v.t.Exchanges, x)
	v.r.observe(Event{Asked: &Asked{
		Probe: v.t.Probe, Role: role, Method: req.Method, URL: evidence.BareURL(req.URL), Status: x.Response.Status,
		Took: r.At.Sub(x.Sent), Err: x.Err,
	}})
	return r
}

// role is what the next request of the operation is for.
func (v *talk) role() evidence.Role {
	switch v.op.Phase {
	case lro.Following:
		return evidence.RoleHop
	case lro.Fetching:
		return evidence.RoleResult
	}
	return evidence.RolePoll
}

// follow polls until the operation is over.
func (v *talk) follow() {
	for !v.op.Done() && v.wait("the server asks for it") {
		v.step(v.role())
	}
}

// settle polls at once, and then until the status URL answers: it may not be readable at once.
func (v *talk) settle() {
	v.step(evidence.RoleImmediate)
	for v.op.Misses > 0 && !v.op.Done() && v.wait("the server asks for it") {
		v.step(v.role())
	}
}

// told says whether the end of the operation was told, though perhaps not its result.
func (v *talk) told() bool { return rules.Told(&v.t, v.r.dialect) }

// wait waits until the next request is due; false: the time is up.
func (v *talk) wait(why string) bool {
	now := time.Now()
	if v.op.Phase == lro.Submitting && v.op.NotBefore.Before(now) {
		return v.ctx.Err() == nil
	}
	due := v.r.s.Pace.Due(v.op, now, rand.Float64())
	return v.pause(due.Sub(now), why)
}

// pause waits; false: the time is up.
func (v *talk) pause(d time.Duration, why string) bool {
	if d <= 0 {
		return v.ctx.Err() == nil
	}
	v.r.observe(Event{Waiting: &Waiting{Probe: v.t.Probe, Until: time.Now().Add(d), Why: why}})
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-timer.C:
		return v.ctx.Err() == nil
	case <-v.ctx.Done():
		return false
	}
}

// ask asks something besides, with the fields that the dialect polls with; a GET or HEAD that gets no
// answer is sent again.
func (v *talk) ask(role evidence.Role, method, url string, header http.Header, who identity) lro.Reply {
	req := lro.Request{Method: method, URL: url, Header: http.Header{}}
	put(req.Header, v.poll.Header)
	req.Header.Del("If-None-Match")
	put(req.Header, header)
	if method == http.MethodGet && url == v.status && v.poll.URL == v.status {
		req.Method, req.Body = v.poll.Method, v.poll.Body
	}
	for try := 1; ; try++ {
		r := v.send(role, req, who, maxStatusBody)
		safe := req.Method == http.MethodGet || req.Method == http.MethodHead
		if r.Err == nil || r.Status != 0 || !safe || try == reasks || !v.pause(breath, "to ask again") {
			return r
		}
	}
}

// hint is how long the last answer asks to be left alone; 0: it does not.
func hint(r lro.Reply) time.Duration {
	d, _ := lro.RetryAfter(r)
	return min(d, time.Minute)
}

// end closes the conversation and hands its transcript to the run.
func (v *talk) end() {
	v.c.close()
	if v.ctx.Err() != nil {
		v.t.Ended = evidence.EndedInterrupted
		if errors.Is(context.Cause(v.ctx), errBudget) {
			v.t.Ended = evidence.EndedBudget
		}
	}
	v.r.keep(v.t)
}
