package wire

import (
	"context"
	"fmt"
	"net"
	"net/netip"
	"net/url"
	"slices"
	"strconv"

	"github.com/asyncctl/asyncctl/internal/reach"
)

// addresses are where an origin can be reached. Connections take them in turn; one that could not be
// reached is left out until none is left.
type addresses struct {
	all  []netip.AddrPort
	bad  []bool
	next int
}

func (a addresses) clone() addresses { return addresses{all: a.all} }

// Address is where the next connection goes.
func (a *addresses) Address() netip.AddrPort {
	for range a.all {
		i := a.next % len(a.all)
		a.next++
		if i >= len(a.bad) || !a.bad[i] {
			return a.all[i]
		}
	}
	return netip.AddrPort{}
}

// Unreachable says that an address could not be reached, and reports whether there is another to try.
func (a *addresses) Unreachable(address netip.AddrPort) bool {
	if len(a.bad) < len(a.all) {
		a.bad = make([]bool, len(a.all))
	}
	if i := slices.Index(a.all, address); i >= 0 {
		a.bad[i] = true
	}
	if slices.Contains(a.bad, false) {
		return true
	}
	clear(a.bad)
	return false
}

// resolve finds the addresses of an origin. What is called localhost is on this machine, whatever a
// resolver says.
func resolve(ctx context.Context, u *url.URL) ([]netip.AddrPort, error) {
	port := u.Port()
	if port == "" {
		port = map[string]string{"http": "80", "https": "443"}[u.Scheme]
	}
	number, err := strconv.ParseUint(port, 10, 16)
	if err != nil {
		return nil, fmt.Errorf("invalid port %q", port)
	}
	host := u.Hostname()
	var found []netip.Addr
	if address, err := netip.ParseAddr(host); err == nil {
		found = []netip.Addr{address}
	} else if reach.Local(u.String()) {
		found = []netip.Addr{netip.AddrFrom4([4]byte{127, 0, 0, 1}), netip.IPv6Loopback()}
	} else if found, err = net.DefaultResolver.LookupNetIP(ctx, "ip", host); err != nil {
		return nil, fmt.Errorf("the address of %s cannot be found: %w", host, err)
	}
	var all []netip.AddrPort
	for _, a := range found {
		if to := netip.AddrPortFrom(a.Unmap(), uint16(number)); !slices.Contains(all, to) {
			all = append(all, to)
		}
	}
	if len(all) == 0 {
		return nil, fmt.Errorf("%s has no address that may be used", host)
	}
	return all, nil
}
