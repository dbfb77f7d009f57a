package poller

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"sync"
)

// vault keeps the credentials of a Client: however many operations it follows, it asks for them
// once, and once more when they are refused.
type vault struct {
	mu      sync.Mutex
	current *issue
}

// errCredentials marks a request that was not sent because its credentials could not be had.
var errCredentials = errors.New("getting credentials")

// issue is one set of credentials.
type issue struct{ header http.Header }

func (i *issue) fields() http.Header {
	if i == nil {
		return nil
	}
	return i.header
}

type source func(ctx context.Context, renew bool) (http.Header, error)

// get returns the current credentials.
func (v *vault) get(ctx context.Context, from source) (*issue, error) {
	v.mu.Lock()
	defer v.mu.Unlock()
	if v.current != nil {
		return v.current, nil
	}
	return v.obtain(ctx, from, false)
}

// replace gets new credentials for those that were refused, unless somebody else has done so.
func (v *vault) replace(ctx context.Context, from source, refused *issue) (*issue, error) {
	v.mu.Lock()
	defer v.mu.Unlock()
	if v.current != nil && v.current != refused {
		return v.current, nil
	}
	return v.obtain(ctx, from, true)
}

func (v *vault) obtain(ctx context.Context, from source, renew bool) (*issue, error) {
	fresh, err := from(ctx, renew)
	if err != nil {
		return nil, fmt.Errorf("%w: %w", errCredentials, err)
	}
	v.current = &issue{fresh.Clone()}
	return v.current, nil
}

// renew gets new credentials after a 401; false if the request is not worth sending again.
func (v *conversation) renew(ctx context.Context, url string) bool {
	if v.c.Credentials == nil || v.renewed || !v.grant(url).all {
		return false
	}
	v.renewed = true
	if _, err := v.c.vault.replace(ctx, v.c.Credentials, v.credentials); err != nil {
		v.note("credentials-renewed", "the server answered 401, and new credentials could not be had: %v", err)
		return false
	}
	v.note("credentials-renewed", "the server answered 401: asking again with new credentials")
	return true
}
