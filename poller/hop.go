package poller

import (
	"bytes"
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"slices"

	"github.com/asyncctl/asyncctl/internal/reach"
	"github.com/asyncctl/asyncctl/poller/lro"
)

// This file is the hop policy: what a request to a URL may carry. Each request is judged by itself, by the
// origin of its URL: the submit, a status URL in a 202, the target of a redirect.
//
//	origin of the URL                      carries
//	Client.Origin, or without one that of  everything: Header, Credentials, the request's own header and
//	the operation; those of Policy.Trust   content, the cookies of that origin, the client certificate
//	the one that the caller gave the       the submit's own header and content, HeaderFor that origin, its
//	operation with                         cookies
//	any other                              Accept, User-Agent, If-None-Match, the cookies that it set, and
//	                                       what the dialect puts into a poll or a cancellation
//
// What the dialect adds yields to what the caller put into Header, and holds none of the caller's
// secrets. A poll that is more than a GET goes to the origin where the operation was begun or gone on
// with, and to no other.
//
// Referer is never sent (RFC 9110, section 10.1.3): status URLs may be secrets.

// grant is what a request may carry.
type grant struct {
	origin string
	all    bool // everything that is the caller's
	own    bool // the caller gave the operation with this origin, in a handle perhaps
}

// grant decides about a request to a URL. Nothing else does.
func (v *conversation) grant(url string) grant {
	g := grant{origin: lro.Origin(url)}
	keys := reach.Keys{Home: cmp.Or(v.c.Origin, v.op.Home), Trusted: v.c.Policy.Trust}
	g.all = keys.Opens(g.origin)
	g.own = g.origin != "" && g.origin == v.start
	return g
}

// content reports whether the content of a request in this phase may go along.
func (g grant) content(phase lro.Phase) bool {
	return g.all || g.own && (phase == lro.Submitting || phase == lro.Polling)
}

// request builds the HTTP request for one hop.
func (v *conversation) request(ctx context.Context, req lro.Request, g grant) (*http.Request, error) {
	if g.all && v.c.Credentials != nil {
		var err error
		if v.credentials, err = v.c.vault.get(ctx, v.c.Credentials); err != nil {
			return nil, err
		}
	}
	var body io.Reader
	if len(req.Body) > 0 && g.content(v.op.Phase) {
		body = bytes.NewReader(req.Body)
	}
	h, err := http.NewRequestWithContext(ctx, req.Method, req.URL, body)
	if err != nil {
		return nil, withoutURL(err)
	}
	h.Header = http.Header{"User-Agent": {"asyncctl"}, "Accept": {"*/*"}}
	v.fill(h.Header, req, g)
	if host := h.Header.Get("Host"); host != "" {
		h.Host = host
		h.Header.Del("Host")
	}
	v.cookies.add(h, g.origin)
	return h, nil
}

// fill sets the fields that the grant allows, the weightiest last.
func (v *conversation) fill(h http.Header, req lro.Request, g grant) {
	submitting := v.op.Phase == lro.Submitting
	var special http.Header
	if v.c.HeaderFor != nil && (g.all || g.own) {
		special = v.c.HeaderFor(g.origin)
	}
	switch {
	case g.all && submitting:
		usual, given := v.parted(req)
		set(h, usual, v.c.Header, special, v.credentials.fields(), given)
	case g.all:
		set(h, req.Header, v.c.Header, special, v.credentials.fields())
	default:
		if g.own && submitting || v.op.Phase == lro.Polling && !v.op.Repeats() {
			set(h, req.Header)
		}
		for _, name := range []string{"User-Agent", "Accept"} {
			if values := v.c.Header.Values(name); len(values) > 0 {
				h[name] = values
			}
		}
		set(h, special)
		v.withhold(g.origin)
	}
}

// parted splits the header of a submit into what the dialect adds to every submit, which yields to what the
// caller says, and the rest.
func (v *conversation) parted(req lro.Request) (usual, given http.Header) {
	added := v.c.dialect().Prepare(lro.Request{Method: req.Method, URL: req.URL}).Header
	if len(added) == 0 {
		return nil, req.Header
	}
	usual, given = http.Header{}, http.Header{}
	for name, values := range req.Header {
		if slices.Equal(added[name], values) {
			usual[name] = values
		} else {
			given[name] = values
		}
	}
	return usual, given
}

// astray returns an error for a poll that is more than a question and would go to an origin that nobody
// vouched for.
func (v *conversation) astray(req lro.Request, phase string, g grant) error {
	if phase != lro.Polling.String() || req.Method == http.MethodGet || g.content(v.op.Phase) {
		return nil
	}
	return fmt.Errorf("%w: the status URL is at %s, another origin, and would be asked by %s", lro.ErrForbidden, g.origin, req.Method)
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
func (v *conversation) withhold(origin string) {
	if v.c.Observe == nil || v.withheld[origin] || v.c.Credentials == nil && !personal(v.c.Header) {
		return
	}
	if v.withheld == nil {
		v.withheld = map[string]bool{}
	}
	v.withheld[origin] = true
	v.emit(Event{Note: &Note{
		Code: "credentials-withheld", Origin: origin,
		Text: fmt.Sprintf("your headers and credentials are not sent to %s, another origin than the one they are for", origin),
	}})
}

// personal reports whether a header has fields that not every origin gets.
func personal(h http.Header) bool {
	for name := range h {
		if name != "User-Agent" && name != "Accept" {
			return true
		}
	}
	return false
}

// set replaces the fields of to by those of each of the others, the last one's counting. The values are shared:
// nobody writes into them.
func set(to http.Header, from ...http.Header) {
	for _, fields := range from {
		for name, values := range fields {
			to[http.CanonicalHeaderKey(name)] = slices.Clip(values)
		}
	}
}
