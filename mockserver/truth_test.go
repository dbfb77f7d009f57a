package mockserver_test

import (
	"testing"
	"time"

	"github.com/asyncctl/asyncctl/mockserver"
)

func TestOperationsTellTheTruth(t *testing.T) {
	m := withScenario(t, mockserver.Scenario{Queue: s, Duration: 2 * s})
	if got := m.Operations(); len(got) != 0 {
		t.Fatalf("got %v before the first request", got)
	}
	path := m.submit("", "Idempotency-Key: k")
	at := func(age time.Duration) time.Time { return epoch.Add(age) }
	want := mockserver.Record{
		ID: path[len("/operations/"):], Method: "POST", Path: "/operations", Key: "k",
		Status: mockserver.Pending, Accepted: at(0), Submits: 1,
	}
	check := func() {
		t.Helper()
		if got := m.Operations(); len(got) != 1 || got[0] != want {
			t.Errorf("got  %+v\nwant %+v", got, want)
		}
	}
	check()
	m.after(s)
	want.Status, want.Started = mockserver.Running, at(s)
	check()
	m.get(path)
	m.get(path)
	want.Polls, want.Early = 2, 1
	check()
	m.after(time.Minute) // nobody asks: it is done on time all the same
	want.Status, want.Done = mockserver.Succeeded, at(3*s)
	check()
	m.submit("", "Idempotency-Key: k")
	want.Submits = 2
	check()
	m.after(time.Hour * 48) // expired, but still stored
	check()
}

func TestOperationsAreSortedByAge(t *testing.T) {
	m := newMock(t, &mockserver.Server{Seed: 1})
	for range 50 {
		m.submit("")
		m.submit("")
		m.after(s)
	}
	records := m.Operations()
	for i := 1; i < len(records); i++ {
		a, b := records[i-1], records[i]
		if order := a.Accepted.Compare(b.Accepted); order > 0 || (order == 0 && a.ID >= b.ID) {
			t.Fatalf("record %d is %v %s, the one before %v %s", i, b.Accepted, b.ID, a.Accepted, a.ID)
		}
	}
	if len(records) != 100 {
		t.Errorf("got %d records, want 100", len(records))
	}
}

func TestStats(t *testing.T) {
	m := withScenario(t, mockserver.Scenario{})
	if got := m.Stats(); got != (mockserver.Stats{}) {
		t.Errorf("got %+v before the first request", got)
	}
	path := m.submit("", "Idempotency-Key: k")
	m.submit("", "Idempotency-Key: k")
	m.do("POST", "/operations", "other", "Idempotency-Key: k").want(t, 422)
	m.do("POST", "/operations?asyncctl.x=1", "").want(t, 400)
	cancelled := m.submit("")
	m.do("DELETE", cancelled, "").want(t, 202)
	m.get("/operations/none").want(t, 404)
	etag := m.get(path).header.Get("ETag")
	m.after(s)
	m.get(path, "If-None-Match: *").want(t, 304)
	m.after(10*ms).get(path, "If-None-Match: "+etag).want(t, 200)
	m.after(3*s).get(path).want(t, 303)
	m.get(path+"/result").want(t, 200)
	want := mockserver.Stats{
		Requests: 12, Submits: 2, Replays: 1, Refused: 2, Polls: 4, EarlyPolls: 2,
		NotModified: 1, Results: 1, Cancels: 1, Stored: 2,
	}
	if got := m.Stats(); got != want {
		t.Errorf("got  %+v\nwant %+v", got, want)
	}
}

func TestLog(t *testing.T) {
	var log []mockserver.Exchange
	m := newMock(t, &mockserver.Server{Log: func(x mockserver.Exchange) { log = append(log, x) }})
	path := m.submit("?asyncctl.retry-after=2")
	id := path[len("/operations/"):]
	m.after(s).get(path)
	m.get("/operations/none")
	m.do("BREW", "/coffee", "")
	m.after(2*s).do("HEAD", path, "")
	want := []mockserver.Exchange{
		{Time: epoch, Method: "POST", Path: "/operations", Code: 202, Operation: id, Status: mockserver.Running, RetryAfter: "2"},
		{Time: epoch.Add(s), Method: "GET", Path: path, Code: 200, Operation: id, Status: mockserver.Running, RetryAfter: "2", Early: true},
		{Time: epoch.Add(s), Method: "GET", Path: "/operations/none", Code: 404},
		{Time: epoch.Add(s), Method: "BREW", Path: "/coffee", Code: 405},
		{Time: epoch.Add(3 * s), Method: "HEAD", Path: path, Code: 303, Operation: id, Status: mockserver.Succeeded},
	}
	if len(log) != len(want) {
		t.Fatalf("got %d exchanges, want %d", len(log), len(want))
	}
	for i := range want {
		if log[i] != want[i] {
			t.Errorf("exchange %d\n got %+v\nwant %+v", i, log[i], want[i])
		}
	}
}
