package loadtest

import (
	"testing"
	"time"
)

func TestFineIsWithinSixPercent(t *testing.T) {
	for d := 2 * time.Microsecond; d < 24*time.Hour; d = d * 21 / 20 {
		var f fine
		f.record(int64(d))
		h := f.histogram()
		near(t, d.String(), float64(h.Quantile(0.5)), float64(d), 0.04)
	}
	var all, one fines
	for _, d := range []time.Duration{-1, 0, 100, 1000 * time.Hour} {
		one.lag.record(int64(d))
	}
	all.add(&one)
	all.add(&one)
	if h := all.lag.histogram(); h.Count() != 8 || h.Quantile(0.5) != 0 {
		t.Errorf("%d are counted, the median is %v", h.Count(), h.Quantile(0.5))
	}
}

func TestFineCostsNoMemory(t *testing.T) {
	var f fine
	if n := testing.AllocsPerRun(100, func() { f.record(123456789) }); n != 0 {
		t.Errorf("a record allocates %v times", n)
	}
}
