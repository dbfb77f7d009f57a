package poller

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"slices"

	"github.com/asyncctl/asyncctl/poller/lro"
)

// This file is the hop policy: what a request to a URL that the server named may carry. Each hop is
// judged by itself, a status URL in a 202 as well as the target of a redirect.
//
//	origin of the URL                      carries
//	the one that the caller named, or      everything: Header, Credentials, the submit's own header,
//	listed in Policy.Trust                 the cookies of that origin, the client certificate
//	any other                              Accept, User-Agent, If-None-Match, the cookies that it set, and
//	                                       what the dialect puts into a poll or a cancellation
//
// What the dialect adds yields to what the caller put into Header, and holds none of the caller's
// secrets. A poll that is more than a GET goes to the origin where the operation was begun or gone on
// with, and to no other.
//
// Referer is never sent (RFC 9110, section 10.1.3): status URLs may be secrets.

// trusted says whether the caller vouched for the origin of a URL.
func (v *conversation) trusted(url string) bool {
	origin := lro.Origin(url)
	return origin != "" && (origin == v.op.Home || slices.Contains(v.c.Policy.Trust, origin))
}

// request builds the HTTP request for one hop.
func (v *conversation) request(ctx context.Context, req lro.Request, trusted bool) (*http.Request, error) {
	if trusted && v.c.Credentials != nil {
		var err error
		if v.credentials, err = v.c.vault.get(ctx, v.c.Credentials); err != nil {
			return nil, err
		}
	}
	var body io.Reader
	if len(req.Body) > 0 && (trusted || v.begunAt(req.URL)) {
		body = bytes.NewReader(req.Body)
	}
	h, err := http.NewRequestWithContext(ctx, req.Method, req.URL, body)
	if err != nil {
		return nil, withoutURL(err)
	}
	set(h.Header, http.Header{"User-Agent": {"asyncctl"}, "Accept": {"*/*"}})
	switch {
	case trusted:
		own := []http.Header{v.c.Header, v.credentials.fields(), req.Header}
		if v.op.Phase != lro.Submitting {
			own = []http.Header{req.Header, v.c.Header, v.credentials.fields()}
		}
		for _, fields := range own {
			set(h.Header, fields)
		}
		if host := h.Header.Get("Host"); host != "" {
			h.Host = host
			h.Header.Del("Host")
		}
	default:
		if v.op.Phase == lro.Polling && !v.op.Repeats() {
			set(h.Header, req.Header)
		}
		for _, name := range []string{"User-Agent", "Accept"} {
			if values := v.c.Header.Values(name); len(values) > 0 {
				h.Header[name] = values
			}
		}
		v.withhold(req.URL)
	}
	v.cookies.add(h)
	return h, nil
}

// astray returns an error for a poll that is more than a question and would go to an origin that nobody
// vouched for.
func (v *conversation) astray(req lro.Request, phase string) error {
	if phase != lro.Polling.String() || req.Method == http.MethodGet || v.trusted(req.URL) || v.begunAt(req.URL) {
		return nil
	}
	return fmt.Errorf("%w: the status URL is at %s, another origin, and would be asked by %s; allow it with --trust-origin %[2]s", lro.ErrForbidden, lro.Origin(req.URL), req.Method)
}

// begunAt says whether a poll or a cancellation goes to the origin that the caller gave the operation with,
// in a handle perhaps, which is no reason to send credentials there.
func (v *conversation) begunAt(url string) bool {
	return v.op.Phase == lro.Polling && v.start != "" && lro.Origin(url) == v.start
}

// withoutURL takes the URL out of an error about it: its query may be a secret.
func withoutURL(err error) error {
	var about *url.Error
	if errors.As(err, &about) {
		return fmt.Errorf("the URL cannot be used: %w", about.Err)
	}
	return err
}

// withhold says, once for each origin, that something was not sent there.
func (v *conversation) withhold(url string) {
	origin := lro.Origin(url)
	if v.withheld[origin] || v.c.Credentials == nil && !personal(v.c.Header) {
		return
	}
	if v.withheld == nil {
		v.withheld = map[string]bool{}
	}
	v.withheld[origin] = true
	v.note("credentials-withheld", "your headers and credentials are not sent to %s, another origin than the one you named; allow it with --trust-origin %s", origin, origin)
}

// personal says whether a header has fields that not every origin gets.
func personal(h http.Header) bool {
	for name := range h {
		if name != "User-Agent" && name != "Accept" {
			return true
		}
	}
	return false
}

// set replaces the fields of to that from has.
func set(to, from http.Header) {
	for name, values := range from {
		to[http.CanonicalHeaderKey(name)] = slices.Clone(values)
	}
}
