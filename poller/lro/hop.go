package lro

import (
	"errors"
	"fmt"
	"net/url"
	"strings"
)

// maxURL is the longest URL that is followed (RFC 9110, section 4.1 recommends to support 8000
// octets; a proxy in between will not take more either).
const maxURL = 8000

// The hops that are possible but that nobody should take.
var (
	// ErrDowngrade is what [Resolve] returns beside the URL, for those who allow it.
	ErrDowngrade = errors.New("it leads from https to http")
	// ErrForbidden is for the shells: a request that they would not send. In a Reply it ends the
	// operation.
	ErrForbidden = errors.New("refused by asyncctl")

	errScheme   = errors.New("its scheme is neither http nor https")
	errUserinfo = errors.New("it holds a user name")
)

var errTooLong = fmt.Errorf("it is longer than %d octets", maxURL)

// Resolve returns the absolute URL that a reference stands for which the server gave in its answer
// to a request for base: the target URI of that request, not a configured base
// (RFC 9110, section 10.2.2; RFC 3986, section 5). A fragment is dropped.
//
// It refuses what nobody should follow: other schemes than http and https, user names in the URL
// (RFC 9110, section 4.2.4), control characters, blanks and backslashes, an empty host, more than
// 8000 octets, and a step down from https to http ([ErrDowngrade]).
func Resolve(base, ref string) (string, error) {
	if ref == "" {
		return "", errors.New("it is empty")
	}
	if len(ref) > maxURL {
		return "", errTooLong
	}
	if absolute, ok := plainResolve(base, ref); ok {
		return absolute, nil
	}
	return parsedResolve(base, ref)
}

func parsedResolve(base, ref string) (string, error) {
	for i := 0; i < len(ref); i++ {
		if c := ref[i]; c <= ' ' || c == 0x7f || c == '\\' {
			return "", fmt.Errorf("it holds the character %q", c)
		}
	}
	b, err := url.Parse(base)
	if err != nil {
		return "", err
	}
	b.User = nil // a user name in the URL that the person gave is not the server's
	u, err := b.Parse(ref)
	if err != nil {
		var cause *url.Error
		if errors.As(err, &cause) {
			err = cause.Err // the reference itself may be a secret
		}
		return "", err
	}
	u.Fragment, u.RawFragment = "", ""
	absolute := u.String()
	switch {
	case u.Scheme != "http" && u.Scheme != "https":
		return "", errScheme
	case u.User != nil:
		return "", errUserinfo
	case u.Hostname() == "":
		return "", errors.New("it has no host")
	case len(absolute) > maxURL:
		return "", errTooLong
	case b.Scheme == "https" && u.Scheme == "http":
		return absolute, ErrDowngrade
	}
	return absolute, nil
}

// Origin returns the origin of an absolute URL: scheme, host and port, in lower case, without a
// default port: "https://api.example.com" (RFC 6454, section 4). It returns "" for anything else.
func Origin(absolute string) string {
	if n := plainOrigin(absolute); n > 0 {
		return absolute[:n]
	}
	return parsedOrigin(absolute)
}

func parsedOrigin(absolute string) string {
	u, err := url.Parse(absolute)
	if err != nil || u.Host == "" || u.Scheme != "http" && u.Scheme != "https" {
		return ""
	}
	host, port := lowerASCII(u.Hostname()), u.Port()
	if strings.Contains(host, ":") {
		host = "[" + host + "]"
	}
	if port == "" || u.Scheme == "http" && port == "80" || u.Scheme == "https" && port == "443" {
		return u.Scheme + "://" + host
	}
	return u.Scheme + "://" + host + ":" + port
}

// SameOrigin reports whether two absolute URLs have one origin. A subdomain, another port and another
// scheme are another origin.
func SameOrigin(a, b string) bool {
	origin := Origin(a)
	return origin != "" && origin == Origin(b)
}

// names says, without allocating, whether ref is how the server may repeat the URL that it has
// given before: whole, or as an absolute path.
func names(absolute, ref string) bool {
	if absolute == ref {
		return true
	}
	if len(ref) < 2 || ref[0] != '/' || ref[1] == '/' || !strings.HasSuffix(absolute, ref) {
		return false
	}
	origin := absolute[:len(absolute)-len(ref)]
	_, host, ok := strings.Cut(origin, "://")
	return ok && !strings.ContainsAny(host, "/?")
}

// lowerASCII folds the letters of a host name. Others stay: "\u212A" (Kelvin) is not a "k" here.
func lowerASCII(s string) string {
	return strings.Map(func(c rune) rune {
		if c >= 'A' && c <= 'Z' {
			c += 'a' - 'A'
		}
		return c
	}, s)
}

// shown returns a reference as it may stand in a message: without user name, query and fragment,
// which may be secrets, and not too long.
func shown(ref string) string {
	ref, _, _ = strings.Cut(ref, "#")
	ref, _, _ = strings.Cut(ref, "?")
	if scheme, rest, ok := strings.Cut(ref, "//"); ok {
		authority, path, slash := strings.Cut(rest, "/")
		authority = authority[strings.LastIndexByte(authority, '@')+1:]
		ref = scheme + "//" + authority
		if slash {
			ref += "/" + path
		}
	}
	return ref[:min(len(ref), 200)]
}
