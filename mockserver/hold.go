package mockserver

import (
	"time"

	"github.com/asyncctl/asyncctl/mockserver/internal/speech"
	"github.com/asyncctl/asyncctl/mockserver/internal/work"
)

// holdStep is how often a held poll looks whether somebody intervened.
const holdStep = 250 * time.Millisecond

// hold keeps the answer to a poll back until the operation is in another state,
// limit is over, or the client is gone. It returns the operation as it is then.
// The poll counts as one that came at its beginning.
func (s *Server) hold(x *speech.Exchange, v work.View, limit time.Duration) work.View {
	early, before := v.Early, v
	deadline := time.Now().Add(limit)
	for x.R.Context().Err() == nil && !s.closing() && waits(x, before, v) {
		patience := min(time.Until(deadline), holdStep)
		if v.Snap.Remaining >= 0 {
			patience = min(patience, work.Times(v.Snap.Remaining, 1/x.Scale))
		}
		if patience <= 0 {
			break
		}
		work.Linger(x.R.Context(), patience, nil, s.released)
		x.Tick()
		s.host.Store.Visit(v.ID, func(op *work.Operation) { v = op.Look(x.Now) })
	}
	s.host.Store.Visit(v.ID, func(op *work.Operation) { v = op.Resume(x.Now, x.Scale, early, !x.Target.Handover) })
	return v
}

// waits reports whether there is nothing to say yet to a poll that is held.
func waits(x *speech.Exchange, before, v work.View) bool {
	if x.Target.UntilDone {
		return !v.Snap.Status.Done() && !v.Gone
	}
	return v.Snap.Status == before.Snap.Status && v.Held == before.Held && !v.Gone
}
