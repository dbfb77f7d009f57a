package render

import (
	"os"
	"sync"
	"time"

	"github.com/asyncctl/asyncctl/conformance"
)

// JudgingTUI is the view of a conformance run on a terminal. As [TUI] it changes nothing of the
// terminal. Its methods may be called from any goroutine.
type JudgingTUI struct {
	panel

	folding sync.Mutex
	run     judging
}

// NewJudgingTUI returns a view that draws on out, which is a terminal. Nothing is drawn before the
// first event.
func NewJudgingTUI(out *os.File, o Options) *JudgingTUI {
	return &JudgingTUI{panel: panel{out: out, o: o}}
}

// Event takes one event in. It does not wait for the terminal.
func (t *JudgingTUI) Event(e conformance.Event) {
	t.folding.Lock()
	defer t.folding.Unlock()
	t.run = t.run.apply(time.Now(), e)
	s := judgingScreen{run: t.run, g: glyphs{ascii: t.o.ASCII, color: t.o.Color}, title: t.o.Title}
	t.show(func(now time.Time, width, height int) string {
		s.now, s.width, s.height = later(now, s.run.latest), width, height
		return s.view()
	})
}

// Close takes the view away and leaves one line behind. Only the first call does anything.
func (t *JudgingTUI) Close() {
	t.folding.Lock()
	line := t.run.farewell()
	t.folding.Unlock()
	t.close(line)
}

// farewell is what is said of a run when it is over.
func (j judging) farewell() string {
	if j.began.IsZero() || j.requests == 0 {
		return ""
	}
	return Count(len(j.probes), "probe") + " sent " + Count(j.requests, "request") + " in " + Duration(j.latest.Sub(j.began))
}
