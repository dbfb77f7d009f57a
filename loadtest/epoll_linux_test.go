//go:build amd64 || arm64

package loadtest

// platformSenders are those that only this system has.
func platformSenders() []makeSender {
	return []makeSender{{"epoll", func(p *Plan, a *asker, all *origins) (sender, error) {
		return newEpoll(p, a, &a.slots, a.now, all, p.Connections)
	}, false}}
}

// take makes the looper the customer of a sender of this system.
func (l *looper) take(s sender) { s.(*epoll).customer = l }
