package reach

import (
	"net/netip"
	"net/url"
	"strconv"
	"strings"
)

// Origin returns the origin of an absolute http or https URL: scheme, host and port, in lower case,
// without a default port (RFC 6454, section 4). It returns "" for anything else, also where the port is no
// number up to 65535.
//
// Two spellings of a host are one origin only where every client connects to the same place for both:
// letters of ASCII are folded, and the port is compared as a number. "api.example.com." with a trailing
// dot, a name beyond ASCII and its "xn--" form, an IPv6 address with a zone or in another notation: what
// differs so is another origin, which costs a flag and never a secret.
func Origin(absolute string) string {
	u, err := url.Parse(absolute)
	if err != nil || u.Opaque != "" || u.Scheme != "http" && u.Scheme != "https" {
		return ""
	}
	host, port := lower(u.Hostname()), u.Port()
	if host == "" || strings.ContainsAny(host, " \t\r\n\\@/?#") {
		return ""
	}
	if strings.Contains(host, ":") {
		host = "[" + host + "]"
	}
	if port == "" {
		return u.Scheme + "://" + host
	}
	n, err := strconv.ParseUint(port, 10, 16)
	if err != nil {
		return ""
	}
	if u.Scheme == "http" && n == 80 || u.Scheme == "https" && n == 443 {
		return u.Scheme + "://" + host
	}
	return u.Scheme + "://" + host + ":" + strconv.FormatUint(n, 10)
}

// Same reports whether two absolute URLs have one origin. What has none is the same as nothing.
func Same(a, b string) bool {
	origin := Origin(a)
	return origin != "" && origin == Origin(b)
}

// lower folds the letters of ASCII. Others stay: "\u212A" (Kelvin) is not a "k" here.
func lower(s string) string {
	return strings.Map(func(c rune) rune {
		if c >= 'A' && c <= 'Z' {
			c += 'a' - 'A'
		}
		return c
	}, s)
}

// Local reports whether a URL names this machine: localhost, a name below it (RFC 6761, section 6.3), or a
// loopback address.
func Local(absolute string) bool {
	class, ok := ClassOfURL(absolute)
	return ok && class == Loopback
}

// ClassOfURL returns how far the address reaches that a URL names, and whether it names one: an IP address,
// or localhost. Other names would have to be resolved.
func ClassOfURL(absolute string) (Class, bool) {
	u, err := url.Parse(absolute)
	if err != nil {
		return Public, false
	}
	host := strings.TrimSuffix(lower(u.Hostname()), ".")
	if host == "localhost" || strings.HasSuffix(host, ".localhost") {
		return Loopback, true
	}
	ip, err := netip.ParseAddr(host)
	if err != nil {
		return Public, false
	}
	return ClassOf(ip), true
}
