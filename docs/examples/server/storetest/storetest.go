// Package storetest says what a [reports.Store] promises, as tests that every store runs.
package storetest

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"slices"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/asyncctl/asyncctl/docs/examples/server/reports"
)

// Run runs them all against an empty store.
func Run(t *testing.T, s reports.Store) {
	t.Run("operations", func(t *testing.T) { operations(t, s) })
	t.Run("one of many saves", func(t *testing.T) { oneSave(t, s) })
	t.Run("one of many claims", func(t *testing.T) { oneClaim(t, s) })
	t.Run("claims are swept", func(t *testing.T) { sweepClaims(t, s) })
	t.Run("queue", func(t *testing.T) { queue(t, s) })
	t.Run("one of many dequeues", func(t *testing.T) { oneDequeue(t, s) })
	t.Run("results", func(t *testing.T) { results(t, s) })
}

func check(t *testing.T, what string, got, want error) {
	t.Helper()
	if !errors.Is(got, want) {
		t.Fatalf("%s: got %v, want %v", what, got, want)
	}
}

func operations(t *testing.T, s reports.Store) {
	ctx := t.Context()
	_, err := s.Load(ctx, "UNKNOWN")
	check(t, "load of an unknown one", err, reports.ErrNotFound)
	_, err = s.Load(ctx, "../secret")
	check(t, "load of a path", err, reports.ErrNotFound)

	op := &reports.Operation{ID: "OP1", Status: reports.NotStarted, Owner: "alice", Order: json.RawMessage(`{"seconds":1}`)}
	check(t, "create", s.Create(ctx, op), nil)
	check(t, "create again", s.Create(ctx, &reports.Operation{ID: "OP1"}), reports.ErrExists)
	first, err := s.Load(ctx, "OP1")
	check(t, "load", err, nil)
	if first.Owner != "alice" || string(first.Order) != `{"seconds":1}` || first.Status != reports.NotStarted || first.Version != op.Version {
		t.Fatalf("loaded %+v, created %+v", first, op)
	}
	second, _ := s.Load(ctx, "OP1")
	second.Status = reports.Cancelled
	check(t, "save", s.Save(ctx, second), nil)
	first.Status = reports.Succeeded
	check(t, "save of what is no longer the latest", s.Save(ctx, first), reports.ErrChanged)
	if now, _ := s.Load(ctx, "OP1"); now.Status != reports.Cancelled {
		t.Fatalf("status %s after a refused save", now.Status)
	}
	second.Percent = 50
	check(t, "save of what was just saved", s.Save(ctx, second), nil)

	var seen []string
	check(t, "list", s.List(ctx, func(id string) error { seen = append(seen, id); return nil }), nil)
	if !slices.Equal(seen, []string{"OP1"}) {
		t.Fatalf("listed %q", seen)
	}
	check(t, "delete", s.Delete(ctx, "OP1"), nil)
	check(t, "delete again", s.Delete(ctx, "OP1"), nil)
	_, err = s.Load(ctx, "OP1")
	check(t, "load of a deleted one", err, reports.ErrNotFound)
	if err := s.Save(ctx, second); err == nil {
		t.Fatal("a deleted operation was saved")
	}
}

// oneSave: of 16 that save the same version at once, one succeeds, and it is the one that is stored.
func oneSave(t *testing.T, s reports.Store) {
	ctx := t.Context()
	check(t, "create", s.Create(ctx, &reports.Operation{ID: "OP2"}), nil)
	for round := range 8 {
		stored, err := s.Load(ctx, "OP2")
		check(t, "load", err, nil)
		var winner atomic.Int64
		together(16, func(i int) {
			op := *stored
			op.Percent = 100*round + i
			switch err := s.Save(ctx, &op); {
			case err == nil && !winner.CompareAndSwap(0, int64(op.Percent)+1):
				t.Errorf("round %d: two saves of one version succeeded", round)
			case err != nil && !errors.Is(err, reports.ErrChanged):
				t.Errorf("round %d: %v", round, err)
			}
		})
		if now, _ := s.Load(ctx, "OP2"); int64(now.Percent)+1 != winner.Load() {
			t.Errorf("round %d: %d is stored, %d was confirmed", round, now.Percent, winner.Load()-1)
		}
	}
	check(t, "delete", s.Delete(ctx, "OP2"), nil)
}

func oneClaim(t *testing.T, s reports.Store) {
	var mu sync.Mutex
	answers := map[string]int{}
	together(16, func(i int) {
		c, err := s.Claim(t.Context(), "key1", reports.Claim{ID: fmt.Sprint("ID", i), Digest: "d", Made: time.Now()})
		if err != nil {
			t.Errorf("claim: %v", err)
		}
		mu.Lock()
		answers[c.ID]++
		mu.Unlock()
	})
	if len(answers) != 1 {
		t.Fatalf("one key stands for several operations: %v", answers)
	}
}

func sweepClaims(t *testing.T, s reports.Store) {
	ctx := t.Context()
	for _, id := range []string{"KEEP", "DROP"} {
		_, err := s.Claim(ctx, "key"+id, reports.Claim{ID: id})
		check(t, "claim", err, nil)
	}
	check(t, "sweep", s.SweepClaims(ctx, func(c reports.Claim) bool { return c.ID != "DROP" }), nil)
	for id, want := range map[string]string{"KEEP": "KEEP", "DROP": "NEW"} {
		if c, err := s.Claim(ctx, "key"+id, reports.Claim{ID: "NEW"}); err != nil || c.ID != want {
			t.Errorf("key of %s stands for %q after the sweep, %v", id, c.ID, err)
		}
	}
}

