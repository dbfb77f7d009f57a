package measure

import (
	"math"
	"math/rand/v2"
	"testing"
	"time"

	"github.com/HdrHistogram/hdrhistogram-go"
)

// TestHistogram checks what is promised of an empty one, of the bounds and of the resolution.
func TestHistogram(t *testing.T) {
	var empty, h, other Histogram
	if empty.Count() != 0 || empty.Quantile(0.5) != 0 || empty.Max() != 0 || empty.Mean() != 0 || empty.Bars() != nil {
		t.Error("an empty histogram counts something")
	}
	h.Record(-time.Second)
	h.RecordN(time.Second, 98)
	other.Record(365 * 24 * time.Hour)
	h.Merge(&other)
	h.Merge(&empty)
	if got := h.Count(); got != 100 {
		t.Errorf("counted %d, want 100", got)
	}
	if got := h.Quantile(0.5); got < 999*time.Millisecond || got > 1001*time.Millisecond {
		t.Errorf("the median is %v, want 1s within a thousandth", got)
	}
	if got := h.Max(); got < time.Duration(highest) {
		t.Errorf("the maximum is %v, want a week", got)
	}
	if got := h.Bars(); len(got) != 3 || got[1].Count != 98 {
		t.Errorf("bars are %v", got)
	}
}

// TestAsHdrHistogram holds the histogram against the library, bucket by bucket.
func TestAsHdrHistogram(t *testing.T) {
	dice := rand.New(rand.NewPCG(1, 2))
	var h Histogram
	library := hdrhistogram.New(1, highest, 3)
	record := func(value int64) {
		h.Record(time.Duration(value))
		if err := library.RecordValue(value); err != nil {
			t.Fatal(err)
		}
	}
	for power := range 50 { // both sides of each bound
		for _, near := range []int64{-1, 0, 1} {
			record(min(max(int64(1)<<power+near, 0), highest))
		}
	}
	record(highest)
	for range 5000 {
		record(dice.Int64N(highest>>dice.IntN(49)) + 1)
	}
	if h.Count() != library.TotalCount() || h.Max() != time.Duration(library.Max()) || math.Abs(float64(h.Mean())-library.Mean()) > library.Mean()/1e12 {
		t.Errorf("count %d, max %v, mean %v; the library has %d, %v, %v", h.Count(), h.Max(), h.Mean(), library.TotalCount(), time.Duration(library.Max()), time.Duration(library.Mean()))
	}
	var bars []Bar
	for _, b := range library.Distribution() {
		if b.Count > 0 {
			bars = append(bars, Bar{time.Duration(b.From), time.Duration(b.To), b.Count})
		}
	}
	got := h.Bars()
	if len(got) != len(bars) {
		t.Fatalf("%d bars, the library has %d", len(got), len(bars))
	}
	for i := range bars {
		if got[i] != bars[i] {
			t.Fatalf("bar %d is %+v, the library's %+v", i, got[i], bars[i])
		}
	}
	for rank := int64(1); rank <= h.Count(); rank += 7 {
		want := time.Duration(library.ValueAtQuantile((float64(rank) - 0.25) / float64(h.Count()) * 100))
		if at := h.AtRank(rank); at != want {
			t.Fatalf("at rank %d: %v, the library has %v", rank, at, want)
		}
	}
}

// BenchmarkRecord is what each measurement costs.
func BenchmarkRecord(b *testing.B) {
	var h Histogram
	d := time.Duration(1)
	for b.Loop() {
		h.Record(d)
		d = d*5%1_000_000_007 + 1
	}
}
