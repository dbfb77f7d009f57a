package mockserver_test

import (
	"testing"
	"time"

	"github.com/asyncctl/asyncctl/mockserver"
)

func withWorkers(t *testing.T, n int, sc mockserver.Scenario) *mock {
	t.Helper()
	return newMock(t, &mockserver.Server{Workers: n, Scenario: sc})
}

func TestWorkersMakeAQueue(t *testing.T) {
	m := withWorkers(t, 1, mockserver.Scenario{Duration: 10 * s, RetryAfter: mockserver.RetryAfter{Form: mockserver.RetryRemaining}})
	first, second, third := m.submit(""), m.submit(""), m.submit("")
	m.get(first).wantStatus(t, mockserver.Running, 0).wantHeader(t, "Retry-After", "10")
	m.get(second).wantStatus(t, mockserver.Pending, 0).wantHeader(t, "Retry-After", "20")
	m.get(third).wantStatus(t, mockserver.Pending, 0).wantHeader(t, "Retry-After", "30")
	if got := m.Stats(); got.Waiting != 2 || got.Working != 1 {
		t.Errorf("got %d waiting and %d working, want 2 and 1", got.Waiting, got.Working)
	}
	m.after(15 * s)
	m.get(first).want(t, 303)
	m.get(second).wantStatus(t, mockserver.Running, 50)
	m.after(15 * s)
	m.get(third).want(t, 303)
	last := m.Operations()
	for _, r := range last {
		if r.Done.Sub(r.Started) != 10*s {
			t.Errorf("%s ran from %v to %v", r.ID, r.Started, r.Done)
		}
	}
	if got := m.Stats(); got.Waiting != 0 || got.Working != 0 {
		t.Errorf("got %d waiting and %d working at the end", got.Waiting, got.Working)
	}
}

func TestCancellingFreesTheWorker(t *testing.T) {
	m := withWorkers(t, 1, mockserver.Scenario{Duration: 10 * s, CancelDelay: 2 * s})
	first, second, third := m.submit(""), m.submit(""), m.submit("")
	m.after(s)
	m.do("DELETE", second, "").want(t, 202) // it waits: only its place is free
	m.do("DELETE", first, "").want(t, 202)  // it runs: the worker needs 2 s to stop
	m.after(time.Second)
	m.get(third).wantStatus(t, mockserver.Pending, 0)
	m.after(2 * s)
	m.get(third).wantStatus(t, mockserver.Running, 10)
	m.get(second).wantStatus(t, mockserver.Cancelled, 0)
	for _, r := range m.Operations() {
		if path := "/operations/" + r.ID; path == second && !r.Started.IsZero() || path == third && r.Started != epoch.Add(3*s) {
			t.Errorf("%s started at %v", path, r.Started)
		}
	}
	m.do("DELETE", second, "").want(t, 202)
	m.after(time.Minute)
	m.do("DELETE", third, "").want(t, 409)
}

func TestWorkThatNeverEndsSaturatesThePool(t *testing.T) {
	m := withWorkers(t, 1, mockserver.Scenario{RetryAfter: mockserver.RetryAfter{Form: mockserver.RetryRemaining, Delay: 7 * s}})
	stuck, waiting := m.submit("?asyncctl.outcome=never"), m.submit("")
	m.after(24 * time.Hour)
	m.get(waiting).wantStatus(t, mockserver.Pending, 0).wantHeader(t, "Retry-After", "7")
	m.do("DELETE", stuck, "").want(t, 202)
	m.get(waiting).wantStatus(t, mockserver.Running, 0).wantHeader(t, "Retry-After", "3")
	m.after(3*s).get(waiting).want(t, 303)
}

func TestQueueIsBounded(t *testing.T) {
	m := newMock(t, &mockserver.Server{Workers: 1, MaxQueue: 1})
	m.submit("")
	m.submit("", "Idempotency-Key: k")
	m.do("POST", "/", "").wantProblem(t, 503, "queue of 1 operations is full").wantHeader(t, "Retry-After", "1")
	m.do("POST", "/", "", "Idempotency-Key: l").wantProblem(t, 503, "MaxQueue")
	m.submit("", "Idempotency-Key: k")
	if got := m.Stats(); got.Stored != 2 || got.Refused != 2 || got.Replays != 1 {
		t.Errorf("got %+v", got)
	}
	m.after(3 * s)
	m.submit("", "Idempotency-Key: l")
}

func TestQueueDelayComesBeforeTheWorkers(t *testing.T) {
	m := withWorkers(t, 1, mockserver.Scenario{Duration: 4 * s})
	slow, quick := m.submit("?asyncctl.queue=2s"), m.submit("")
	m.get(slow).wantStatus(t, mockserver.Pending, 0)
	m.get(quick).wantStatus(t, mockserver.Running, 0)
	m.after(6 * s)
	m.get(quick).want(t, 303)
	m.get(slow).wantStatus(t, mockserver.Running, 50)
}

func TestRetryAfterDecreases(t *testing.T) {
	m := withScenario(t, mockserver.Scenario{Duration: 20 * s, RetryAfter: mockserver.RetryAfter{Form: mockserver.RetryDecreasing, Delay: 8 * s}})
	path := m.submit("")
	for _, want := range []string{"8", "6", "4", "2"} {
		m.get(path).wantHeader(t, "Retry-After", want)
		m.after(5 * s)
	}
	m.get(m.submit("?asyncctl.retry-after=decreasing")).wantHeader(t, "Retry-After", "10")
	m.get(m.submit("?asyncctl.retry-after=decreasing:0")).wantHeader(t, "Retry-After", "1")
}
