package poller

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"net/http"
	"sync"
	"time"

	"github.com/asyncctl/asyncctl/poller/lro"
)

// Client follows operations. The zero value is ready to use; a Client may be used by many
// goroutines at once, and must not be copied or changed after its first use.
type Client struct {
	// Transport sends the requests. Nil: one shared by all clients, with HTTP/2, keep-alive and the
	// proxies of the environment. Redirects and cookies are the Client's own business.
	Transport http.RoundTripper
	// Foreign sends the requests to origins that nobody vouched for (see Policy.Trust). Nil: Transport
	// without its client certificates, its dialer and its leave to skip TLS checks, and unable to
	// reach private addresses from a public server; or Transport itself if it is no *http.Transport, and has no
	// method Base() http.RoundTripper that leads to one.
	Foreign http.RoundTripper
	// Dialect reads the replies. Nil: lro.Generic.
	Dialect lro.Dialect
	// Pace is when to poll where the server leaves it open.
	Pace lro.Pace
	// Policy is how patient and how trusting the protocol is.
	Policy lro.Policy
	// Origin is the one origin, https://host[:port], that Header, Credentials and the client certificates of
	// Transport are for. Those of Policy.Trust get them too, and no other: not those that a server
	// names, and not those of other operations. Empty: the origin of each operation's own submit, or of the
	// status URL that it was resumed with (lro.Operation.Home); an operation that was read from a handle has
	// none, and needs this field to be polled with credentials.
	Origin string
	// Header is sent with every request to Origin. Fields that only describe the submit (Content-Type, Prefer,
	// Idempotency-Key) belong into the request's own header.
	Header http.Header
	// HeaderFor returns further fields for an origin that the caller named, in a request, a handle, Origin or
	// Policy.Trust, and nil for one without: passwords that are kept by host, as in a netrc file. It is called for
	// each request and must not block. Nil: none.
	HeaderFor func(origin string) http.Header
	// Credentials returns header fields to be added to the same requests as Header. It is asked
	// before the first request, and once more with renew set after a 401; then that request is sent
	// again. Nil: none.
	Credentials func(ctx context.Context, renew bool) (http.Header, error)
	// MaxBody bounds a status document, and what is kept of an error, in decoded bytes. 0: 1 MiB. A result is
	// a stream and has no bound.
	MaxBody int64
	// RequestTimeout bounds a request until its first MaxBody bytes have arrived, and then each
	// silence of a result that is being streamed. Polls get Policy.LongPoll on top of it. 0: 60 s.
	RequestTimeout time.Duration
	// Observe is called for everything that happens, by one goroutine at a time and, for each
	// operation, in order. It must not block for long: the next request waits for it.
	Observe func(Event)

	foreign sync.Map // reach.Class -> http.RoundTripper
	vault   vault
	watched sync.Mutex // held while Observe runs
}

func (c *Client) dialect() lro.Dialect {
	if c == nil || c.Dialect == nil {
		return lro.Generic{}
	}
	return c.Dialect
}

func (c *Client) maxBody() int64 {
	if c.MaxBody <= 0 {
		return 1 << 20
	}
	return c.MaxBody
}

func (c *Client) requestTimeout() time.Duration {
	if c.RequestTimeout <= 0 {
		return time.Minute
	}
	return c.RequestTimeout
}

// Do submits a request, waits for the operation to end and returns its result, whose Body the
// caller must close. A server that answers at once is fine too. Every other end is an *[Error].
func (c *Client) Do(ctx context.Context, req lro.Request) (*Result, error) {
	v := c.converse(lro.Begin(c.dialect(), req))
	if res, err := v.submit(ctx); res != nil || err != nil {
		return res, err
	}
	return v.wait(ctx)
}

// Submit submits a request. It returns the operation that the server accepted, ready for [Client.Wait]
// or for being stored; or, from a server that did the work at once, the result, whose Body the
// caller must close. A submit is sent again only where that is safe; see lro.Policy.
func (c *Client) Submit(ctx context.Context, req lro.Request) (lro.Operation, *Result, error) {
	v := c.converse(lro.Begin(c.dialect(), req))
	res, err := v.submit(ctx)
	return v.op, res, err
}

// Wait follows an operation to its end and returns its result, whose Body the caller must close. It
// waits until op.NotBefore before it asks for the first time. Every other end is an *[Error]. The Operation of
// that error can be waited for again, here or, as its JSON, in another process, unless the server has ended it.
func (c *Client) Wait(ctx context.Context, op lro.Operation) (*Result, error) {
	v := c.converse(op)
	v.resumed = true
	return v.wait(ctx)
}

// Poll asks the status URL once, now, and returns the operation after the answer. It follows
// redirects but does not fetch the result: an operation whose Phase is lro.Fetching is over, and its
// result is at ResultURL. The error is an *[Error] if the operation ended in any other way than
// success, or if the question could not be asked: the operation goes on and Misses counts.
func (c *Client) Poll(ctx context.Context, op lro.Operation) (lro.Operation, error) {
	v := c.converse(op)
	v.single = true
	var cause error
	for !v.op.Done() {
		x := v.step(ctx)
		x.discard()
		cause = x.reply.Err
		switch {
		case v.op.Done():
		case v.op.Misses > 0:
			return v.op, v.failure(cause)
		case v.op.Phase == lro.Polling && v.op.Hops == 0, v.op.Phase == lro.Fetching:
			return v.op, nil
		}
	}
	if v.op.Outcome != lro.Succeeded {
		return v.op, v.failure(cause)
	}
	return v.op, nil
}

// ErrNoCancel says that the dialect does not tell how to cancel the operation, or that the dialect is a guess.
var ErrNoCancel = errors.New("this operation cannot be cancelled")

// Cancel asks the server to cancel the operation, and returns its answer. An accepted
// cancellation is a wish, not a fact: [Client.Wait] tells how it ended. Nothing is sent to an
// origin that nobody vouched for. The error is an *[Error], or [ErrNoCancel].
func (c *Client) Cancel(ctx context.Context, op lro.Operation) (lro.Operation, lro.CancelAnswer, error) {
	req, ok := c.dialect().Cancel(op)
	if !ok {
		return op, lro.CancelUnsupported, fmt.Errorf("%w: %s has no request for that, or is a guess, which cancels nothing; name the dialect of its API", ErrNoCancel, op.Dialect)
	}
	v := c.converse(op)
	x := v.exchange(ctx, req, "cancel")
	defer x.discard()
	next, answer := lro.AfterCancel(v.op, x.reply)
	v.op = lro.Ready(c.dialect(), next)
	v.observeReply("cancel", req, x)
	if answer == lro.CancelAccepted {
		return v.op, answer, nil
	}
	return v.op, answer, &Error{Operation: v.op, Response: v.last, Cancel: answer, Err: x.reply.Err}
}

// random draws the share of the jitter.
func random() float64 { return rand.Float64() }
