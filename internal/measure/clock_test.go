package measure

import (
	"net/http"
	"testing"
	"time"
)

// TestClocks: each Date narrows where the server's clock is against ours; one that is none says nothing.
func TestClocks(t *testing.T) {
	start := time.Date(2026, 1, 2, 12, 0, 0, 0, time.UTC).UnixNano()
	date := func(seconds int) string {
		return time.Unix(0, start).UTC().Add(time.Duration(seconds) * time.Second).Format(http.TimeFormat)
	}
	at := func(ms int64) int64 { return start + ms*int64(time.Millisecond) }
	var c Clocks
	if c.Learn("", 0, 0); c.Clock() != (Clock{}) {
		t.Errorf("nothing: got %+v", c.Clock())
	}
	if c.Learn("soon", 0, 0); c.Clock() != (Clock{}) {
		t.Errorf("no date: got %+v", c.Clock())
	}
	// The server is two seconds ahead: between 2 s - 0.2 s and 3 s of ours.
	c.Learn(date(2), at(0), at(200))
	if got, want := c.Clock(), (Clock{true, 2400 * time.Millisecond, 600 * time.Millisecond}); got != want {
		t.Errorf("one answer: got %+v, want %+v", got, want)
	}
	c.Learn(date(2), at(900), at(900)) // the same text, later: between 1.1 s and 2.1 s
	if got, want := c.Clock(), (Clock{true, 1950 * time.Millisecond, 150 * time.Millisecond}); got != want {
		t.Errorf("two answers: got %+v, want %+v", got, want)
	}
	var other Clocks
	other.Learn(date(4), at(2000), at(2050)) // between 1.95 s and 3 s
	c.Merge(&other)
	c.Merge(&Clocks{})
	if got, want := c.Clock(), (Clock{true, 2025 * time.Millisecond, 75 * time.Millisecond}); got != want {
		t.Errorf("merged: got %+v, want %+v", got, want)
	}
	c.Learn(date(60), at(0), at(0)) // the clock was set: the truth is between the bounds, or near them
	if got := c.Clock(); !got.Known || got.Uncertainty <= 0 || got.Offset < 2*time.Second || got.Offset > time.Minute {
		t.Errorf("bounds that exclude each other: got %+v", got)
	}
}
