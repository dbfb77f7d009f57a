package loadtest

import (
	"context"
	"fmt"
	"maps"
	"net/http"
	"sync"
	"sync/atomic"
	"time"
)

// keys are the credentials of a run. They are renewed beside the load, at most once a second and one
// at a time: a thousand 401 in one second ask for one new token.
type keys struct {
	ask     func(ctx context.Context, renew bool) (http.Header, error)
	ctx     context.Context
	now     atomic.Pointer[http.Header]
	version atomic.Int64 // of now; it grows with each renewal
	mu      sync.Mutex
	asking  bool
	last    time.Time
	failed  atomic.Pointer[error]
}

// newKeys asks for the first ones. Without a source of credentials it returns keys that open nothing.
func newKeys(ctx context.Context, p *Plan) (*keys, error) {
	k := &keys{ask: p.Credentials, ctx: ctx}
	if k.ask == nil {
		return k, nil
	}
	header, err := k.ask(ctx, false)
	if err != nil {
		return nil, fmt.Errorf("the credentials: %w", err)
	}
	k.now.Store(&header)
	return k, nil
}

// header is the plan's with the credentials of now.
func (k *keys) header(plan http.Header) http.Header {
	now := k.now.Load()
	if now == nil {
		return plan
	}
	all := plan.Clone()
	if all == nil {
		all = http.Header{}
	}
	maps.Copy(all, *now)
	return all
}

// renew asks for new ones after a 401 to a request that carried those of a version. It does not wait
// for them.
func (k *keys) renew(carried int64) {
	if k.ask == nil || k.version.Load() != carried {
		return
	}
	k.mu.Lock()
	defer k.mu.Unlock()
	if k.asking || k.version.Load() != carried || time.Since(k.last) < time.Second {
		return
	}
	k.asking, k.last = true, time.Now()
	go func() {
		header, err := k.ask(k.ctx, true)
		k.mu.Lock()
		defer k.mu.Unlock()
		k.asking = false
		if err != nil {
			k.failed.Store(&err)
			return
		}
		k.now.Store(&header)
		k.version.Add(1)
	}()
}
