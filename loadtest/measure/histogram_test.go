package measure

import (
	"testing"
	"time"
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
