package mockserver

import (
	"net/http"
	"sync"
	"time"
)

// maxSightings bounds how many sightings are kept.
const maxSightings = 1000

// A Sighting is a request to the other origin that carried what was meant for
// the first one.
type Sighting struct {
	Time      time.Time `json:"time"`
	Method    string    `json:"method"`
	Path      string    `json:"path"`
	Operation string    `json:"operation,omitempty"` // the id of the operation it was about, or empty
	Names     []string  `json:"names"`               // of the header fields that should not be there, never their values
}

// credentials are header fields that no client may carry to another origin.
var credentials = []string{"Authorization", "Proxy-Authorization", "Cookie", "X-Api-Key", "Api-Key", "X-Auth-Token", "Idempotency-Key"}

// sightings are the requests that gave something away, the first ones.
type sightings struct {
	mu  sync.Mutex
	all []Sighting
}

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

// look takes note of what a request to the other origin gives away.
func (f *sightings) look(x *exchange) {
	var names []string
	for _, name := range credentials {
		if len(x.r.Header[name]) > 0 {
			names = append(names, name)
		}
	}
	if names == nil {
		return
	}
	f.mu.Lock()
	defer f.mu.Unlock()
	if len(f.all) == maxSightings {
		return
	}
	f.all = append(f.all, Sighting{Time: x.now, Method: x.r.Method, Path: x.r.URL.Path, Operation: clip(x.t.id), Names: names})
}

// Sightings returns the requests that carried credentials to the other origin,
// the first 1000 of them.
func (s *Server) Sightings() []Sighting {
	s.foreign.mu.Lock()
	defer s.foreign.mu.Unlock()
	return append([]Sighting(nil), s.foreign.all...)
}