func queue(t *testing.T, s reports.Store) {
	ctx := t.Context()
	if m, err := s.Dequeue(ctx, time.Minute); m != nil || err != nil {
		t.Fatalf("an empty queue gave %v, %v", m, err)
	}
	check(t, "enqueue", s.Enqueue(ctx, "ONE"), nil)
	m, err := s.Dequeue(ctx, time.Minute)
	check(t, "dequeue", err, nil)
	if m == nil || m.ID != "ONE" || m.Count != 1 {
		t.Fatalf("got %+v", m)
	}
	if other, _ := s.Dequeue(ctx, time.Minute); other != nil {
		t.Fatal("a leased message was delivered again")
	}
	stale := *m
	check(t, "give back", s.Renew(ctx, m, 0), nil)
	again := eventually(t, s)
	if again.ID != "ONE" || again.Count != 2 {
		t.Fatalf("after it was given back: %+v", again)
	}
	check(t, "renewal by who lost the lease", s.Renew(ctx, &stale, time.Minute), reports.ErrLost)
	check(t, "removal by who lost the lease", s.Remove(ctx, &stale), reports.ErrLost)
	check(t, "renewal", s.Renew(ctx, again, time.Minute), nil)
	if n, err := s.Length(ctx); n != 1 || err != nil {
		t.Fatalf("length %d, %v; leased messages count", n, err)
	}
	check(t, "removal", s.Remove(ctx, again), nil)
	check(t, "second removal", s.Remove(ctx, again), reports.ErrLost)
	if n, err := s.Length(ctx); n != 0 || err != nil {
		t.Fatalf("length %d, %v", n, err)
	}
}

// eventually waits for a message that is visible by now, give or take a second of the service's clock.
func eventually(t *testing.T, s reports.Store) *reports.Message {
	t.Helper()
	for range 200 {
		m, err := s.Dequeue(t.Context(), time.Minute)
		if err != nil {
			t.Fatal(err)
		}
		if m != nil {
			return m
		}
		time.Sleep(50 * time.Millisecond)
	}
	t.Fatal("the message does not come back")
	return nil
}

// oneDequeue: 40 messages, 8 workers: each message goes to one.
func oneDequeue(t *testing.T, s reports.Store) {
	for i := range 40 {
		check(t, "enqueue", s.Enqueue(t.Context(), fmt.Sprint("M", i)), nil)
	}
	var mu sync.Mutex
	got := map[string]int{}
	together(8, func(int) {
		for {
			m, err := s.Dequeue(t.Context(), time.Minute)
			if err != nil {
				t.Errorf("dequeue: %v", err)
			}
			if m == nil {
				return
			}
			mu.Lock()
			got[m.ID]++
			mu.Unlock()
			if err := s.Remove(t.Context(), m); err != nil {
				t.Errorf("remove: %v", err)
			}
		}
	})
	if len(got) != 40 {
		t.Errorf("%d of 40 messages were delivered", len(got))
	}
	for id, n := range got {
		if n != 1 {
			t.Errorf("%s was delivered %d times", id, n)
		}
	}
}

func results(t *testing.T, s reports.Store) {
	ctx := t.Context()
	check(t, "put", s.PutResult(ctx, "OP3-1", []byte(`{"pages":3}`)), nil)
	valid, err := s.ResultURL(ctx, "OP3-1", time.Hour)
	check(t, "sign", err, nil)
	if code, body := fetch(t, valid); code != http.StatusOK || body != `{"pages":3}` {
		t.Errorf("the signed URL answers %d %q", code, body)
	}
	expired, _ := s.ResultURL(ctx, "OP3-1", -time.Minute)
	if code, _ := fetch(t, expired); code != http.StatusForbidden {
		t.Errorf("a signature that has expired is answered %d", code)
	}
	if code, _ := fetch(t, valid[:len(valid)-5]+"AAAAA"); code != http.StatusForbidden {
		t.Errorf("a changed signature is answered %d", code)
	}
	check(t, "delete", s.DeleteResult(ctx, "OP3-1"), nil)
	check(t, "delete again", s.DeleteResult(ctx, "OP3-1"), nil)
	if code, _ := fetch(t, valid); code != http.StatusNotFound {
		t.Errorf("a deleted result is answered %d", code)
	}
}

func fetch(t *testing.T, url string) (int, string) {
	t.Helper()
	ctx, stop := context.WithTimeout(t.Context(), 10*time.Second)
	defer stop()
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, url, nil)
	if err != nil {
		t.Fatal(err)
	}
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	body, _ := io.ReadAll(resp.Body)
	return resp.StatusCode, string(body)
}

// together calls f n times at once, with 0 to n-1, and waits for all.
func together(n int, f func(i int)) {
	var all sync.WaitGroup
	start := make(chan struct{})
	for i := range n {
		all.Go(func() { <-start; f(i) })
	}
	close(start)
	all.Wait()
}
