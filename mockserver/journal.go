package mockserver

import (
	"bytes"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"sync"
	"unicode/utf8"
)

// A Request is an entry of the journal: a request and what was answered. It
// holds no secrets: see [Server.Requests].
type Request struct {
	Number int64 `json:"number"` // of the request, from 1
	Exchange
	Query  string      `json:"query,omitempty"`
	Header http.Header `json:"header,omitempty"`
	Remote string      `json:"remote,omitempty"` // address of the client
	// Body is the content, its first 64 KiB, if JournalBodies is set; BodyBytes is
	// it if it is no text.
	Body      string `json:"body,omitempty"`
	BodyBytes []byte `json:"bodyBytes,omitempty"`
}

// maxJournalBody bounds how much of a content is kept.
const maxJournalBody = 64 << 10

const redacted = "[redacted]"

// A journal is a ring of the last requests.
type journal struct {
	mu    sync.Mutex
	ring  []Request
	limit int
	next  int
	total int64
}

func newJournal(limit int) *journal { return &journal{limit: limit} }

func (j *journal) add(said Exchange, r *http.Request, content []byte) {
	entry := Request{Exchange: said, Query: redactQuery(r.URL.RawQuery), Header: redactHeader(r.Header), Remote: r.RemoteAddr}
	if content = content[:min(len(content), maxJournalBody)]; utf8.Valid(content) {
		entry.Body = string(content)
	} else {
		entry.BodyBytes = bytes.Clone(content)
	}
	j.mu.Lock()
	defer j.mu.Unlock()
	j.total++
	entry.Number = j.total
	if len(j.ring) < j.limit {
		j.ring = append(j.ring, entry)
		return
	}
	j.ring[j.next] = entry
	j.next = (j.next + 1) % j.limit
}

// Requests returns the journal, the oldest first: the last requests, as many as
// Journal says. The values of header fields that may hold credentials are
// redacted, and those of such query parameters. Bodies are kept if JournalBodies
// is set.
func (s *Server) Requests() []Request {
	s.once.Do(s.start)
	if s.journal == nil {
		return nil
	}
	j := s.journal
	j.mu.Lock()
	defer j.mu.Unlock()
	return slices.Concat(j.ring[j.next:], j.ring[:j.next])
}

// reset forgets all of them. Their numbers go on.
func (j *journal) reset() {
	j.mu.Lock()
	defer j.mu.Unlock()
	j.ring, j.next = nil, 0
}

// journalSize is how many requests it holds.
func (s *Server) journalSize() int {
	if s.journal == nil {
		return 0
	}
	s.journal.mu.Lock()
	defer s.journal.mu.Unlock()
	return len(s.journal.ring)
}

// requestsAfter returns the requests after a number, the first ones of them; or
// the last ones of all, unless resumed.
func (s *Server) requestsAfter(number int64, limit int, resumed bool) []Request {
	if s.journal == nil {
		return nil
	}
	j := s.journal
	j.mu.Lock()
	defer j.mu.Unlock()
	kept := int64(len(j.ring))
	skip := min(max(number-(j.total-kept), 0), kept)
	if !resumed {
		skip = max(kept-int64(limit), 0)
	}
	page := make([]Request, 0, min(kept-skip, int64(limit)))
	for i := skip; i < kept && len(page) < limit; i++ {
		page = append(page, j.ring[(int64(j.next)+i)%kept])
	}
	return page
}

// redactHeader copies the header without its secrets.
func redactHeader(header http.Header) http.Header {
	if len(header) == 0 {
		return nil
	}
	kept := make(http.Header, len(header))
	for name, values := range header {
		if isSecret(name) {
			values = redactValues(values)
		}
		kept[name] = values
	}
	return kept
}

// isSecret reports whether a header field may hold credentials.
func isSecret(name string) bool {
	switch name {
	case "Accept", "Accept-Encoding", "Content-Length", "Content-Type", "If-None-Match", "Prefer", "User-Agent", "Idempotency-Key", ScenarioHeader:
		return false
	case "Authorization", "Proxy-Authorization", "Cookie":
		return true
	}
	name = strings.ToLower(name)
	return slices.ContainsFunc([]string{"auth", "token", "secret", "key", "password", "cookie", "signature", "session"}, func(part string) bool {
		return strings.Contains(name, part)
	})
}

// redactValues leaves the scheme of credentials.
func redactValues(values []string) []string {
	kept := make([]string, len(values))
	for i, value := range values {
		kept[i] = redacted
		if scheme, _, ok := strings.Cut(value, " "); ok && (scheme == "Bearer" || scheme == "Basic") {
			kept[i] = scheme + " " + redacted
		}
	}
	return kept
}

// redactQuery leaves the values of parameters but those that may be credentials.
func redactQuery(query string) string {
	if query == "" {
		return ""
	}
	values, err := url.ParseQuery(query)
	if err != nil {
		return redacted
	}
	for name := range values {
		if isSecret(name) || strings.EqualFold(name, "sig") || strings.EqualFold(name, "code") {
			values[name] = []string{redacted}
		}
	}
	return values.Encode()
}
