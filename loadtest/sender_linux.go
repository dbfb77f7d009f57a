//go:build amd64 || arm64

package loadtest

// newSender chooses what carries the requests of a worker with so many connections: one loop over
// epoll where the wire is plain HTTP/1.1.
func newSender(p *Plan, w *worker, limit int) (sender, error) {
	switch {
	case p.HTTP != nil:
		return newRoundTrips(p, w, &w.slots, w.now, limit), nil
	case w.origins.secure():
		return newStreams(p, w, &w.slots, w.now, w.origins, limit), nil
	}
	return newEpoll(p, w, &w.slots, w.now, w.origins, limit)
}
