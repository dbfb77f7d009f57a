package render

import (
	"fmt"
	"os"
	"sync"
	"time"

	tea "charm.land/bubbletea/v2"
	"github.com/charmbracelet/colorprofile"
	"github.com/charmbracelet/x/ansi"
	"golang.org/x/term"

	"github.com/asyncctl/asyncctl/poller"
)

// The pace of the view: how often the clock is looked at, and how often the terminal is written to at
// most, in a second.
const (
	tickEvery = 250 * time.Millisecond
	maxFrames = 5
)

// TUI is the progress view of one operation on a terminal, below what is already there. It reads
// nothing from the terminal, asks it nothing, changes none of its modes and leaves the cursor
// visible, so a program that dies leaves a usable terminal behind. Off a terminal it writes the lines
// of [Plain].
//
// Its methods may be called from any goroutine.
type TUI struct {
	out   *os.File
	o     Options
	plain *Plain // instead of the view, off a terminal

	mu        sync.Mutex
	op        operation
	running   *live // nil before the first event, while suspended, and at the end
	suspended bool
	closed    bool
}

// NewTUI returns a view that draws on out. The terminal is not touched before the first event.
func NewTUI(out *os.File, o Options) *TUI {
	t := &TUI{out: out, o: o}
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
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.closed {
		return
	}
	t.op = t.op.apply(e)
	switch {
	case t.running != nil:
		t.running.wake()
	case !t.suspended:
		t.running = t.start()
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
	t.mu.Lock()
	closed := t.closed
	t.closed = true
	running, op := t.running, t.op
	t.running = nil
	t.mu.Unlock()
	if closed {
		return
	}
	running.stop()
	if line := t.farewell(op); line != "" {
		fmt.Fprintln(t.out, wipe+line)
	}
}

// Suspend takes the view away until Resume: for SIGTSTP, and for anybody else who has something to
// say on the terminal. Events that come meanwhile are remembered.
func (t *TUI) Suspend() {
	t.mu.Lock()
	running := t.running
	t.running, t.suspended = nil, true
	t.mu.Unlock()
	running.stop()
	if running != nil {
		fmt.Fprint(t.out, wipe)
	}
}

// wipe empties the line of the cursor and what is below: a person who types moves the cursor from
// where Bubble Tea believes it to be.
const wipe = "\r" + ansi.EraseScreenBelow

// Resume draws the view again, where the cursor is now.
func (t *TUI) Resume() {
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.plain != nil || t.closed || !t.suspended {
		return
	}
	t.suspended = false
	if !t.op.began.IsZero() {
		t.running = t.start()
	}
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

// live is the view while it owns the terminal: Bubble Tea, and a pump that brings it the state.
type live struct {
	program *tea.Program
	woken   chan struct{}
	over    chan struct{}
	done    sync.WaitGroup
}

// start puts the view on the terminal.
func (t *TUI) start() *live {
	g := glyphs{ascii: t.o.ASCII, color: t.o.Color}
	profile := colorprofile.ASCII
	if t.o.Color {
		profile = colorprofile.ANSI
	}
	l := &live{woken: make(chan struct{}, 1), over: make(chan struct{})}
	l.program = tea.NewProgram(model{screen{g: g, title: t.o.Title, op: t.op, now: t.op.latest()}, false},
		tea.WithInput(nil), tea.WithOutput(t.out), tea.WithoutSignalHandler(), tea.WithFPS(maxFrames),
		tea.WithColorProfile(profile), tea.WithEnvironment([]string{"TERM=" + t.o.Term}))
	l.done.Go(func() { l.program.Run() })
	l.done.Go(func() { l.pump(t) })
	return l
}

// pump sends the state when it has changed, and the time.
func (l *live) pump(t *TUI) {
	tick := time.NewTicker(tickEvery)
	defer tick.Stop()
	for {
		select {
		case <-l.over:
			l.program.Send(leave{})
			l.program.Quit()
			return
		case <-l.woken:
			t.mu.Lock()
			op := t.op
			t.mu.Unlock()
			l.program.Send(op)
		case now := <-tick.C:
			l.program.Send(now)
		}
	}
}

func (l *live) wake() {
	select {
	case l.woken <- struct{}{}:
	default:
	}
}

// stop takes the view off the terminal and waits until it is gone.
func (l *live) stop() {
	if l == nil {
		return
	}
	close(l.over)
	l.done.Wait()
}
