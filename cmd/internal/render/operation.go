package render

import (
	"slices"
	"time"

	"github.com/asyncctl/asyncctl/poller"
	"github.com/asyncctl/asyncctl/poller/lro"
)

// kept bounds what a view remembers of the past, in requests and in notes.
const kept = 64

// operation is what a view knows about one operation: the events so far, folded. It is a value; a
// copy stays as it is while the original goes on.
type operation struct {
	began, changed time.Time // the first event; the last that a person would call a change
	last           poller.Reply
	replied        time.Time       // when last came in
	request        *poller.Request // in flight
	sent           time.Time
	wait           *poller.Wait
	transfer       *poller.Transfer
	end            *poller.End
	ended          time.Time
	exchanges      []exchange
	notes          []poller.Note
	statusURL      string
	progress       progress
}

// exchange is one request with what became of it.
type exchange struct {
	sent   time.Time
	phase  string
	early  bool
	reply  poller.Reply
	waited time.Duration // until the next one; planned, as long as that is not sent
	why    string        // "" as long as there is no next one
}

// apply folds one event in.
func (o operation) apply(e poller.Event) operation {
	if o.began.IsZero() {
		o.began, o.changed = e.At, e.At
	}
	switch {
	case e.Request != nil:
		if n := len(o.exchanges); n > 0 && !o.replied.IsZero() && o.exchanges[n-1].why != "" {
			o.exchanges = slices.Clone(o.exchanges)
			o.exchanges[n-1].waited = e.At.Sub(o.replied)
		}
		o.request, o.sent, o.wait = e.Request, e.At, nil
	case e.Reply != nil:
		o = o.reply(e.At, *e.Reply)
	case e.Wait != nil:
		o.wait = e.Wait
		if n := len(o.exchanges); n > 0 {
			o.exchanges = slices.Clone(o.exchanges)
			o.exchanges[n-1].waited, o.exchanges[n-1].why = e.Wait.Until.Sub(e.At), e.Wait.Why
		}
	case e.Note != nil:
		if !slices.Contains(o.notes, *e.Note) {
			o.notes = recent(o.notes, *e.Note)
		}
	case e.Transfer != nil:
		o.transfer, o.changed = e.Transfer, e.At
	case e.End != nil:
		o.end, o.ended, o.changed, o.wait, o.request = e.End, e.At, e.At, nil, nil
	}
	return o
}

func (o operation) reply(at time.Time, r poller.Reply) operation {
	x := exchange{sent: at, phase: r.Phase, reply: r}
	if o.request != nil {
		x.sent, x.early = o.sent, o.request.Early
	}
	o.exchanges = recent(o.exchanges, x)
	if StateText(r) != StateText(o.last) {
		o.changed = at
	}
	if r.StatusURL != "" {
		o.statusURL = r.StatusURL
	}
	o.last, o.replied, o.request, o.wait = r, at, nil, nil
	if r.Phase == lro.Polling.String() && r.Misses == 0 {
		o.progress = o.progress.add(at, r.Percent)
	}
	return o
}

// recent appends to a copy, and forgets the oldest.
func recent[T any](list []T, item T) []T {
	if len(list) >= kept {
		list = list[len(list)-kept+1:]
	}
	return append(slices.Clone(list), item)
}

// state is the word for how it stands: the outcome, once there is one.
func (o operation) state() string {
	switch {
	case o.end != nil:
		return ending(*o.end)
	case o.last.State == "" || o.last.State == lro.StateUnknown.String() && o.last.Polls == 0:
		return lro.StatePending.String()
	}
	return o.last.State
}

// elapsed is how long it has taken so far, or took.
func (o operation) elapsed(now time.Time) time.Duration {
	switch {
	case o.began.IsZero():
		return 0
	case o.end != nil:
		return milliseconds(o.end.ElapsedMS)
	}
	return max(0, now.Sub(o.began))
}

func (o operation) polls() int {
	if o.end != nil {
		return o.end.Polls
	}
	return o.last.Polls
}

func milliseconds(n int64) time.Duration { return time.Duration(n) * time.Millisecond }

// latest is the moment up to which it is known.
func (o operation) latest() time.Time {
	at := o.began
	for _, t := range []time.Time{o.sent, o.replied, o.ended, o.changed} {
		at = later(at, t)
	}
	return at
}
