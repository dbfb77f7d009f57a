package lro

import (
	"errors"
	"net/http"
	"time"
)

// Request is what to send next. Header and Body are shared between copies of an [Operation]:
// treat both as read-only.
type Request struct {
	Method string
	URL    string
	Header http.Header
	Body   []byte
}

// Header gives one field of a reply. [http.Header] is one; a load generator brings its own that
// reads from the wire's bytes.
type Header interface {
	// Get returns the first value of the named field, or "". The package asks only for names in
	// canonical form.
	Get(name string) string
}

// Reply is what came back for [Operation].Next.
type Reply struct {
	// Status is the HTTP status code; 0 when no status line was read.
	Status int
	// Header may be nil when Status is 0.
	Header Header
	// Body is the content as far as it was read, decoded; see More.
	Body []byte
	// More says that the content is longer than Body.
	More bool
	// At is when the header section arrived.
	At time.Time
	// Err is a failure to send or to read. Together with a Status it means that the content broke
	// off.
	Err error
	// Unsent says that Err struck before a byte of the request left: no address, no connection, no
	// TLS session. The server cannot have acted on it.
	Unsent bool
}

// field returns one header field; it tolerates a reply without a header section.
func (r Reply) field(name string) string {
	if r.Header == nil {
		return ""
	}
	return r.Header.Get(name)
}

// ErrCoded is for the shells: a [Reply].Err for content that is coded in a way that cannot be undone. What
// cannot be decoded is unreadable; the connection and the server are well.
var ErrCoded = errors.New("its content cannot be decoded")
