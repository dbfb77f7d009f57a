package render

import (
	"fmt"
	"os"
	"strings"
	"sync"
	"time"

	"golang.org/x/term"

	"github.com/asyncctl/asyncctl/poller"
)

// Bars is the view of many operations on a terminal: a line for each that fits, and a total. It
// changes no mode of the terminal, hides no cursor and asks no question, so there is nothing to
// restore. Off a terminal it writes the lines of [Plain].
//
// Its methods may be called from any goroutine. It must not share the terminal with a [TUI].
type Bars struct {
	out   *os.File
	plain *Plain // instead of the bars, off a terminal

	mu        sync.Mutex
	board     *board
	above     []string // lines that are to stay, not yet written
	running   *stack   // nil before the first event, while suspended, and at the end
	suspended bool
	closed    bool
}

// NewBars returns a view that draws on out. The terminal is not touched before the first event.
func NewBars(out *os.File, o Options) *Bars {
	b := &Bars{out: out, board: newBoard(o)}
	if !term.IsTerminal(int(out.Fd())) {
		b.plain = NewPlain(out)
		b.plain.Names = o.Names
	}
	return b
}

// Event takes one event in. It does not wait for the terminal.
func (b *Bars) Event(e poller.Event) {
	if b.plain != nil {
		b.plain.Event(e)
		return
	}
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.closed || e.Start != nil {
		return
	}
	if line := b.board.apply(e); line != "" {
		b.above = append(b.above, line)
	}
	if b.running == nil && !b.suspended {
		b.running = startStack(b.out, b.lines)
	}
}

// lines returns what is shown now, and what has not been written above it yet.
func (b *Bars) lines(now time.Time, width, height int) (lines, above []string) {
	b.mu.Lock()
	defer b.mu.Unlock()
	above, b.above = b.above, nil
	return b.board.lines(now, width, height), above
}

// Close takes the lines away and leaves the total, below what went wrong. It may be called more than
// once, and from a defer; only the first call does anything.
func (b *Bars) Close() {
	if b.plain != nil {
		b.plain.Close()
		return
	}
	b.mu.Lock()
	closed := b.closed
	b.closed = true
	b.mu.Unlock()
	if closed {
		return
	}
	b.Suspend()
	b.mu.Lock()
	defer b.mu.Unlock()
	if !b.board.began.IsZero() {
		fmt.Fprintln(b.out, wipe+strings.Join(append(b.above, b.board.total(b.board.latest(), roomy)), "\n"))
	}
}

// Suspend takes the lines away until Resume: for SIGTSTP, and for anybody else who has something to
// say on the terminal. Events that come meanwhile are remembered.
func (b *Bars) Suspend() {
	b.mu.Lock()
	running := b.running
	b.running, b.suspended = nil, true
	b.mu.Unlock()
	running.stop()
}

// Resume draws the lines again, where the cursor is now.
func (b *Bars) Resume() {
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.plain != nil || b.closed || !b.suspended {
		return
	}
	b.suspended = false
	if !b.board.began.IsZero() {
		b.running = startStack(b.out, b.lines)
	}
}
