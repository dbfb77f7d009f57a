package wire

import (
	"context"
	"fmt"
	"maps"
	"net"
	"net/http"
	"net/netip"
	"net/url"
	"slices"
	"strconv"
	"strings"

	"github.com/asyncctl/asyncctl/loadtest/internal/http1"
	"github.com/asyncctl/asyncctl/poller/lro"
)

// Origin is a server as a worker sends to it.
type Origin struct {
	Name    string // as [lro.Origin] has it
	Secure  bool
	Host    string // without port, for TLS
	Address netip.AddrPort
	Trailer []byte // what ends the head of each request: version, Host, the plan's header
	Header  http.Header
	Number  int // of the worker's pools
}

// Origins finds the origin of URLs. It is shared by the workers of a run and made before they start:
// the target's, and those that the plan allows. Others are refused, so that nothing is resolved
// while the load runs.
type Origins struct {
	byName map[string]*Origin
	All    []*Origin
}

// Targets is what may be loaded.
type Targets struct {
	Home     string   // the origin of the submits
	Allow    []string // other origins
	Trust    []string // those that get the plan's header beside home
	Header   http.Header
	Closes   bool // each request has a connection of its own
	Resolves bool // addresses are looked up
}

func NewOrigins(ctx context.Context, t Targets) (*Origins, error) {
	o := &Origins{byName: map[string]*Origin{}}
	for _, name := range append([]string{t.Home}, t.Allow...) {
		if _, ok := o.byName[name]; ok {
			continue
		}
		made, err := newOrigin(ctx, &t, name)
		if err != nil {
			return nil, err
		}
		made.Number = len(o.All)
		o.byName[name], o.All = made, append(o.All, made)
	}
	return o, nil
}

func newOrigin(ctx context.Context, t *Targets, name string) (*Origin, error) {
	u, err := url.Parse(name)
	if err != nil {
		return nil, err
	}
	o := &Origin{Name: name, Secure: u.Scheme == "https", Host: u.Hostname()}
	o.Header = http.Header{"User-Agent": {"asyncctl"}, "Accept": {"*/*"}}
	if name == t.Home || slices.Contains(t.Trust, name) {
		for field, values := range t.Header {
			o.Header[http.CanonicalHeaderKey(field)] = values
		}
	}
	if err := o.render(u.Host, t.Closes); err != nil {
		return nil, err
	}
	if t.Resolves {
		o.Address, err = resolve(ctx, u)
	}
	return o, err
}

// render writes what ends the head of each request.
func (o *Origin) render(host string, closes bool) error {
	if named := o.Header.Get("Host"); named != "" {
		host = named
		o.Header = o.Header.Clone()
		o.Header.Del("Host")
	}
	b := []byte(" HTTP/1.1\r\nHost: " + host + "\r\n")
	if closes {
		b = append(b, "Connection: close\r\n"...)
	}
	b, err := AppendHeader(b, o.Header)
	o.Trailer = b
	return err
}

// ours are the fields that the engine writes by itself.
var ours = []string{"Connection", "Content-Length", "Transfer-Encoding", "Upgrade", "Expect"}

// AppendHeader writes fields in the order of their names.
func AppendHeader(b []byte, header http.Header) ([]byte, error) {
	for _, name := range slices.Sorted(maps.Keys(header)) {
		for _, value := range header[name] {
			if slices.Contains(ours, http.CanonicalHeaderKey(name)) {
				return b, fmt.Errorf("the header field %s is not for a load test to set", name)
			}
			if !http1.IsToken([]byte(name)) || name == "" || strings.ContainsAny(value, "\r\n\x00") {
				return b, fmt.Errorf("the header field %.40q cannot be sent", name)
			}
			b = append(b, name...)
			b = append(b, ": "...)
			b = append(b, value...)
			b = append(b, "\r\n"...)
		}
	}
	return b, nil
}

// resolve finds the address of an origin. What is called localhost is on this machine, whatever a
// resolver says.
func resolve(ctx context.Context, u *url.URL) (netip.AddrPort, error) {
	port := u.Port()
	if port == "" {
		port = map[string]string{"http": "80", "https": "443"}[u.Scheme]
	}
	number, err := strconv.ParseUint(port, 10, 16)
	if err != nil {
		return netip.AddrPort{}, fmt.Errorf("the port %q is none", port)
	}
	host := u.Hostname()
	if address, err := netip.ParseAddr(host); err == nil {
		return netip.AddrPortFrom(address.Unmap(), uint16(number)), nil
	}
	found, err := net.DefaultResolver.LookupNetIP(ctx, "ip", host)
	if err != nil {
		return netip.AddrPort{}, fmt.Errorf("the address of %s cannot be found: %w", host, err)
	}
	local := host == "localhost" || strings.HasSuffix(host, ".localhost")
	found = slices.DeleteFunc(found, func(a netip.Addr) bool { return local && !a.Unmap().IsLoopback() })
	if len(found) == 0 {
		return netip.AddrPort{}, fmt.Errorf("%s has no address that may be used", host)
	}
	// IPv4 first: servers listen on it more often, and there is no race of both here.
	slices.SortStableFunc(found, func(a, b netip.Addr) int { return boolInt(b.Unmap().Is4()) - boolInt(a.Unmap().Is4()) })
	return netip.AddrPortFrom(found[0].Unmap(), uint16(number)), nil
}

func boolInt(b bool) int {
	if b {
		return 1
	}
	return 0
}

// Secure says whether any of them speaks TLS.
func (o *Origins) Secure() bool {
	return slices.ContainsFunc(o.All, func(each *Origin) bool { return each.Secure })
}

// Of returns the origin of a URL, and an error where nothing may be sent there.
func (o *Origins) Of(absolute string) (*Origin, error) {
	name := lro.Origin(absolute)
	if found, ok := o.byName[name]; ok {
		return found, nil
	}
	return nil, fmt.Errorf("%w: %s is not among the origins that may be loaded", lro.ErrForbidden, name)
}

// AfterOrigin is what of a URL stands in a request line.
func AfterOrigin(absolute string) string {
	i := strings.IndexByte(absolute, ':') + len("://")
	for ; i < len(absolute); i++ {
		if c := absolute[i]; c == '/' || c == '?' {
			return absolute[i:]
		}
	}
	return ""
}

// AppendTarget writes the origin-form of a request target (RFC 9112, section 3.2.1).
func AppendTarget(b []byte, target string) []byte {
	if target == "" || target[0] != '/' {
		b = append(b, '/')
	}
	return append(b, target...)
}
