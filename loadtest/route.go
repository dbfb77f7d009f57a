package loadtest

import (
	"net/http"

	"github.com/asyncctl/asyncctl/internal/reach"
)

// routed sends requests to the origins that get the plan's header by one transport, and all others by
// another, which has no client certificate and no dialer that is for the target alone.
type routed struct {
	keys          reach.Keys
	home, foreign http.RoundTripper
}

// RoundTrip chooses by the origin of the request.
func (r routed) RoundTrip(req *http.Request) (*http.Response, error) {
	if r.keys.Open(req.URL.String()) {
		return r.home.RoundTrip(req)
	}
	return r.foreign.RoundTrip(req)
}

// transport carries all requests of the plan; nil: clients of our own.
func (p *Plan) transport() http.RoundTripper {
	if p.Transport == nil || p.Foreign == nil {
		return p.Transport
	}
	return routed{reach.Keys{Home: p.home(), Trusted: p.Policy.Trust}, p.Transport, p.Foreign}
}
