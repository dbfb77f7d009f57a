//go:build amd64 || arm64

package engine

import (
	"github.com/asyncctl/asyncctl/loadtest/internal/wire"
)

// platformSenders are those that only this system has.
func platformSenders() []makeSender {
	loop := func(p SenderConfig, a *asker, all *wire.Origins) (Sender, error) {
		return newEpoll(p, a, &a.slots, a.now, all)
	}
	return []makeSender{
		{"epoll", loop, false, false, 0}, {"epoll over TLS", loop, true, false, 0},
		{"epoll, HTTP/2", loop, false, true, 0}, {"epoll, HTTP/2 over TLS", loop, true, true, 0},
	}
}

// take makes the looper the customer of a sender of this system.
func (l *looper) take(s Sender) { s.(*epoll).customer = l }
