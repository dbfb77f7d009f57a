package poller

import (
	"cmp"
	"context"
	"fmt"
	"net"
	"net/http"
	"net/url"
	"sync"
	"syscall"
	"time"

	"github.com/asyncctl/asyncctl/internal/reach"
	"github.com/asyncctl/asyncctl/poller/lro"
)

// sharedTransport serves every Client that brings none: net/http's own, with tighter bounds. A program that has
// replaced http.DefaultTransport by something else meant it: that is used as it is.
var sharedTransport = sync.OnceValue(func() http.RoundTripper {
	switch t := http.DefaultTransport.(type) {
	case *http.Transport:
		t = t.Clone()
		t.MaxResponseHeaderBytes, t.MaxIdleConns, t.MaxIdleConnsPerHost = maxHeader, maxIdle, maxIdle
		return t
	case nil:
		return &http.Transport{
			Proxy: http.ProxyFromEnvironment, ForceAttemptHTTP2: true, TLSHandshakeTimeout: 10 * time.Second, IdleConnTimeout: 90 * time.Second,
			MaxResponseHeaderBytes: maxHeader, MaxIdleConns: maxIdle, MaxIdleConnsPerHost: maxIdle,
		}
	}
	return http.DefaultTransport
})

const (
	maxHeader = 256 << 10
	maxIdle   = 256 // connections: each request of [Many] finds one
)

// base returns what sends a request that may carry everything.
func (c *Client) base() http.RoundTripper {
	if c.Transport != nil {
		return c.Transport
	}
	return sharedTransport()
}

// bare returns what a transport wraps, as far as it says so.
func bare(rt http.RoundTripper) http.RoundTripper {
	for range 8 {
		w, ok := rt.(interface{ Base() http.RoundTripper })
		if !ok {
			break
		}
		rt = w.Base()
	}
	return rt
}

// transport returns what sends a request.
func (v *conversation) transport(ctx context.Context, g grant) http.RoundTripper {
	base := v.c.base()
	switch {
	case g.all:
		return base
	case v.c.Foreign != nil:
		return v.c.Foreign
	}
	t, ok := bare(base).(*http.Transport)
	if !ok {
		return base
	}
	class := reach.Anywhere // the caller gave the URL, though no credentials for it
	if !g.own {
		class = v.homeClass(ctx)
	}
	guarded, ok := v.c.foreign.Load(class)
	if !ok {
		guarded, _ = v.c.foreign.LoadOrStore(class, foreignTransport(t, class))
	}
	return over(base, guarded.(http.RoundTripper))
}

// over has a transport that wraps another one, and says how, wrap a guarded one likewise: what counts or keeps
// requests sees all of them.
func over(base, guarded http.RoundTripper) http.RoundTripper {
	if w, ok := base.(interface {
		Over(http.RoundTripper) http.RoundTripper
	}); ok {
		return w.Over(guarded)
	}
	return guarded
}

// home is how far the address of the caller's own origin reaches.
type home struct {
	class reach.Class
	known bool
}

// meet learns from a connection to an origin that the caller named. The address of a proxy says nothing about
// the origin behind it: then only an address in the URL itself counts.
func (v *conversation) meet(url string, peer net.Addr, proxied bool) {
	if !proxied {
		v.home = home{reach.ClassOfPeer(peer), true}
		return
	}
	if class, ok := reach.ClassOfURL(url); ok {
		v.home = home{class, true}
	}
}

// homeClass returns how far the address of the caller's own origin reaches. Where it was not met yet, as
// before a cancellation that goes elsewhere, its name is resolved; what is not known counts as public.
func (v *conversation) homeClass(ctx context.Context) reach.Class {
	if v.home.known {
		return v.home.class
	}
	origin := cmp.Or(v.c.Origin, v.op.Home)
	if origin == "" {
		return reach.Public
	}
	v.home.known = true
	if class, ok := reach.ClassOfURL(origin); ok {
		v.home.class = class
		return class
	}
	u, err := url.Parse(origin)
	if err != nil || proxied(v.c.base(), origin) {
		return reach.Public
	}
	ctx, cancel := context.WithTimeout(ctx, 5*time.Second)
	defer cancel()
	if found, err := net.DefaultResolver.LookupNetIP(ctx, "ip", u.Hostname()); err == nil && len(found) > 0 {
		v.home.class = reach.ClassOf(found[0])
	}
	return v.home.class
}

// proxied reports whether a transport sends requests for a URL through a proxy.
func proxied(rt http.RoundTripper, absolute string) bool {
	t, ok := bare(rt).(*http.Transport)
	if !ok || t.Proxy == nil {
		return false
	}
	u, err := url.Parse(absolute)
	if err != nil {
		return false
	}
	proxy, err := t.Proxy(&http.Request{Method: http.MethodGet, URL: u, Host: u.Host, Header: http.Header{}})
	return err == nil && proxy != nil
}

// foreignTransport returns t for origins that nobody vouched for: without client certificates,
// without leave to skip TLS checks, and unable to reach addresses that the server itself could not
// be reached at. A server on the internet must not make us knock at the doors of our own network.
func foreignTransport(t *http.Transport, home reach.Class) http.RoundTripper {
	f := t.Clone()
	f.DialTLSContext = nil
	if f.TLSClientConfig != nil {
		f.TLSClientConfig.Certificates = nil
		f.TLSClientConfig.GetClientCertificate = nil
		f.TLSClientConfig.InsecureSkipVerify = false
	}
	dialer := net.Dialer{Timeout: 30 * time.Second, KeepAlive: 30 * time.Second}
	dialer.ControlContext = func(ctx context.Context, _, address string, _ syscall.RawConn) error {
		if ctx.Value(viaProxy{}) != nil {
			return nil // it is the proxy that connects
		}
		// At connect time, after the name was resolved: a second look-up could say something else.
		return forbidden(home.MayReach(address))
	}
	f.DialContext = dialer.DialContext
	if t.Proxy == nil {
		return f
	}
	return &foreignViaProxy{Transport: f, proxy: t.Proxy, home: home}
}

func forbidden(err error) error {
	if err == nil {
		return nil
	}
	return fmt.Errorf("%w: %w", lro.ErrForbidden, err)
}

// viaProxy marks a context whose connection goes to a proxy that the caller named.
type viaProxy struct{}

type foreignViaProxy struct {
	*http.Transport
	proxy func(*http.Request) (*url.URL, error)
	home  reach.Class
}

// RoundTrip judges the addresses that a URL names itself: a proxy would connect to them. Which address it finds
// for a name is its own business.
func (f *foreignViaProxy) RoundTrip(req *http.Request) (*http.Response, error) {
	if u, err := f.proxy(req); err == nil && u != nil {
		if err := forbidden(f.home.MayFollow(req.URL.String())); err != nil {
			return nil, err
		}
		req = req.WithContext(context.WithValue(req.Context(), viaProxy{}, true))
	}
	return f.Transport.RoundTrip(req)
}
