//go:build !linux || !(amd64 || arm64)

package loadtest

// newSender chooses what carries the requests of a worker with so many connections.
func newSender(p *Plan, w *worker, limit int) (sender, error) {
	if p.HTTP != nil {
		return newRoundTrips(p, w, &w.slots, w.now, limit), nil
	}
	return newStreams(p, w, &w.slots, w.now, w.origins, limit), nil
}
