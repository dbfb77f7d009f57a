package reach

import (
	"errors"
	"fmt"
	"net"
	"net/netip"
)

// Class is how far an IP address reaches. The zero value is Public.
type Class string

// The classes, from the farthest to the nearest.
const (
	Public    Class = "" // also what is not known
	Private   Class = "private"
	LinkLocal Class = "link-local"
	Loopback  Class = "loopback"
	Anywhere  Class = "anywhere" // no address: it may reach all others
)

// special are ranges that reach no further than a site, a link or a machine, though net/netip calls them
// global: those of the registries of RFC 6890.
var special = []struct {
	prefix netip.Prefix
	class  Class
}{
	{netip.MustParsePrefix("0.0.0.0/8"), Loopback},          // this host (RFC 791, section 3.2); Linux takes 0.0.0.0 for it
	{netip.MustParsePrefix("100.64.0.0/10"), Private},       // shared by carriers (RFC 6598)
	{netip.MustParsePrefix("192.0.0.0/24"), Private},        // protocol assignments (RFC 6890)
	{netip.MustParsePrefix("198.18.0.0/15"), Private},       // benchmarks (RFC 2544)
	{netip.MustParsePrefix("240.0.0.0/4"), Private},         // reserved (RFC 1112), with broadcast
	{netip.MustParsePrefix("fec0::/10"), Private},           // site-local (RFC 3879)
	{netip.MustParsePrefix("64:ff9b:1::/48"), Private},      // local translation (RFC 8215)
	{netip.MustParsePrefix("2001:db8::/32"), Private},       // documentation (RFC 3849)
	{netip.MustParsePrefix("fd00:ec2::254/128"), LinkLocal}, // the metadata service of a cloud, as 169.254.169.254
}

// ClassOf returns how far an address reaches. An IPv4 address within an IPv6 one (mapped, 6to4, NAT64) counts as
// itself.
func ClassOf(ip netip.Addr) Class {
	ip = within(ip.WithZone(""))
	switch {
	case !ip.IsValid():
		return Public
	case ip.IsLoopback(), ip.IsUnspecified():
		return Loopback
	case ip.IsLinkLocalUnicast(), ip.IsMulticast():
		return LinkLocal
	}
	for _, s := range special {
		if s.prefix.Contains(ip) {
			return s.class
		}
	}
	if ip.IsPrivate() {
		return Private
	}
	return Public
}

var (
	translated = netip.MustParsePrefix("64:ff9b::/96") // RFC 6052, section 2.1
	sixToFour  = netip.MustParsePrefix("2002::/16")    // RFC 3056, section 2
	compatible = netip.MustParsePrefix("::/96")        // RFC 4291, section 2.5.5.1
)

// within returns the IPv4 address that an IPv6 address stands for, or the address itself.
func within(ip netip.Addr) netip.Addr {
	ip = ip.Unmap()
	if !ip.Is6() {
		return ip
	}
	b := ip.As16()
	switch {
	case translated.Contains(ip):
		return netip.AddrFrom4([4]byte(b[12:16]))
	case sixToFour.Contains(ip):
		return netip.AddrFrom4([4]byte(b[2:6]))
	case compatible.Contains(ip) && !ip.IsLoopback() && !ip.IsUnspecified():
		return netip.AddrFrom4([4]byte(b[12:16]))
	}
	return ip
}

// ClassOfPeer returns how far the address of a connection's other end reaches; Public for what is no TCP
// address.
func ClassOfPeer(addr net.Addr) Class {
	tcp, ok := addr.(*net.TCPAddr)
	if !ok {
		return Public
	}
	return ClassOf(tcp.AddrPort().Addr())
}

// ErrTooNear is matched by the errors of [Class.MayReach].
var ErrTooNear = errors.New("an address that the server itself is not reached at")

// MayReach returns an error for an address, "IP:port" or an IP alone, to which a server of class home must
// not send anybody: one that is neither public nor of its own class. A server on the internet does not
// make a client knock at the doors of its own network. What is no IP address is not judged.
func (home Class) MayReach(address string) error {
	ip, err := netip.ParseAddr(address)
	if err != nil {
		at, err := netip.ParseAddrPort(address)
		if err != nil {
			return nil
		}
		ip = at.Addr()
	}
	class := ClassOf(ip)
	if class == Public || class == home || home == Anywhere {
		return nil
	}
	return fmt.Errorf("the server sent us to %s, a %s address: %w", ip, class, ErrTooNear)
}

// MayFollow is [Class.MayReach] for the address that a URL names: an IP address, or localhost. Other names are
// not judged: whoever resolves them has to ask again.
func (home Class) MayFollow(absolute string) error {
	class, ok := ClassOfURL(absolute)
	if !ok || class == Public || class == home || home == Anywhere {
		return nil
	}
	return fmt.Errorf("the server sent us to %s, a %s address: %w", Origin(absolute), class, ErrTooNear)
}
