package mockserver

import (
	"time"

	"github.com/asyncctl/asyncctl/mockserver/internal/speech"
	"github.com/asyncctl/asyncctl/mockserver/internal/work"
)

// wait holds the answer to a submit until the operation is done, the client
// wants to wait no longer, or is gone. It returns the operation as it is then.
func (s *Server) wait(x *speech.Exchange, v work.View, p speech.Preference) work.View {
	limit := p.Wait(s.maxWait())
	deadline := time.Now().Add(limit)
	for woken := limit > 0; woken && !s.closing(); {
		wake := work.ClockChanges(s.host.Clock)
		s.look(x, &v)
		patience := time.Until(deadline)
		if v.Snap.Remaining >= 0 {
			patience = min(patience, work.Times(v.Snap.Remaining, 1/x.Scale))
		}
		if patience <= 0 {
			return v
		}
		woken = work.Linger(x.R.Context(), patience, wake, s.released)
		s.look(x, &v)
	}
	return v
}

// look brings a view of an operation up to date.
func (s *Server) look(x *speech.Exchange, v *work.View) {
	x.Tick()
	s.host.Store.Visit(v.ID, func(op *work.Operation) { *v = op.Promise(x.Now, x.Scale) })
}

func (s *Server) maxWait() time.Duration {
	if s.MaxWait == 0 {
		return defaultMaxWait
	}
	return s.MaxWait
}
