package mockserver

import (
	"net/http"
	"net/url"

	"github.com/asyncctl/asyncctl/mockserver/internal/speech"
)

// Matching returns the requests of the journal that meet a condition, the oldest
// first. Turn and P are not looked at; Body and Content need JournalBodies.
func (s *Server) Matching(when Condition) ([]Request, error) {
	if err := when.check(); err != nil {
		return nil, err
	}
	when.Turn, when.Of = 0, 0
	var found []Request
	for _, r := range s.Requests() {
		content := r.BodyBytes
		if content == nil {
			content = []byte(r.Body)
		}
		x := &speech.Exchange{R: &http.Request{Method: r.Method, URL: &url.URL{Path: r.Path, RawQuery: r.Query}, Header: r.Header}}
		x.Keep(content)
		if c := (circumstances{x: x}); c.meet(&when) {
			found = append(found, r)
		}
	}
	return found, nil
}

// WantRequests fails the test unless as many requests of the journal as it says
// meet the condition: see [Server.Matching].
func (l *Live) WantRequests(t TB, when Condition, n int) {
	t.Helper()
	if l.Journal <= 0 {
		t.Errorf("there is no journal: set Journal")
		return
	}
	found, err := l.Matching(when)
	switch {
	case err != nil:
		t.Errorf("%v", err)
	case len(found) != n:
		t.Errorf("%d requests meet the condition %+v, want %d", len(found), when, n)
	}
}
