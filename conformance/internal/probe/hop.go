package probe

import (
	"context"
	"fmt"
	"io"
	"net"
	"net/http"
	"slices"
	"strings"
	"sync/atomic"
	"syscall"
	"time"

	"github.com/asyncctl/asyncctl/conformance/internal/evidence"
	"github.com/asyncctl/asyncctl/internal/reach"
	"github.com/asyncctl/asyncctl/poller/lro"
)

// This file is the hop policy: what a request may carry, by the origin of its URL.
//
//	that of the slow submit, or in Policy.Trust   everything: Header, Credentials, the submit's own fields
//	that of another submit of the target          the submit's own fields and content
//	any other                                     Accept, User-Agent, If-None-Match
//
// Another origin never sees a client certificate, and is not reached at an address of a network in
// which the target itself is not: a server on the internet must not make us knock at our own doors.

// identity is who asks.
type identity uint8

const (
	owner     identity = iota // Suite.Credentials
	stranger                  // Suite.Other
	anonymous                 // nobody
)

// caller sends the requests of one conversation.
type caller struct {
	r     *run
	s     *Config
	named []string // the origins that the target names
	near  *wire    // for them
	far   *wire    // for all others
}

func (r *run) newCaller() *caller {
	s := r.s
	c := &caller{r: r, s: s, named: r.homes(), near: newWire(s.Transport)}
	if s.Foreign != nil {
		c.far = newWire(s.Foreign)
		return c
	}
	c.far = newWire(nil)
	if t, ok := s.Transport.(*http.Transport); ok && t.TLSClientConfig != nil {
		c.far.tls = t.TLSClientConfig.Clone()
		c.far.tls.Certificates, c.far.tls.GetClientCertificate, c.far.tls.InsecureSkipVerify = nil, nil, false
	}
	dialer := net.Dialer{Timeout: 30 * time.Second}
	dialer.ControlContext = func(_ context.Context, _, address string, _ syscall.RawConn) error {
		return c.r.class.mayReach(address)
	}
	c.far.dial = dialer.DialContext
	return c
}

func (c *caller) close() {
	c.near.close()
	c.far.close()
}

// trusted reports whether the target names the origin of a URL, or the person trusts it.
func (c *caller) trusted(url string) bool {
	return c.r.home.Open(url) || lro.Origin(url) != "" && slices.Contains(c.named, lro.Origin(url))
}

// request builds the HTTP request for one hop.
func (c *caller) request(ctx context.Context, req lro.Request, who identity) (*http.Request, error) {
	trusted := c.trusted(req.URL)
	var body io.Reader
	if len(req.Body) > 0 && trusted {
		body = strings.NewReader(string(req.Body))
	}
	h, err := http.NewRequestWithContext(ctx, req.Method, req.URL, body)
	if err != nil {
		return nil, err
	}
	h.Header.Set("User-Agent", "asyncctl")
	h.Header.Set("Accept", "application/json, */*;q=0.8")
	h.Header.Set("Accept-Encoding", "identity")
	if !trusted {
		if tag := req.Header.Get("If-None-Match"); tag != "" {
			h.Header.Set("If-None-Match", tag)
		}
		return h, nil
	}
	h.Header.Del("Accept-Encoding")
	if c.r.home.Open(req.URL) {
		put(h.Header, c.s.Header.HTTP())
	}
	put(h.Header, req.Header)
	switch {
	case !c.r.home.Open(req.URL):
	case who == owner:
		credentials, err := c.r.keys.get(ctx, c.s.Credentials)
		if err != nil {
			return nil, err
		}
		put(h.Header, credentials)
	case who == stranger:
		put(h.Header, c.s.Other.HTTP())
	}
	if h.Header.Get("Accept-Encoding") == "" {
		h.Header.Set("Accept-Encoding", "identity")
	}
	if host := h.Header.Get("Host"); host != "" {
		h.Host = host
		h.Header.Del("Host")
	}
	if who != owner {
		for name := range h.Header {
			if evidence.SecretField(name) && (who == anonymous || c.s.Other.Get(name) == "") {
				h.Header.Del(name)
			}
		}
	}
	return h, nil
}

func put(to, from http.Header) {
	for name, values := range from {
		to[http.CanonicalHeaderKey(name)] = slices.Clone(values)
	}
}

// send sends one request, under the policy and within the time for one request.
func (c *caller) send(ctx context.Context, req lro.Request, who identity, limit int64) (evidence.Exchange, lro.Reply) {
	ctx, cancel := context.WithTimeoutCause(ctx, c.s.requestTimeout(), fmt.Errorf("there was no whole answer within %v", c.s.requestTimeout()))
	defer cancel()
	x := evidence.Exchange{Request: evidence.Request{Method: req.Method, URL: req.URL, Body: req.Body}, Sent: time.Now()}
	h, err := c.request(ctx, req, who)
	if err != nil {
		x.Err = err.Error()
		return x, lro.Reply{Err: err, Unsent: true, At: x.Sent}
	}
	x.Request.Header = evidence.FieldsOf(h.Header)
	w := c.far
	if c.trusted(req.URL) {
		w = c.near
	} else {
		x.Request.Body = nil
	}
	a, err := w.send(ctx, h, limit)
	if a.remote != nil && w == c.near {
		c.r.class.learn(a.remote)
	}
	x.Response, x.Answered, x.Read, x.Dropped = a.Response, a.answered, a.read, a.dropped
	r := lro.Reply{Status: a.Status, Body: a.Body, More: a.More, At: a.answered, Err: err, Unsent: a.unsent}
	if a.Status != 0 {
		r.Header = a.Header.HTTP()
	}
	if err != nil {
		x.Err = err.Error()
		x.Unsent = a.unsent
		if a.answered.IsZero() {
			r.At = time.Now()
			x.Answered = r.At
		}
	}
	return x, r
}

// classes is how far the addresses reach at which the target was met. All conversations of a run share
// it.
type classes struct {
	met atomic.Pointer[reach.Class] // nil: not yet known, which counts as public
}

func (c *classes) learn(remote net.Addr) {
	class := reach.ClassOfPeer(remote)
	c.met.Store(&class)
}

// mayReach refuses an address of a network that is neither public nor that of the target. It is
// asked when the name has been resolved: a second look-up could say something else.
func (c *classes) mayReach(address string) error {
	home := reach.Public
	if known := c.met.Load(); known != nil {
		home = *known
	}
	if err := home.MayReach(address); err != nil {
		return fmt.Errorf("%w: %w", lro.ErrForbidden, err)
	}
	return nil
}
