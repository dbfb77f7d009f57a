package loadtest_test

import (
	"testing"
	"time"

	"github.com/asyncctl/asyncctl/internal/measure"
	"github.com/asyncctl/asyncctl/loadtest"
	"github.com/asyncctl/asyncctl/loadtest/judge"
)

func TestFollowAddsUp(t *testing.T) {
	var f loadtest.Follow
	var fine measure.Fine
	for i := range 10 {
		for range 50 {
			fine.Record(int64(700 * time.Millisecond))
			fine.Record(int64(1500 * time.Millisecond))
		}
		s := loadtest.Snapshot{Elapsed: time.Duration(i+1) * time.Second, Series: []loadtest.Live{
			{"server", "", measure.Counts{Planned: int64(100 * (i + 1)), Submitted: int64(100 * (i + 1)), Succeeded: int64(90 * (i + 1)), Failed: int64(i + 1)}},
			{"fixed:1s", "", measure.Counts{Planned: int64(10 * (i + 1)), Submitted: int64(10 * (i + 1))}},
		}}
		s.RequestErrors, s.Done = int64(i+1), fine.Histogram()
		f.Observe(s)
	}
	r := f.Result()
	if len(r.Series) != 3 || r.Series[0].Counts.Pending != 90 || r.Series[2].Strategy != loadtest.AllStrategies || r.Series[2].Counts.Submitted != 1100 {
		t.Errorf("series are %+v", r.Series)
	}
	for i := range r.Series {
		if !r.Series[i].Counts.Balanced() {
			t.Errorf("%s does not balance", r.Series[i].Strategy)
		}
	}
	done := &r.Series[2].Done
	if got := done.Quantile(0.25); done.Count() != 1000 || got < 660*time.Millisecond || got > 740*time.Millisecond {
		t.Errorf("a quarter of %d is below %v", done.Count(), got)
	}
	for text, live := range map[string]bool{"rate(failed)>0.5%": true, "p99(done)>1s": true, "p99(done){server}>1s": false, "p99(accept)>1s": false} {
		threshold, err := judge.ParseThreshold(text)
		if err != nil {
			t.Fatal(err)
		}
		if (threshold.Live() == "") != live {
			t.Errorf("%s: %q", text, threshold.Live())
		}
		if _, holds := threshold.Holds(r); live && !holds {
			t.Errorf("%s does not hold", text)
		}
	}
	if f.Last().Elapsed != 10*time.Second {
		t.Errorf("the sum is %+v", f.Sum())
	}
}
