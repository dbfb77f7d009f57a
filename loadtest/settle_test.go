package loadtest

import (
	"testing"
	"time"

	"github.com/asyncctl/asyncctl/internal/measure"
	"github.com/asyncctl/asyncctl/poller/lro"
)

// TestEndTimesAreBelievedWhereTheyCanBe tells end times around what was observed: between 1 s and 2 s.
func TestEndTimesAreBelievedWhereTheyCanBe(t *testing.T) {
	for _, test := range []struct {
		told, rounded time.Duration
		denied        bool
		least, most   time.Duration // of the lag
	}{
		{1500 * time.Millisecond, 0, false, 500 * time.Millisecond, 500 * time.Millisecond},
		{980 * time.Millisecond, 0, true, 0, time.Second},
		{995 * time.Millisecond, 0, false, time.Second, time.Second}, // within what the clocks leave open
		{2020 * time.Millisecond, 0, true, 0, time.Second},
		{2005 * time.Millisecond, 0, false, 0, 0},
		{1200 * time.Millisecond, 500 * time.Millisecond, false, 300 * time.Millisecond, 800 * time.Millisecond},
	} {
		p := Plan{}
		w := &worker{meter: newMeter(&p), plan: &p}
		w.endings = []ending{{server: int64(test.told), rounded: int64(test.rounded), notYet: int64(time.Second), noticed: int64(2 * time.Second)}}
		w.settle(measure.Clock{Known: true, Uncertainty: 10 * time.Millisecond})
		s := &w.series[0]
		near := func(got, want time.Duration) bool { return (got - want).Abs() <= want/500+time.Microsecond }
		if (s.Counts.EndsDenied > 0) != test.denied || !near(s.LagLeast.Max(), test.least) || !near(s.Lag.Max(), test.most) {
			t.Errorf("%v: denied %d, lag between %v and %v, want %v and %v", test.told, s.Counts.EndsDenied, s.LagLeast.Max(), s.Lag.Max(), test.least, test.most)
		}
	}
}

// TestKindsTakeTheirLinesInTurn gives each kind the lines of its feed one after the other, and workers
// equal shares.
func TestKindsTakeTheirLinesInTurn(t *testing.T) {
	p := Plan{Kinds: []Kind{{Name: "a", Weight: 3, Request: lro.Request{URL: "http://127.0.0.1/"}}, {Name: "b", Request: lro.Request{URL: "http://127.0.0.1/"}}}}
	next, deck := map[uint8]int64{}, p.kindDeck()
	for i := range int64(400) {
		kind, before := deck.at(i)
		if before != next[kind] {
			t.Fatalf("operation %d is number %d of its kind, want %d", i, before, next[kind])
		}
		next[kind]++
	}
	if next[0] != 300 || next[1] != 100 {
		t.Errorf("the shares are %v", next)
	}
	for k := range 2 {
		s, n := newSource(&Plan{Load: Load{Rate: 100, Operations: 400}, Shards: 2}, k, 2), 0
		for _, ok := s.next(0); ok; _, ok = s.next(0) {
			n++
		}
		if n != 100 {
			t.Errorf("worker %d of 2 in shard 0 of 2 has %d of 400", k, n)
		}
	}
}
