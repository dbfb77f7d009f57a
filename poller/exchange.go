package poller

import (
	"bytes"
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptrace"
	"time"

	"github.com/asyncctl/asyncctl/internal/show"
	"github.com/asyncctl/asyncctl/poller/lro"
)

// exchange is one request with its reply. The response stays open: its content may be the result.
type exchange struct {
	reply    lro.Reply
	response *http.Response // nil without one
	patience *patience
}

var errSilent = errors.New("the server stopped sending")

// patience cuts a request off after a time without progress.
type patience struct {
	timer  *time.Timer
	limit  time.Duration
	cancel context.CancelCauseFunc
}

func newPatience(ctx context.Context, limit time.Duration) (context.Context, *patience) {
	ctx, cancel := context.WithCancelCause(ctx)
	stop := func() { cancel(fmt.Errorf("%w for %v", errSilent, limit)) }
	return ctx, &patience{timer: time.AfterFunc(limit, stop), limit: limit, cancel: cancel}
}

func (p *patience) renew() { p.timer.Reset(p.limit) }

func (p *patience) end() {
	p.timer.Stop()
	p.cancel(nil)
}

// exchange sends one request under the hop policy and reads the beginning of the answer.
func (v *conversation) exchange(ctx context.Context, req lro.Request, phase string) *exchange {
	early := !v.op.NotBefore.IsZero() && time.Now().Before(v.op.NotBefore)
	if early && phase == lro.Polling.String() {
		v.early++
	}
	v.emit(Event{Request: &Request{Phase: phase, Method: req.Method, URL: show.URL(req.URL), Early: early}})
	start := time.Now()
	inner, p := newPatience(ctx, v.patience(phase))
	x := &exchange{patience: p}
	g := v.grant(req.URL)
	if x.reply.Err = cmp.Or(v.noURL(req), v.astray(req, phase, g)); x.reply.Err != nil {
		x.reply.Unsent = true
	} else {
		x.reply.Err, x.reply.Unsent = v.roundTrip(inner, x, req, g)
	}
	x.reply.At = time.Now()
	if x.response != nil {
		x.reply.Status, x.reply.Header = x.response.StatusCode, x.response.Header
		v.cookies.take(req.URL, g.origin, x.response)
		x.open(v)
		v.last = &Response{Method: req.Method, URL: req.URL, Status: x.reply.Status, Header: x.response.Header, Content: x.reply.Body}
	}
	if x.reply.Err != nil && ctx.Err() == nil {
		if cause := context.Cause(inner); errors.Is(cause, errSilent) {
			x.reply.Err = cause
		}
	}
	v.replied, v.took = x.reply.At, time.Since(start)
	return x
}

// errURL marks a submit whose URL cannot be asked.
var errURL = errors.New("it must be http://host or https://host")

// noURL reports what is wrong with the URL that the caller gave. Those that a server names are judged elsewhere.
func (v *conversation) noURL(req lro.Request) error {
	if v.op.Phase != lro.Submitting || v.last != nil {
		return nil
	}
	if _, err := lro.Resolve(req.URL, req.URL); err != nil {
		return fmt.Errorf("%q: %w", show.URL(req.URL), errURL)
	}
	return nil
}

// patience returns how long a request may take: a server that holds the answer to a poll may take the
// time that it was given for that, too.
func (v *conversation) patience(phase string) time.Duration {
	if phase == lro.Polling.String() {
		return v.c.requestTimeout() + max(0, v.c.Policy.LongPoll)
	}
	return v.c.requestTimeout()
}

// roundTrip returns the failure, and whether it struck before there was a connection.
func (v *conversation) roundTrip(ctx context.Context, x *exchange, req lro.Request, g grant) (error, bool) {
	dialled, connected := false, false
	ctx = httptrace.WithClientTrace(ctx, &httptrace.ClientTrace{GetConn: func(string) { dialled = true }, GotConn: func(info httptrace.GotConnInfo) {
		connected = true
		if (g.all || g.own) && !v.home.known {
			v.meet(req.URL, info.Conn.RemoteAddr(), proxied(v.c.base(), req.URL))
		}
	}})
	h, err := v.request(ctx, req, g)
	if err != nil {
		return err, true
	}
	x.response, err = v.transport(ctx, g).RoundTrip(h)
	if dialled {
		return err, err != nil && !connected
	}
	return err, unconnected(err)
}

