package mockserver_test

import (
	"math"
	"net/http/httptest"
	"testing"
	"testing/synctest"
	"time"

	"github.com/asyncctl/asyncctl/mockserver"
)

func TestClock(t *testing.T) {
	base := &clock{now: epoch}
	m := &mock{clock: base}
	c := &mockserver.Clock{Base: base.Now}
	want := func(d time.Duration) {
		t.Helper()
		if got := c.Now().Sub(epoch); got != d {
			t.Errorf("got %v, want %v", got, d)
		}
	}
	want(0)
	m.after(s)
	want(s)
	try(t, c.Advance(time.Hour), true)
	want(time.Hour + s)
	try(t, c.SetScale(60), true)
	m.after(s)
	want(time.Hour + 61*s)
	try(t, c.SetScale(0.5), true)
	m.after(2 * s)
	want(time.Hour + 62*s)
	if got := c.Scale(); got != 0.5 {
		t.Errorf("got scale %v", got)
	}
	for _, scale := range []float64{0, -1, 1e7, math.NaN(), math.Inf(1)} {
		try(t, c.SetScale(scale), false)
	}
	try(t, c.Advance(-1), false)
	try(t, c.Advance(mockserver.MaxDuration+1), false)
	if got := new(mockserver.Clock).Scale(); got != 1 {
		t.Errorf("got scale %v", got)
	}
}

// TestHintsAreInTheTimeOfTheClient: at scale 60, a minute of the operation is a
// second of the client.
func TestHintsAreInTheTimeOfTheClient(t *testing.T) {
	base := &clock{now: epoch}
	c := &mockserver.Clock{Base: base.Now}
	m := &mock{t: t, clock: base, Server: &mockserver.Server{Clock: c, Scenario: mockserver.Scenario{Duration: 2 * time.Hour}}}
	c.SetScale(60)
	for form, want := range map[string]string{"5": "5", "remaining": "120", "date:5": "Sun, 01 Mar 2026 12:00:06 GMT"} {
		path := m.submit("?asyncctl.retry-after=" + form)
		if got := m.get(path).header.Get("Retry-After"); form != "date:5" && got != want {
			t.Errorf("%s: got Retry-After %s, want %s", form, got, want)
		}
	}
	early := m.Stats().EarlyPolls // the first polls came at once
	path := m.submit("?asyncctl.retry-after=5")
	m.after(4900 * ms).get(path)
	m.after(5 * s).get(path)
	if got := m.Stats().EarlyPolls - early; got != 1 {
		t.Errorf("got %d early polls, want 1", got)
	}
	m.after(2 * time.Minute)
	m.get(path).want(t, 303)
}

// TestAdvanceEndsAWait: a submit that waits for the end by Prefer is answered
// when the clock is advanced to it.
func TestAdvanceEndsAWait(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		c := &mockserver.Clock{}
		server := &mockserver.Server{Clock: c, Scenario: mockserver.Scenario{Duration: time.Hour}, MaxWait: time.Minute}
		done := make(chan int)
		start := time.Now()
		go func() {
			request := httptest.NewRequest("POST", "/", nil)
			request.Header.Set("Prefer", "wait=60")
			recorder := httptest.NewRecorder()
			server.ServeHTTP(recorder, request)
			done <- recorder.Code
		}()
		synctest.Wait()
		c.Advance(30 * time.Minute)
		synctest.Wait()
		c.SetScale(3600) // half an hour is half a second now
		if got, took := <-done, time.Since(start); got != 200 || took != 500*ms {
			t.Errorf("got %d after %v", got, took)
		}
	})
}
