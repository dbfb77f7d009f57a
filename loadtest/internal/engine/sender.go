package engine

import (
	"crypto/tls"
	"errors"
	"net/http"
	"time"

	"github.com/asyncctl/asyncctl/loadtest/internal/wire"
	"github.com/asyncctl/asyncctl/poller/lro"
)

// SenderConfig is what senders need to know of a plan. All of it is set.
type SenderConfig struct {
	Connections int               // that may be open at a time
	Timeout     time.Duration     // of a request, its connection included
	MaxBody     int               // what is kept of an answer's content
	Closes      bool              // each request has a connection of its own
	TLS         *tls.Config       // nil: the default
	H2          bool              // https: HTTP/2 where the server offers it
	H2C         bool              // http: HTTP/2 without asking (RFC 9113, section 3.3)
	HTTP        http.RoundTripper // not nil: it carries everything
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
)

// repeats says whether a rendered request may be sent again when the connection broke without a byte
// of an answer (RFC 9110, section 9.2.2).
func repeats(request []byte) bool {
	return len(request) > 4 && string(request[:4]) == "GET "
}
