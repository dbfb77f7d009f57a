package engine

import (
	"crypto/tls"
	"errors"
	"net/http"
	"time"

	"github.com/asyncctl/asyncctl/loadtest/internal/wire"
	"github.com/asyncctl/asyncctl/poller/lro"
)

// MaxHandshakes bounds the handshakes of TLS that one worker makes at a time. Each costs about a
// millisecond of CPU, and two descriptors beside the connection's while it goes on.
const MaxHandshakes = 32

// SenderConfig is what senders need to know of a plan. All of it is set.
type SenderConfig struct {
	Connections int               // that may be open at a time
	Timeout     time.Duration     // of a request, its connection included
	MaxBody     int               // what is kept of an answer's content
	Closes      bool              // each request has a connection of its own
	TLS         *tls.Config       // nil: the default
	Protocols   http.Protocols    // beside HTTP/1.1, or instead of it; the zero value is HTTP/1.1
	HTTP        http.RoundTripper // not nil: it carries everything
}

// offers is what a handshake offers in ALPN (RFC 7301).
func (p *SenderConfig) offers() []string {
	switch {
	case !p.Protocols.HTTP2():
		return []string{"http/1.1"}
	case p.Protocols.HTTP1():
		return []string{"h2", "http/1.1"}
	}
	return []string{"h2"}
}

// Sender carries the requests of one worker. All its methods are called by the worker's goroutine,
// and so are those of its customer.
type Sender interface {
	// Send has the request of a slot sent to an origin as soon as a connection is free.
	Send(id uint32, to *wire.Origin)
	// Wait hands over what has ended, and waits for something to end until a moment.
	Wait(until int64)
	// Load returns how many requests wait for a connection, and how many connections are open.
	Load() (waiting, open int)
	// Close ends what is under way without handing it over.
	Close()
}

// Customer is what a sender asks for a request, and tells its end.
type Customer interface {
	// Leaves says that the request of a slot is about to be written, and appends it to b as HTTP/1.1.
	Leaves(id uint32, now int64, b []byte) []byte
	// Request is the same for senders that do not write HTTP/1.1 themselves.
	Request(id uint32, now int64) (lro.Request, http.Header)
	// Finish takes the end of an exchange, whose parts are valid during the call.
	Finish(x *Exchange)
}

// Exchange is one request and what came of it. Moments are nanoseconds since the start of the run.
type Exchange struct {
	Id          uint32
	Sent        int64 // its last byte was written; never: it was not
	First, Last int64 // the answer's first and last byte were there
	Status      int
	Head        lro.Header
	Body        []byte
	More        bool
	Err         error
	Unsent      bool // nothing of it has left
	In, Out     int  // bytes
	Resent      bool // by the sender, because a connection had been closed meanwhile
}

// What can go wrong with a connection.
var (
	ErrTimeout     = errors.New("no answer within the time allowed for a request")
	ErrDialTimeout = errors.New("no connection within the time allowed for a request")
	ErrClosed      = errors.New("the server closed the connection instead of answering")
	ErrProtocol    = errors.New("the server does not offer HTTP/2 (ALPN), and nothing else may be spoken")
)

// repeats reports whether a rendered request may be sent again when the connection broke without a byte
// of an answer (RFC 9110, section 9.2.2).
func repeats(request []byte) bool {
	return len(request) > 4 && string(request[:4]) == "GET "
}
