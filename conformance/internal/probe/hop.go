package probe

import (
	"context"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/netip"
	"slices"
	"strings"
	"sync/atomic"
	"syscall"
	"time"

	"github.com/asyncctl/asyncctl/conformance/internal/evidence"
	"github.com/asyncctl/asyncctl/poller/lro"
)

// This file is the hop policy: what a request to a URL that the server named may carry.
//
//	origin of the URL                        carries
//	that of a submit of the target, or in    everything: Header, Credentials, the submit's own header
//	Suite.Trust
//	any other                                Accept, User-Agent, If-None-Match
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
	s     *Config
	homes []string // the origins that the person named
	near  *wire    // for them
	far   *wire    // for all others
	reach *reach   // how far the addresses of the homes reach
}

func (r *run) newCaller() *caller {
	s := r.s
	c := &caller{s: s, homes: r.homes(), near: newWire(s.Transport), reach: &r.reach}
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
		return c.reach.mayReach(address)
	}
	c.far.dial = dialer.DialContext
	return c
}

func (c *caller) close() {
	c.near.close()
	c.far.close()
}

// trusted says whether the person named the origin of a URL.
func (c *caller) trusted(url string) bool {
	origin := lro.Origin(url)
	return origin != "" && (slices.Contains(c.homes, origin) || slices.Contains(c.s.Trust, origin))
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
	put(h.Header, c.s.Header.HTTP())
	put(h.Header, req.Header)
	switch who {
	case owner:
		put(h.Header, c.s.Credentials.HTTP())
	case stranger:
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
		c.reach.learn(a.remote)
	}
	x.Response, x.Answered, x.Read = a.Response, a.answered, a.read
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

// reach is how far the addresses reach at which the target was met. All conversations of a run share
// it.
type reach struct {
	class atomic.Pointer[string] // nil: not yet known, which counts as public
}

func (r *reach) learn(remote net.Addr) {
	if at, err := netip.ParseAddrPort(remote.String()); err == nil {
		class := reachOf(at.Addr())
		r.class.Store(&class)
	}
}

// mayReach refuses an address of a network that is neither public nor that of the target. It is
// asked when the name has been resolved: a second look-up could say something else.
func (r *reach) mayReach(address string) error {
	at, err := netip.ParseAddrPort(address)
	if err != nil {
		return nil // not an IP address: nothing to protect
	}
	home := ""
	if known := r.class.Load(); known != nil {
		home = *known
	}
	if class := reachOf(at.Addr()); class != "" && class != home {
		return fmt.Errorf("%w: the server sent us to %s, a %s address", lro.ErrForbidden, at.Addr(), class)
	}
	return nil
}

func reachOf(ip netip.Addr) string {
	ip = ip.Unmap()
	switch {
	case ip.IsLoopback(), ip.IsUnspecified():
		return "loopback"
	case ip.IsLinkLocalUnicast(), ip.IsMulticast():
		return "link-local"
	case ip.IsPrivate(), netip.MustParsePrefix("100.64.0.0/10").Contains(ip):
		return "private"
	}
	return ""
}
