package loadtest

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

	"github.com/asyncctl/asyncctl/poller/lro"
)

// origin is a server as a worker sends to it.
type origin struct {
	name    string // as [lro.Origin] has it
	secure  bool
	host    string // without port, for TLS
	address netip.AddrPort
	trailer []byte // what ends the head of each request: version, Host, the plan's header
	header  http.Header
	number  int // of the worker's pools
}

// origins finds the origin of URLs. It is shared by the workers of a run and made before they start:
// the target's, and those that the plan allows. Others are refused, so that nothing is resolved
// while the load runs.
type origins struct {
	byName map[string]*origin
	all    []*origin
}

func newOrigins(ctx context.Context, p *Plan, target string) (*origins, error) {
	o := &origins{byName: map[string]*origin{}}
	names := []string{lro.Origin(target)}
	for _, name := range append(names, p.Allow...) {
		if _, ok := o.byName[name]; ok {
			continue
		}
		made, err := newOrigin(ctx, p, name, name == names[0])
		if err != nil {
			return nil, err
		}
		made.number = len(o.all)
		o.byName[name], o.all = made, append(o.all, made)
	}
	return o, nil
}

func newOrigin(ctx context.Context, p *Plan, name string, home bool) (*origin, error) {
	u, err := url.Parse(name)
	if err != nil {
		return nil, err
	}
	o := &origin{name: name, secure: u.Scheme == "https", host: u.Hostname()}
	o.header = http.Header{"User-Agent": {"asyncctl"}, "Accept": {"*/*"}}
	if home || p.Policy != nil && slices.Contains(p.Policy.Trust, name) {
		for field, values := range p.Header {
			o.header[http.CanonicalHeaderKey(field)] = values
		}
	}
	if err := o.render(u.Host, p.Close); err != nil {
		return nil, err
	}
	if p.HTTP == nil {
		o.address, err = resolve(ctx, u, p.allows(name))
	}
	return o, err
}

// render writes what ends the head of each request.
func (o *origin) render(host string, closes bool) error {
	if named := o.header.Get("Host"); named != "" {
		host = named
		o.header = o.header.Clone()
		o.header.Del("Host")
	}
	b := []byte(" HTTP/1.1\r\nHost: " + host + "\r\n")
	if closes {
		b = append(b, "Connection: close\r\n"...)
	}
	b, err := appendHeader(b, o.header)
	o.trailer = b
	return err
}

// ours are the fields that the engine writes by itself.
var ours = []string{"Connection", "Content-Length", "Transfer-Encoding", "Upgrade", "Expect"}

// appendHeader writes fields in the order of their names.
func appendHeader(b []byte, header http.Header) ([]byte, error) {
	for _, name := range slices.Sorted(maps.Keys(header)) {
		for _, value := range header[name] {
			if slices.Contains(ours, http.CanonicalHeaderKey(name)) {
				return b, fmt.Errorf("the header field %s is not for a load test to set", name)
			}
			if !isToken([]byte(name)) || name == "" || strings.ContainsAny(value, "\r\n\x00") {
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
func resolve(ctx context.Context, u *url.URL, allowed bool) (netip.AddrPort, error) {
	port := u.Port()
	if port == "" {
		port = map[string]string{"http": "80", "https": "443"}[u.Scheme]
	}
	number, err := strconv.ParseUint(port, 10, 16)
	if err != nil || !allowed {
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

// secure says whether any of them speaks TLS.
func (o *origins) secure() bool {
	return slices.ContainsFunc(o.all, func(each *origin) bool { return each.secure })
}

// of returns the origin of a URL, and an error where nothing may be sent there.
func (o *origins) of(absolute string) (*origin, error) {
	name := lro.Origin(absolute)
	if found, ok := o.byName[name]; ok {
		return found, nil
	}
	return nil, fmt.Errorf("%w: %s is not among the origins that may be loaded", lro.ErrForbidden, name)
}
