package measure

import (
	"testing"
	"time"
)

func TestFineIsWithinSixPercent(t *testing.T) {
	for d := 2 * time.Microsecond; d < 24*time.Hour; d = d * 21 / 20 {
		var f Fine
		f.Record(int64(d))
		h := f.Histogram()
		if off := (h.Quantile(0.5) - d).Abs(); off > d/25 {
			t.Errorf("%v is counted as %v", d, h.Quantile(0.5))
		}
	}
	var all, one Fines
	for _, d := range []time.Duration{-1, 0, 100, 1000 * time.Hour} {
		one.Lag.Record(int64(d))
	}
	all.Add(&one)
	all.Add(&one)
	if h := all.Lag.Histogram(); h.Count() != 8 || h.Quantile(0.5) > time.Microsecond {
		t.Errorf("%d are counted, the median is %v", h.Count(), h.Quantile(0.5))
	}
}

func TestFineCostsNoMemory(t *testing.T) {
	var f Fine
	if n := testing.AllocsPerRun(100, func() { f.Record(123456789) }); n != 0 {
		t.Errorf("a record allocates %v times", n)
	}
}
