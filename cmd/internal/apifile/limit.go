package apifile

import (
	"context"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/asyncctl/asyncctl/cmd/internal/app"
	"github.com/asyncctl/asyncctl/poller/lro"
)

// Limited returns a transport that keeps the file's limits on rate and methods towards its origin. Without
// limits it is the transport itself.
func (f *Flags) Limited(t http.RoundTripper) http.RoundTripper {
	if f.file == nil || f.file.Limits.Rate == 0 && len(f.file.Limits.Methods) == 0 {
		return t
	}
	l := &limited{base: t, origin: lro.Origin(f.file.URL), methods: f.file.Limits.Methods}
	if f.file.Limits.Rate > 0 {
		l.gap = time.Duration(float64(time.Second) / f.file.Limits.Rate)
	}
	return l
}

// Allow refuses a method that the file's limits do not name.
func (f *Flags) Allow(method string) error {
	if f.file == nil || len(f.file.Limits.Methods) == 0 || slices.Contains(f.file.Limits.Methods, method) {
		return nil
	}
	return app.Usagef("%s: limits.methods allows %s; %s is not sent", f.file.Path, strings.Join(f.file.Limits.Methods, ", "), method)
}

// Concurrency returns the smaller of a number of operations at a time and the file's limit on it.
func (f *Flags) Concurrency(n int) int {
	if f.file == nil || f.file.Limits.Parallel == 0 {
		return n
	}
	return min(n, f.file.Limits.Parallel)
}

// Interval returns the longer of a wait between polls and the file's.
func (f *Flags) Interval(d time.Duration) time.Duration {
	if f.file == nil {
		return d
	}
	return max(d, f.file.Limits.Interval)
}

// limited keeps requests to one origin apart by gap. Each takes the next free moment.
type limited struct {
	base    http.RoundTripper
	origin  string
	methods []string
	gap     time.Duration

	mu   sync.Mutex
	next time.Time
}

// Base returns what sends the requests: the limits are for one origin, and others are guarded as without them.
func (l *limited) Base() http.RoundTripper { return l.base }

func (l *limited) RoundTrip(req *http.Request) (*http.Response, error) {
	if l.origin != "" && lro.Origin(req.URL.String()) != l.origin {
		return l.base.RoundTrip(req)
	}
	if len(l.methods) > 0 && !slices.Contains(l.methods, req.Method) {
		return nil, fmt.Errorf("%w: the API file allows %s and not %s", lro.ErrForbidden, strings.Join(l.methods, ", "), req.Method)
	}
	if err := l.wait(req.Context()); err != nil {
		return nil, err
	}
	return l.base.RoundTrip(req)
}

func (l *limited) wait(ctx context.Context) error {
	if l.gap == 0 {
		return nil
	}
	l.mu.Lock()
	now := time.Now()
	at := l.next
	if at.Before(now) {
		at = now
	}
	l.next = at.Add(l.gap)
	l.mu.Unlock()
	if !at.After(now) {
		return nil
	}
	timer := time.NewTimer(at.Sub(now))
	defer timer.Stop()
	select {
	case <-timer.C:
		return nil
	case <-ctx.Done():
		return context.Cause(ctx)
	}
}
