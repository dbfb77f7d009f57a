package render

import (
	"os"
	"sync"
	"time"

	"golang.org/x/term"

	"github.com/asyncctl/asyncctl/poller"
)

// TUI is the progress view of one operation on a terminal, below what is already there. It reads
// nothing from the terminal, asks it nothing, changes none of its modes and leaves the cursor
// visible, so a program that dies leaves a usable terminal behind. Off a terminal it writes the lines
// of [Plain].
//
// Its methods may be called from any goroutine.
type TUI struct {
	panel
	plain *Plain // instead of the view, off a terminal

	folding sync.Mutex
	op      operation
}

// NewTUI returns a view that draws on out. The terminal is not touched before the first event.
func NewTUI(out *os.File, o Options) *TUI {
	t := &TUI{panel: panel{out: out, o: o}}
	if !term.IsTerminal(int(out.Fd())) {
		t.plain = NewPlain(out)
	}
	return t
}

// Event takes one event in. It does not wait for the terminal.
func (t *TUI) Event(e poller.Event) {
	if t.plain != nil {
		t.plain.Event(e)
		return
	}
	t.folding.Lock()
	defer t.folding.Unlock()
	t.op = t.op.apply(e)
	t.show(t.drawing(t.op))
}

// drawing draws the operation as it stands.
func (t *TUI) drawing(op operation) drawing {
	s := screen{g: glyphs{ascii: t.o.ASCII, color: t.o.Color, links: t.o.Color && t.o.Term != "dumb" && t.o.Term != "linux"}, title: t.o.Title, op: op}
	return func(now time.Time, width, height int) string {
		s.now, s.width, s.height = later(now, op.latest()), width, height
		return s.view()
	}
}

// Close takes the view away and leaves one line behind, which says how it ended. It may be called
// more than once, from a defer, and while another goroutine panics; only the first call does
// anything.
func (t *TUI) Close() {
	if t.plain != nil {
		t.plain.Close()
		return
	}
	t.folding.Lock()
	line := t.farewell(t.op)
	t.folding.Unlock()
	t.close(line)
}

// farewell is the line that stays.
func (t *TUI) farewell(op operation) string {
	g := glyphs{ascii: t.o.ASCII, color: t.o.Color}
	switch {
	case op.began.IsZero():
		return ""
	case op.end == nil:
		return g.state(op.state()) + " " + "when last asked: " + Count(op.polls(), "poll")
	}
	return g.state(ending(*op.end)) + Summary(*op.end)[len(Clean(ending(*op.end))):]
}
