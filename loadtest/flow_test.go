package loadtest

import (
	"strings"
	"testing"
	"testing/synctest"
	"time"
)

// TestLittlesLaw compares what was counted with what must have been.
func TestLittlesLaw(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		p := Plan{Load: Load{Rate: 50, Duration: 2 * time.Minute, Poisson: true, Seed: 4}, Strategies: []Strategy{ServerPace(none())}}
		r := runFake(t, p, &fakeSender{work: 3500 * time.Millisecond, retry: "1"})
		f := r.Flow()
		if f.Little < 180 || f.Little > 210 || f.InFlight < 0.95*f.Little || f.InFlight > 1.05*f.Little {
			t.Errorf("%.1f in flight, Little's law says %.1f; want some 195", f.InFlight, f.Little)
		}
		if f.Slope > 2 || f.Slope < -2 || len(r.Warnings) > 0 {
			t.Errorf("the backlog of a steady server grows by %.2f: %v", f.Slope, r.Warnings)
		}
	})
}

// TestBacklogGrows sees a server that ever more operations wait for.
func TestBacklogGrows(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		p := Plan{Load: Load{Rate: 50, Duration: time.Minute}, Drain: -1}
		r := runFake(t, p, &fakeSender{work: time.Second, slower: time.Second, retry: "1"})
		if f := r.Flow(); f.Slope < 5 || len(r.Warnings) != 2 || !strings.Contains(r.Warnings[1].Text, "backlog grew") {
			t.Errorf("slope %.2f, warnings %q", f.Slope, r.Warnings)
		}
	})
}
