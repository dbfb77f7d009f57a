package probe

import (
	"fmt"
	"net/http"
	"time"

	"github.com/asyncctl/asyncctl/conformance/internal/evidence"
	"github.com/asyncctl/asyncctl/conformance/internal/rules"
	"github.com/asyncctl/asyncctl/poller/lro"
)

const (
	// resubmits is how often a submit is sent that gets no answer. A second operation is harmless
	// here: it is a probe's own.
	resubmits = 3
	// busyTries is how often a submit is sent that is refused although nothing of ours runs.
	busyTries = 5
)

// admit waits for a place for one more operation, and begins the time for the conversation.
func (v *talk) admit() bool {
	switch {
	case v.places == 0:
		if !v.r.governor.begin(v.r.ctx) {
			return false
		}
		v.places = 1
		v.start(v.r.s.patience())
	case v.r.governor.tryBegin():
		v.places++
	default:
		v.finishOwn()
	}
	return v.ctx.Err() == nil
}

// submit starts an operation, and waits where the server does not take one now. It reports whether there
// is a status URL.
func (v *talk) submit(s *evidence.Submit, extra evidence.Fields) bool {
	return v.admit() && v.resubmit(evidence.RoleSubmit, s.Fresh(), extra)
}

// submitAhead starts an operation that is cancelled, and reserves the places of the requests up to then.
func (v *talk) submitAhead(s *evidence.Submit, soon haste) bool {
	if !v.admit() {
		return false
	}
	switch home := v.r.home.Home; soon {
	case afterLook: // the submit, a poll and the cancellation
		v.reserved = v.r.governor.reserve(home, 3, time.Now())
	case atOnce:
		v.reserved = v.r.governor.reserve(home, 2, time.Now())
	}
	return v.resubmit(evidence.RoleSubmit, s.Fresh(), nil)
}

// resubmit starts an operation with the place of one that was begun before, with the same UUIDs.
func (v *talk) resubmit(role evidence.Role, s *evidence.Submit, extra evidence.Fields) bool {
	req := v.request(s, extra)
	known := v.op.StatusURL // a key that is used again may be answered with 409
	for try := 1; v.ctx.Err() == nil; try++ {
		v.op = lro.Begin(v.r.dialect, req)
		v.op.Policy = &v.r.policy
		for v.op.Phase == lro.Submitting && !v.op.Done() && v.ctx.Err() == nil && v.wait() {
			v.step(role)
		}
		for v.op.Phase == lro.Following && v.op.StatusURL == "" && !v.op.Done() && v.wait() {
			v.step(evidence.RoleHop)
		}
		v.status, v.poll = v.op.StatusURL, v.op.Next
		switch status := v.lastStatus(); {
		case v.op.StatusURL != "":
			return v.ctx.Err() == nil
		case unanswered(v.op) && try < resubmits:
			if !v.pause(breath, "to submit again") {
				return false
			}
		case busy(status) && !(v.t.Probe == evidence.ProbeInvalid && !v.r.governor.single() && !rules.Throttled(status)) && !(known != "" && v.hasKey(extra)) && try <= busyTries:
			if !v.makeRoom(status, try) {
				return false
			}
		default:
			return false
		}
		v.again1()
	}
	return false
}

func (v *talk) lastStatus() int {
	if n := len(v.t.Exchanges); n > 0 {
		return v.t.Exchanges[n-1].Response.Status
	}
	return 0
}

// busy reports whether a status may mean that another operation is in the way.
func busy(status int) bool {
	switch status {
	case http.StatusConflict, http.StatusLocked, http.StatusTooManyRequests, http.StatusServiceUnavailable:
		return true
	}
	return false
}

func (v *talk) hasKey(extra evidence.Fields) bool { return extra.Get(v.r.target.KeyName()) != "" }

// makeRoom waits until the server may take an operation: it leaves one place, and sees to it that
// nothing of ours runs.
func (v *talk) makeRoom(status, try int) bool {
	if len(v.r.ledger.open()) > 0 && v.r.governor.fallBack(fmt.Sprintf("the server answered a submit with HTTP %d while another operation ran: from then on they ran one at a time", status)) {
		v.r.observe(Event{Noted: &Noted{Text: v.r.governor.note()}})
	}
	places := v.places
	v.r.governor.end(places)
	v.places = 0
	if !v.r.governor.begin(v.ctx) {
		return false
	}
	v.places = 1
	if v.r.governor.single() {
		for _, e := range v.r.ledger.open() {
			v.finish(e)
		}
	}
	last := v.t.Exchanges[len(v.t.Exchanges)-1]
	return v.pause(max(hint(last.Reply()), breath<<min(try, 4)), "for the server to take an operation")
}

// request is a submit as it is sent.
func (v *talk) request(s *evidence.Submit, extra evidence.Fields) lro.Request {
	header := s.Header.HTTP()
	for _, f := range extra {
		if f.Name == "Prefer" { // it is a list: what the API needs stays
			before := header.Get(f.Name)
			if before == "" {
				before = v.r.s.Header.Get(f.Name)
			}
			if before != "" {
				f.Value = before + ", " + f.Value
			}
		}
		header.Set(f.Name, f.Value)
	}
	return lro.Request{Method: s.Verb(), URL: s.URL, Header: header, Body: s.Body}
}

func unanswered(op lro.Operation) bool {
	return op.Reason == lro.Unreachable || op.Reason == lro.SubmitAmbiguous
}

// finishOwn sees the operations of this conversation to their ends.
func (v *talk) finishOwn() {
	for _, e := range v.r.ledger.open() {
		if v.mine[e.op.StatusURL] {
			v.finish(e)
		}
	}
}

// finish cancels an operation where that is known to work, and else polls until it is over.
func (v *talk) finish(e entry) {
	op := e.op
	if v.sendCancel(op) {
		v.r.ledger.close(op.StatusURL)
		return
	}
	for op.Phase == lro.Polling && !op.Done() && v.r.ctx.Err() == nil {
		due := v.r.s.Pace.Due(op, time.Now(), 0.5)
		if !v.pause(time.Until(due), "for an operation to end") {
			return
		}
		op = lro.Next(v.r.dialect, op, v.send(evidence.RoleCleanup, op.Next, owner, maxStatusBody))
	}
	v.r.ledger.close(op.StatusURL)
}