// unconnected reports whether an error says that there was no connection. A transport that does not trace its
// connections may have sent the request, whatever else its error says.
func unconnected(err error) bool {
	var name *net.DNSError
	var op *net.OpError
	return errors.As(err, &name) || errors.As(err, &op) && op.Op == "dial"
}

// open reads the beginning of the content. That of a 101 is a connection that speaks something else now, and
// that no context ends: we asked for no such thing (RFC 9110, section 7.8). Content that cannot be decoded is no
// status and no result; without it, a header may still say enough.
func (x *exchange) open(v *conversation) {
	if x.response.StatusCode == http.StatusSwitchingProtocols {
		x.response.Body.Close()
		x.response.Body = http.NoBody
		return
	}
	err := decode(x.response)
	switch {
	case err == nil:
		x.read(v.prefix(x.reply.Status))
	case x.reply.Status/100 == 2 && !(v.op.Phase == lro.Submitting && x.reply.Status == http.StatusAccepted):
		x.reply.Err = err
	}
}

// prefix returns how much of the content is read before it is known what it is.
func (v *conversation) prefix(status int) int64 {
	if v.op.Phase == lro.Fetching && status/100 == 2 {
		return min(64<<10, v.c.maxBody())
	}
	return v.c.maxBody()
}

// read takes the first bytes of the content into the reply.
func (x *exchange) read(limit int64) {
	body, err := io.ReadAll(io.LimitReader(x.response.Body, limit+1))
	if int64(len(body)) > limit {
		x.reply.More = true
	}
	x.reply.Body = body
	switch {
	case errors.Is(err, lro.ErrCoded):
		x.reply.Err = err
	case corrupt(err):
		x.reply.Err = fmt.Errorf("%w: %w", lro.ErrCoded, err)
	case err != nil:
		x.reply.Err = fmt.Errorf("the answer broke off after %d bytes: %w", len(body), err)
	}
}

// discard closes a response whose content is not the result.
func (x *exchange) discard() {
	if x.response != nil {
		x.response.Body.Close()
	}
	x.patience.end()
}

// length returns the size of the content; -1 if it is not known.
func (x *exchange) length() int64 {
	if !x.reply.More {
		return int64(len(x.reply.Body))
	}
	return x.response.ContentLength
}

// stream returns the whole content: what was read already, and the rest as it comes.
func (x *exchange) stream(v *conversation) io.ReadCloser { return x.streamFrom(v, 0) }

// streamFrom returns the content without its first bytes.
func (x *exchange) streamFrom(v *conversation, skipped int) io.ReadCloser {
	x.patience.renew()
	s := &stream{x: x, v: v, total: x.length(), n: int64(skipped)}
	s.from = bytes.NewReader(x.reply.Body[skipped:])
	if x.reply.More {
		s.from = io.MultiReader(s.from, x.response.Body)
	}
	return s
}

// stream is the result on its way. It reports how far it is at most twice a second.
type stream struct {
	x        *exchange
	v        *conversation
	from     io.Reader
	n, total int64
	told     time.Time
}

func (s *stream) Read(p []byte) (int, error) {
	n, err := s.from.Read(p)
	s.n += int64(n)
	s.x.patience.renew()
	if now := time.Now(); s.total != s.n && now.Sub(s.told) >= 500*time.Millisecond || err == io.EOF && !s.told.IsZero() {
		s.told = now
		s.v.emit(Event{Transfer: &Transfer{Bytes: s.n, Total: s.total}})
	}
	if err != nil && err != io.EOF {
		err = fmt.Errorf("the result broke off after %d bytes: %w", s.n, err)
	}
	return n, err
}

func (s *stream) Close() error {
	err := s.x.response.Body.Close()
	s.x.patience.end()
	return err
}
