package loadtest

import (
	"net/http"

	"github.com/asyncctl/asyncctl/internal/reach"
	"github.com/asyncctl/asyncctl/loadtest/internal/wire"
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
	if p.Transport == nil {
		return nil
	}
	foreign := p.Foreign
	if foreign == nil {
		foreign = stripped(p.Transport)
	}
	return routed{reach.Keys{Home: p.home(), Trusted: p.Policy.Trust}, p.Transport, foreign}
}

// stripped is a transport without what is for the target alone. One that is not net/http's stays as it is.
func stripped(rt http.RoundTripper) http.RoundTripper {
	t, ok := rt.(*http.Transport)
	if !ok {
		return rt
	}
	t = t.Clone()
	t.DialContext, t.DialTLSContext = nil, nil
	t.TLSClientConfig = wire.Stripped(t.TLSClientConfig)
	return t
}
