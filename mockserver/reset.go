package mockserver

// Reset makes the server what it was before its first request: it forgets the
// operations, the journal, the counters, what the client did and the callbacks,
// and takes back the Scenario, the Rules and the Faults that it began with. Ids
// begin anew with the Seed. The clock stays as it is. It is for the time between
// two tests; requests under way may or may not be forgotten.
func (s *Server) Reset() {
	s.once.Do(s.start)
	s.switching.Lock()
	defer s.switching.Unlock()
	s.sender.Reset()
	s.host.Store.Reset(s.Seed)
	s.host.Counter.Reset()
	s.faulted.Reset()
	s.lost.Reset()
	s.foreign.Reset()
	s.chosen.submits.Store(0)
	s.chosen.requests.Store(0)
	if s.journal != nil {
		s.journal.reset()
	}
	if s.Auth != nil {
		s.Auth.reset()
	}
	faults := s.Faults
	if s.Stateless {
		faults = nil
	}
	s.install(s.Scenario, s.Rules, faults)
}
