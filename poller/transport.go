package poller

import (
	"context"
	"fmt"
	"net"
	"net/http"
	"net/netip"
	"net/url"
	"sync"
	"syscall"
	"time"

	"github.com/asyncctl/asyncctl/poller/lro"
)

// sharedTransport serves every Client that brings none: net/http's own, with tighter bounds.
var sharedTransport = sync.OnceValue(func() *http.Transport {
	t := http.DefaultTransport.(*http.Transport).Clone()
	t.MaxResponseHeaderBytes = 256 << 10
	return t
})

// transport returns what sends a request.
func (v *conversation) transport(url string, trusted bool) http.RoundTripper {
	base := v.c.Transport
	if base == nil {
		base = sharedTransport()
	}
	switch {
	case trusted:
		return base
	case v.c.Foreign != nil:
		return v.c.Foreign
	}
	t, ok := base.(*http.Transport)
	if !ok {
		return base
	}
	class := v.home
	if lro.Origin(url) == v.start {
		class = anywhere
	}
	if guarded, ok := v.c.foreign.Load(class); ok {
		return guarded.(http.RoundTripper)
	}
	guarded, _ := v.c.foreign.LoadOrStore(class, foreignTransport(t, class))
	return guarded.(http.RoundTripper)
}

// foreignTransport returns t for origins that nobody vouched for: without client certificates,
// without leave to skip TLS checks, and unable to reach addresses that the server itself could not
// be reached at. A server on the internet must not make us knock at the doors of our own network.
func foreignTransport(t *http.Transport, home addressClass) http.RoundTripper {
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
			return nil // it is the proxy that connects, and decides
		}
		// At connect time, after the name was resolved: a second look-up could say something else.
		return home.mayReach(address)
	}
	f.DialContext = dialer.DialContext
	if t.Proxy == nil {
		return f
	}
	return &foreignViaProxy{Transport: f, proxy: t.Proxy}
}

// viaProxy marks a context whose connection goes to a proxy that the caller named.
type viaProxy struct{}

type foreignViaProxy struct {
	*http.Transport
	proxy func(*http.Request) (*url.URL, error)
}

func (f *foreignViaProxy) RoundTrip(req *http.Request) (*http.Response, error) {
	if u, err := f.proxy(req); err == nil && u != nil {
		req = req.WithContext(context.WithValue(req.Context(), viaProxy{}, true))
	}
	return f.Transport.RoundTrip(req)
}

// addressClass is how far an IP address reaches.
type addressClass string

const (
	public    addressClass = "" // also what is not known
	private   addressClass = "private"
	linkLocal addressClass = "link-local"
	loopback  addressClass = "loopback"
	anywhere  addressClass = "anywhere" // no guard: the caller gave the URL, though no credentials for it
)

func classOf(addr net.Addr) addressClass {
	tcp, ok := addr.(*net.TCPAddr)
	if !ok {
		return public
	}
	return classify(tcp.AddrPort().Addr())
}

// carrierGrade is the shared address space of RFC 6598.
var carrierGrade = netip.MustParsePrefix("100.64.0.0/10")

func classify(ip netip.Addr) addressClass {
	ip = ip.Unmap()
	switch {
	case ip.IsLoopback(), ip.IsUnspecified():
		return loopback
	case ip.IsLinkLocalUnicast(), ip.IsLinkLocalMulticast(), ip.IsMulticast():
		return linkLocal
	case ip.IsPrivate(), carrierGrade.Contains(ip):
		return private
	}
	return public
}

// mayReach refuses addresses of a class that is neither public nor the server's own.
func (home addressClass) mayReach(address string) error {
	to, err := netip.ParseAddrPort(address)
	if err != nil {
		return nil // not an IP address: nothing to protect
	}
	class := classify(to.Addr())
	if class == public || class == home || home == anywhere {
		return nil
	}
	return fmt.Errorf("%w: the server sent us to %s, a %s address", lro.ErrForbidden, to.Addr(), class)
}
