package mockserver_test

import (
	"testing"
	"time"

	"github.com/asyncctl/asyncctl/mockserver"
)

func TestCancelAtOnce(t *testing.T) {
	m := withScenario(t, mockserver.Scenario{Duration: 10 * s})
	path := m.submit("")
	r := m.after(4*s).do("DELETE", path, "").want(t, 202).wantStatus(t, mockserver.Cancelled, 40)
	r.wantHeader(t, "Retry-After", "").wantHeader(t, "Cache-Control", "no-store")
	for range 3 { // DELETE is idempotent, and what is cancelled never succeeds
		again := m.after(5*s).do("DELETE", path, "").want(t, 202)
		if again.text != r.text {
			t.Errorf("DELETE again: %s\nwant the same: %s", again.text, r.text)
		}
		poll := m.get(path).want(t, 200)
		if poll.text != r.text {
			t.Errorf("poll: %s\nwant the same: %s", poll.text, r.text)
		}
		m.get(path+"/result").wantProblem(t, 404, "Cancelled")
	}
	record := m.Operations()[0]
	if want := epoch.Add(4 * s); !record.Cancelled.Equal(want) || !record.Done.Equal(want) || record.Status != mockserver.Cancelled {
		t.Errorf("got %+v, want cancelled and done at %v", record, want)
	}
	m.after(defaultRetention).get(path).wantProblem(t, 410, "longer ago")
}

func TestCancelWithADelay(t *testing.T) {
	m := withScenario(t, mockserver.Scenario{Duration: 10 * s, CancelDelay: 20 * s})
	path := m.submit("")
	m.after(4*s).do("DELETE", path, "").want(t, 202).wantStatus(t, mockserver.Cancelling, 40).wantHeader(t, "Retry-After", "1")
	m.after(10*s).do("DELETE", path, "").want(t, 202).wantStatus(t, mockserver.Cancelling, 40)
	r := m.get(path).want(t, 200).wantStatus(t, mockserver.Cancelling, 40).wantHeader(t, "Retry-After", "1")
	m.get(path, "If-None-Match: "+r.header.Get("ETag")).want(t, 304)
	if r.json["lastUpdatedAt"] != "2026-03-01T12:00:04.250Z" {
		t.Errorf("got lastUpdatedAt %v, want the time of the first DELETE", r.json["lastUpdatedAt"])
	}
	m.after(10*s-1).get(path).wantStatus(t, mockserver.Cancelling, 40)
	m.after(1).get(path).want(t, 200).wantStatus(t, mockserver.Cancelled, 40).wantHeader(t, "Retry-After", "")
	record := m.Operations()[0]
	if !record.Cancelled.Equal(epoch.Add(4*s)) || !record.Done.Equal(epoch.Add(24*s)) {
		t.Errorf("got %+v, want cancelled after 4 s, done after 24 s", record)
	}
}

func TestCancelInTheQueue(t *testing.T) {
	m := withScenario(t, mockserver.Scenario{Queue: 10 * s})
	path := m.submit("")
	m.after(4*s).do("DELETE", path, "").want(t, 202).wantStatus(t, mockserver.Cancelled, 0)
	if record := m.after(time.Minute).Operations()[0]; !record.Started.IsZero() {
		t.Errorf("it started at %v, though it was cancelled in the queue", record.Started)
	}
}

func TestCancelWhatNeverEnds(t *testing.T) {
	for _, query := range []string{"?asyncctl.outcome=never", "?asyncctl.polls=1000"} {
		m := withScenario(t, mockserver.Scenario{})
		path := m.submit(query)
		m.after(time.Hour).do("DELETE", path, "").want(t, 202).wantStatus(t, mockserver.Cancelled, 99)
		m.get(path).want(t, 200).wantStatus(t, mockserver.Cancelled, 99)
	}
}

func TestCancelAfterTheEnd(t *testing.T) {
	for query, code := range map[string]int{"": 303, "?asyncctl.outcome=failed": 422, "?asyncctl.outcome=cancelled": 200} {
		m := withScenario(t, mockserver.Scenario{})
		path := m.submit(query)
		for range 2 {
			m.after(3*s).do("DELETE", path, "").wantProblem(t, 409, "cannot be cancelled").wantHeader(t, "Retry-After", "")
			m.get(path).want(t, code)
		}
		if got := m.Operations()[0]; !got.Cancelled.IsZero() || m.Stats().Cancels != 0 {
			t.Errorf("%s: got %+v, want no cancellation", query, got)
		}
	}
}

func TestCancelSwitchedOff(t *testing.T) {
	m := withScenario(t, mockserver.Scenario{NoCancel: true})
	path := m.submit("")
	m.do("DELETE", path, "").wantProblem(t, 405, "DELETE").wantHeader(t, "Allow", "GET, HEAD, OPTIONS")
	m.do("PUT", path, "").wantProblem(t, 405, "PUT").wantHeader(t, "Allow", "GET, HEAD, OPTIONS")
	m.do("OPTIONS", path, "").want(t, 204).wantHeader(t, "Allow", "GET, HEAD, OPTIONS")
	m.after(3*s).get(path).want(t, 303)
}
