package mockserver_test

import (
	"fmt"
	"net/http/httptest"
	"runtime"
	"sync"
	"testing"

	"github.com/asyncctl/asyncctl/mockserver"
)

func TestFullStore(t *testing.T) {
	m := newMock(t, &mockserver.Server{MaxOperations: 2, Scenario: mockserver.Scenario{Retention: 10 * s}})
	first, second := m.submit("", "Idempotency-Key: a"), m.submit("")
	m.do("POST", "/operations", "").wantProblem(t, 503, "store of 2 operations is full").
		wantHeader(t, "Retry-After", "1").wantHeader(t, "Location", "")
	m.do("POST", "/operations", "", "Idempotency-Key: b").wantProblem(t, 503, "full")
	if again := m.submit("", "Idempotency-Key: a"); again != first {
		t.Errorf("a replay needs no room, but got %s instead of %s", again, first)
	}
	if got := m.Stats(); got.Stored != 2 || got.Refused != 2 || got.Submits != 2 {
		t.Errorf("got %+v, want 2 stored and 2 refused", got)
	}

	m.after(13*s - 1)
	m.do("POST", "/operations", "").wantProblem(t, 503, "full")
	m.after(s)
	m.get(first).want(t, 410) // expired, and kept while there is no need for the room
	third := m.submit("", "Idempotency-Key: a")
	if third == first {
		t.Error("the key outlived its operation")
	}
	for _, path := range []string{first, second} {
		m.get(path).want(t, 404)
	}
	m.get(third).want(t, 200)
	if got := m.Stats().Stored; got != 1 {
		t.Errorf("got %d stored, want 1", got)
	}
}

func TestFullStoreIsSearchedOnceASecond(t *testing.T) {
	m := newMock(t, &mockserver.Server{MaxOperations: 1, Scenario: mockserver.Scenario{Retention: mockserver.AtOnce}})
	path := m.submit("")
	m.do("POST", "/", "").want(t, 503)
	m.do("DELETE", path, "").want(t, 202)
	m.after(s-1).do("POST", "/", "").want(t, 503)
	m.after(1).do("POST", "/", "").want(t, 202)
}

func TestKeyOfAnExpiredOperationMovesOn(t *testing.T) {
	m := newMock(t, &mockserver.Server{MaxOperations: 2, Scenario: mockserver.Scenario{Retention: mockserver.AtOnce}})
	old := m.submit("", "Idempotency-Key: k")
	m.after(3 * s)
	young := m.submit("", "Idempotency-Key: k")
	if old == young {
		t.Fatal("the key outlived its operation")
	}
	m.submit("") // sweeps the old one: the key stays with the young one
	m.get(old).want(t, 404)
	if again := m.submit("", "Idempotency-Key: k"); again != young {
		t.Errorf("got %s, want %s", again, young)
	}
}

func TestIDs(t *testing.T) {
	paths := func(seed uint64) []string {
		m := newMock(t, &mockserver.Server{Seed: seed})
		return []string{m.submit(""), m.submit("")}
	}
	one, same, other := fmt.Sprint(paths(1)), fmt.Sprint(paths(1)), fmt.Sprint(paths(2))
	if one != same || one == other {
		t.Errorf("seed 1: %s\nagain: %s\nseed 2: %s", one, same, other)
	}
	seen := map[string]bool{}
	m := newMock(t, &mockserver.Server{})
	for range 1000 {
		path := m.submit("")
		if seen[path] || !statusURL.MatchString(path) {
			t.Fatalf("got %s", path)
		}
		seen[path] = true
	}
	if first, second := paths(0), paths(0); fmt.Sprint(first) == fmt.Sprint(second) {
		t.Error("without a seed the ids are the same every time")
	}
}

func TestPendingOperationsCostNoGoroutine(t *testing.T) {
	before := runtime.NumGoroutine()
	server, paths := pendingMock(t, 10_000)
	for _, path := range paths {
		do(t, server, "GET", path, "").want(t, 200)
	}
	if after := runtime.NumGoroutine(); after > before {
		t.Errorf("%d goroutines before, %d with 10,000 pending operations", before, after)
	}
	if got := server.Stats(); got.Stored != 10_000 || got.Polls != 10_000 {
		t.Errorf("got %+v", got)
	}
}

// TestConcurrentUse is for the race detector, and counts.
func TestConcurrentUse(t *testing.T) {
	const workers, rounds = 8, 50
	server := &mockserver.Server{MaxOperations: workers * rounds, Scenario: mockserver.Scenario{Duration: mockserver.MaxDuration}}
	send := func(method, path string) string {
		recorder := httptest.NewRecorder()
		server.ServeHTTP(recorder, httptest.NewRequest(method, path, nil))
		return recorder.Header().Get("Location")
	}
	var wg sync.WaitGroup
	for range workers {
		wg.Go(func() {
			for range rounds {
				path := send("POST", "/operations?asyncctl.retention=0")
				send("GET", path)
				send("DELETE", path)
				send("GET", path)
				server.Operations()
			}
		})
	}
	wg.Wait()
	stats := server.Stats()
	want := mockserver.Stats{
		Requests: 4 * workers * rounds, Submits: workers * rounds, Polls: 2 * workers * rounds,
		EarlyPolls: stats.EarlyPolls, Cancels: workers * rounds, Stored: workers * rounds,
	}
	if stats != want {
		t.Errorf("got  %+v\nwant %+v", stats, want)
	}
	if send("POST", "/") == "" {
		t.Error("a store full of expired operations took no other")
	}
}
