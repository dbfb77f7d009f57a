//go:build amd64 || arm64

package engine

import (
	"github.com/asyncctl/asyncctl/loadtest/internal/pending"
	"github.com/asyncctl/asyncctl/loadtest/internal/wire"
)

// NewSender chooses what carries the requests of a worker: one loop over
// epoll where the wire is plain HTTP/1.1.
func NewSender(p SenderConfig, c Customer, slots *pending.Slab, now func() int64, all *wire.Origins) (Sender, error) {
	switch {
	case p.HTTP != nil:
		return newRoundTrips(p, c, slots, now), nil
	case all.Secure():
		return newStreams(p, c, slots, now, all), nil
	}
	return newEpoll(p, c, slots, now, all)
}
