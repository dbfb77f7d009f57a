package work

import (
	"context"
	"time"
)

// Linger waits in real time, until it is stopped at most; nil channels do
// nothing. It reports whether it was woken by wake.
func Linger(ctx context.Context, d time.Duration, wake, stop <-chan struct{}) bool {
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-timer.C:
	case <-ctx.Done():
	case <-stop:
	case <-wake:
		return true
	}
	return false
}

// Pause waits in real time, unless the client is gone.
func Pause(ctx context.Context, d time.Duration) {
	if d > 0 {
		Linger(ctx, d, nil, nil)
	}
}
