package mockserver

import "net/http"

// StrangerHandler serves the other origin, to which the cross-origin faults send
// clients. It belongs on a second loopback listener, whose URL is Stranger. It
// answers for the same operations, without asking for credentials, as a valet
// key does, and takes note of those that it is shown. Nothing can be submitted
// there.
func (s *Server) StrangerHandler() http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		s.exchange(w, r, true)
	})
}
