package loadtest

import (
	"testing"
	"time"
)

func TestFollowAddsUp(t *testing.T) {
	var f Follow
	var fine fine
	for i := range 10 {
		for range 50 {
			fine.record(int64(700 * time.Millisecond))
			fine.record(int64(1500 * time.Millisecond))
		}
		s := Snapshot{Elapsed: time.Duration(i+1) * time.Second, Series: []Live{
			{"server", Counts{Submitted: int64(100 * (i + 1)), Succeeded: int64(90 * (i + 1)), Failed: int64(i + 1)}},
			{"fixed:1s", Counts{Submitted: int64(10 * (i + 1))}},
		}}
		s.Sample.Errors, s.Done = 1, fine.histogram()
		f.Observe(s)
	}
	r := f.Result()
	if len(r.Series) != 3 || r.Series[0].Counts.Pending != 90 || r.Series[2].Strategy != AllStrategies || r.Series[2].Counts.Submitted != 1100 {
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
		threshold, err := ParseThreshold(text)
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
	if f.Sum().Errors != 10 || f.Last().Elapsed != 10*time.Second {
		t.Errorf("the sum is %+v", f.Sum())
	}
}
