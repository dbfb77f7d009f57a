package probe

import (
	"context"
	"net/http"
	"sync"
)

// keys are the credentials of a run: read once, and again where the server does not take them any more,
// because a run may outlive a token.
type keys struct {
	mu   sync.Mutex
	read bool
	now  http.Header
	all  http.Header // every value that was ever read
}

// get returns the credentials.
func (k *keys) get(ctx context.Context, source func(context.Context, bool) (http.Header, error)) (http.Header, error) {
	k.mu.Lock()
	defer k.mu.Unlock()
	if k.read || source == nil {
		return k.now, nil
	}
	return k.now, k.load(ctx, source, false)
}

// renew reads them anew, and reports whether they are others than before.
func (k *keys) renew(ctx context.Context, source func(context.Context, bool) (http.Header, error)) bool {
	if source == nil {
		return false
	}
	k.mu.Lock()
	defer k.mu.Unlock()
	before := k.now
	if k.load(ctx, source, true) != nil || len(before) != len(k.now) {
		return false
	}
	for name, values := range k.now {
		for i, value := range values {
			if i >= len(before[name]) || before[name][i] != value {
				return true
			}
		}
	}
	return false
}

func (k *keys) load(ctx context.Context, source func(context.Context, bool) (http.Header, error), renew bool) error {
	h, err := source(ctx, renew)
	if err != nil {
		return err
	}
	k.read, k.now = true, h
	if k.all == nil {
		k.all = http.Header{}
	}
	for name, values := range h {
		k.all[name] = append(k.all[name], values...)
	}
	return nil
}

// known returns every value that was read, and the credentials behind a scheme.
func (k *keys) known() []string {
	k.mu.Lock()
	defer k.mu.Unlock()
	var values []string
	for _, list := range k.all {
		values = append(values, list...)
	}
	return values
}

// renew asks for new credentials for a request that was refused with 401.
func (c *caller) renew(ctx context.Context, url string) bool {
	return c.r.home.Open(url) && c.r.keys.renew(ctx, c.s.Credentials)
}
