//go:build !linux || !(amd64 || arm64)

package engine

import (
	"net/http"

	"github.com/asyncctl/asyncctl/loadtest/internal/pending"
	"github.com/asyncctl/asyncctl/loadtest/internal/wire"
)

// NewSender chooses what carries the requests of a worker.
func NewSender(p SenderConfig, c Customer, slots *pending.Slab, now func() int64, all *wire.Origins) (Sender, error) {
	if p.HTTP == nil && (p.Protocols.HTTP2() && all.Secure() || p.Protocols.UnencryptedHTTP2()) {
		home := &http.Transport{
			Protocols: &p.Protocols, TLSClientConfig: p.TLS, DisableCompression: true, DisableKeepAlives: p.Closes,
			MaxConnsPerHost: p.Connections, MaxIdleConnsPerHost: p.Connections,
		}
		foreign := home.Clone()
		foreign.TLSClientConfig = wire.Stripped(p.TLS)
		p.HTTP = byOrigin{all, home, foreign}
	}
	if p.HTTP != nil {
		return newRoundTrips(p, c, slots, now), nil
	}
	return newStreams(p, c, slots, now, all), nil
}

// byOrigin keeps what is for the target from all others.
type byOrigin struct {
	all           *wire.Origins
	home, foreign *http.Transport
}

// RoundTrip implements http.RoundTripper.
func (b byOrigin) RoundTrip(req *http.Request) (*http.Response, error) {
	if b.all.Open(req.URL.String()) {
		return b.home.RoundTrip(req)
	}
	return b.foreign.RoundTrip(req)
}
