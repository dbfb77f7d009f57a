package render

import (
	"testing"

	"github.com/asyncctl/asyncctl/poller"
	"github.com/asyncctl/asyncctl/poller/lro"
)

// Who presses Ctrl-C is told so, and not that something was lost.
func TestInterruptedSummary(t *testing.T) {
	got := Summary(poller.End{Outcome: "lost", Reason: lro.Interrupted, Polls: 1, Timing: poller.Timing{ElapsedMS: 3000}})
	if want := "interrupted after 3s: 1 poll, 0 early"; got != want {
		t.Errorf("got %q, want %q", got, want)
	}
}
