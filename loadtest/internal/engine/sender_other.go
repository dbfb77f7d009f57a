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
		p.HTTP = &http.Transport{
			Protocols: &p.Protocols, TLSClientConfig: p.TLS, DisableCompression: true, DisableKeepAlives: p.Closes,
			MaxConnsPerHost: p.Connections, MaxIdleConnsPerHost: p.Connections,
		}
	}
	if p.HTTP != nil {
		return newRoundTrips(p, c, slots, now), nil
	}
	return newStreams(p, c, slots, now, all), nil
}
