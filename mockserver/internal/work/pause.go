package work

import (
	"context"
	"time"
)

// Linger waits in real time. It reports whether it was woken by wake.
func Linger(ctx context.Context, d time.Duration, wake <-chan struct{}) bool {
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-timer.C:
	case <-ctx.Done():
	case <-wake:
		return true
	}
	return false
}

// Pause waits in real time, unless the client is gone.
func Pause(ctx context.Context, d time.Duration) {
	if d > 0 {
		Linger(ctx, d, nil)
	}
}
