package mockserver

import "time"

// holdStep is how often a held poll looks whether somebody intervened.
const holdStep = 250 * time.Millisecond

// hold keeps the answer to a poll back until the operation is in another state,
// limit is over, or the client is gone. It returns the operation as it is then.
// The poll counts as one that came at its beginning.
func (s *Server) hold(x *exchange, v view, limit time.Duration) view {
	early, before := v.early, v
	deadline := time.Now().Add(limit)
	for x.r.Context().Err() == nil && v.snap.Status == before.snap.Status && v.held == before.held && !v.gone {
		patience := min(time.Until(deadline), holdStep)
		if v.snap.Remaining >= 0 {
			patience = min(patience, times(v.snap.Remaining, 1/x.scale))
		}
		if patience <= 0 {
			break
		}
		linger(x.r.Context(), patience, nil)
		s.tick(x)
		s.store.visit(v.id, func(op *operation) { v = op.look(x.now) })
	}
	s.store.visit(v.id, func(op *operation) { v = op.resume(x.now, x.scale, early, !x.t.handover) })
	return v
}
