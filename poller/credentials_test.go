package poller

import (
	"context"
	"errors"
	"net/http"
	"sync"
	"sync/atomic"
	"testing"
)

// numbered is a source that counts how often it is asked, and for what.
type numbered struct{ first, again atomic.Int32 }

func (n *numbered) source(_ context.Context, renew bool) (http.Header, error) {
	if renew {
		n.again.Add(1)
	} else {
		n.first.Add(1)
	}
	return http.Header{"Authorization": {string('0' + n.first.Load() + n.again.Load())}}, nil
}

func (n *numbered) asked(t *testing.T, first, again int32) {
	t.Helper()
	if f, a := n.first.Load(), n.again.Load(); f != first || a != again {
		t.Errorf("asked %d times at first and %d times again, want %d and %d", f, a, first, again)
	}
}

func TestVaultAsksOnceForMany(t *testing.T) {
	var v vault
	var n numbered
	var running sync.WaitGroup
	for range 50 {
		running.Go(func() {
			if got, err := v.get(t.Context(), n.source); err != nil || got.fields().Get("Authorization") != "1" {
				t.Errorf("got %v, %v", got, err)
			}
		})
	}
	running.Wait()
	n.asked(t, 1, 0)
}

// However many requests are refused with the same credentials: they are replaced once.
func TestVaultReplacesOnceForMany(t *testing.T) {
	var v vault
	var n numbered
	refused, err := v.get(t.Context(), n.source)
	if err != nil {
		t.Fatal(err)
	}
	var running sync.WaitGroup
	for range 50 {
		running.Go(func() {
			if got, err := v.replace(t.Context(), n.source, refused); err != nil || got.fields().Get("Authorization") != "2" {
				t.Errorf("got %v, %v", got, err)
			}
		})
	}
	running.Wait()
	n.asked(t, 1, 1)
	// The new ones are refused too: that is another matter.
	current, _ := v.get(t.Context(), n.source)
	if got, err := v.replace(t.Context(), n.source, current); err != nil || got.fields().Get("Authorization") != "3" {
		t.Errorf("got %v, %v", got, err)
	}
	n.asked(t, 1, 2)
}

func TestVaultRemembersNoFailure(t *testing.T) {
	var v vault
	boom := errors.New("boom")
	failing := func(context.Context, bool) (http.Header, error) { return nil, boom }
	if got, err := v.get(t.Context(), failing); !errors.Is(err, boom) || err.Error() != "getting credentials: boom" || got.fields() != nil {
		t.Errorf("got %v, %v", got, err)
	}
	var n numbered
	old, err := v.get(t.Context(), n.source)
	if err != nil || old.fields().Get("Authorization") != "1" {
		t.Fatalf("got %v, %v", old, err)
	}
	if _, err := v.replace(t.Context(), failing, old); !errors.Is(err, boom) {
		t.Errorf("got %v", err)
	}
	if got, err := v.get(t.Context(), failing); err != nil || got != old {
		t.Errorf("a failure to renew lost what there was: %v, %v", got, err)
	}
}

// A replacement without anything before it, as after a request that was refused without credentials.
func TestVaultReplacesNothing(t *testing.T) {
	var v vault
	var n numbered
	if got, err := v.replace(t.Context(), n.source, nil); err != nil || got.fields().Get("Authorization") != "1" {
		t.Errorf("got %v, %v", got, err)
	}
	n.asked(t, 0, 1)
}

func TestVaultKeepsItsOwnCopy(t *testing.T) {
	var v vault
	shared := http.Header{"Authorization": {"a"}}
	from := func(context.Context, bool) (http.Header, error) { return shared, nil }
	if _, err := v.get(t.Context(), from); err != nil {
		t.Fatal(err)
	}
	shared.Set("Authorization", "b")
	if got, _ := v.get(t.Context(), from); got.fields().Get("Authorization") != "a" {
		t.Errorf("the caller's later changes are in it: %v", got.fields())
	}
}

func TestVaultOfASourceWithoutFields(t *testing.T) {
	var v vault
	asked := 0
	none := func(context.Context, bool) (http.Header, error) { asked++; return nil, nil }
	for range 3 {
		if got, err := v.get(t.Context(), none); err != nil || len(got.fields()) != 0 {
			t.Errorf("got %v, %v", got, err)
		}
	}
	if asked != 1 {
		t.Errorf("asked %d times, want 1: having none is an answer", asked)
	}
}
