package work_test

import (
	"net/url"
	"testing"
	"time"

	"github.com/asyncctl/asyncctl/mockserver/internal/work"
)

func TestProgress(t *testing.T) {
	for _, test := range []struct {
		progress work.Progress
		age      time.Duration
		percent  int
		changed  time.Duration
	}{
		{"", 4 * s, 40, 4 * s},
		{"none", 9 * s, 0, 0},
		{"none", 10 * s, 100, 10 * s},
		{"steps:4", 2*s + 499*ms, 0, 0},
		{"steps:4", 2*s + 500*ms, 25, 2*s + 500*ms},
		{"steps:4", 9 * s, 75, 7*s + 500*ms},
		{"steps:1", 9 * s, 0, 0},
		{"10:5,50:80", 999 * ms, 0, 0},
		{"10:5,50:80", 4 * s, 5, s},
		{"10:5,50:80", 9 * s, 80, 5 * s},
		{"12.5:5", 1250 * ms, 5, 1250 * ms},
		{"nonsense", 4 * s, 0, 0},
	} {
		sc := work.Scenario{Duration: 10 * s, Progress: test.progress}
		snap := sc.At(test.age, 1)
		if snap.Percent != test.percent || snap.Changed != test.changed {
			t.Errorf("%q after %v: got %d %% since %v, want %d %% since %v", test.progress, test.age, snap.Percent, snap.Changed, test.percent, test.changed)
		}
	}
}

func TestParseProgress(t *testing.T) {
	for text, ok := range map[string]bool{
		"linear": true, "none": true, "steps:1": true, "steps:100": true, "10:5": true, "10:5,50:80,50.5:80": true,
		"steps:0": false, "steps:101": false, "steps:": false, "10": false, "10:5,": false, "10:100": false, "0:5": false,
		"100:5": false, "50:80,10:90": false, "10:80,50:5": false, "NaN:5": false, "10:-1": false,
	} {
		_, err := work.ParseScenario(work.Scenario{}, url.Values{"progress": {text}})
		if (err == nil) != ok {
			t.Errorf("%q: got %v", text, err)
		}
	}
}

func TestLeaps(t *testing.T) {
	seen := []work.Seen{{0, 0}, {s, 7}, {2 * s, 7}, {3 * s, 5}, {4 * s, 60}, {10 * s, 99}}
	progress := work.Leaps(10*s, seen)
	if want := work.Progress("10:7,40:60"); progress != want {
		t.Errorf("got %q, want %q", progress, want)
	}
	if got := work.Leaps(0, seen); got != "" {
		t.Errorf("of no time: got %q", got)
	}
}

func FuzzProgress(f *testing.F) {
	for _, text := range []string{"none", "steps:7", "10:5,50:80", "1e1:5", "0.0001:1,99.9:99"} {
		f.Add(text, int64(5*s))
	}
	f.Fuzz(func(t *testing.T, text string, age int64) {
		sc, err := work.ParseScenario(work.Scenario{Duration: 10 * s}, url.Values{"progress": {text}})
		if err != nil {
			return
		}
		a := sc.At(time.Duration(age), 1)
		b := sc.At(time.Duration(max(age, 0))/2, 1)
		if a.Percent < b.Percent || a.Percent < 0 || a.Percent == 100 && a.Status != work.Succeeded || a.Changed > max(time.Duration(age), 0) {
			t.Fatalf("%q: %+v, and earlier %+v", text, a, b)
		}
	})
}
