package render

import (
	"fmt"
	"os"
	"sync"
	"time"

	tea "charm.land/bubbletea/v2"
	"github.com/charmbracelet/colorprofile"
	"github.com/charmbracelet/x/ansi"
)

// The pace of live views: how often the clock is looked at, and how often the terminal is written to
// at most, in a second.
const (
	tickEvery = 250 * time.Millisecond
	maxFrames = 5
)

// panel is a live view on a terminal, below what is already there. It reads nothing from the terminal,
// asks it nothing, changes none of its modes and leaves the cursor visible, so a program that dies
// leaves a usable terminal behind. Its methods may be called from any goroutine.
type panel struct {
	out *os.File
	o   Options

	mu        sync.Mutex
	draw      drawing // nil before there is something to show
	running   *live   // nil before that, while suspended, and at the end
	suspended bool
	closed    bool
}

// show puts a drawing in the place of the last one. It does not wait for the terminal.
func (p *panel) show(d drawing) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.closed {
		return
	}
	p.draw = d
	switch {
	case p.running != nil:
		p.running.wake()
	case !p.suspended:
		p.running = p.start()
	}
}

// close takes the view away and leaves a line behind. Only the first call does anything.
func (p *panel) close(line string) {
	p.mu.Lock()
	closed := p.closed
	p.closed = true
	running := p.running
	p.running = nil
	p.mu.Unlock()
	if closed {
		return
	}
	running.stop()
	if line != "" {
		fmt.Fprintln(p.out, wipe+line)
	}
}

// Suspend takes the view away until Resume: for SIGTSTP, and for anybody else who has something to
// say on the terminal. What is shown meanwhile is remembered.
func (p *panel) Suspend() {
	p.mu.Lock()
	running := p.running
	p.running, p.suspended = nil, true
	p.mu.Unlock()
	running.stop()
	if running != nil {
		fmt.Fprint(p.out, wipe)
	}
}

// wipe empties the line of the cursor and what is below: a person who types moves the cursor from
// where Bubble Tea believes it to be.
const wipe = "\r" + ansi.EraseScreenBelow

// Resume draws the view again, where the cursor is now.
func (p *panel) Resume() {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.closed || !p.suspended {
		return
	}
	p.suspended = false
	if p.draw != nil {
		p.running = p.start()
	}
}

// live is the view while it owns the terminal: Bubble Tea, and a pump that brings it the drawings.
type live struct {
	program *tea.Program
	woken   chan struct{}
	over    chan struct{}
	done    sync.WaitGroup
}

// start puts the view on the terminal.
func (p *panel) start() *live {
	profile := colorprofile.ASCII
	if p.o.Color {
		profile = colorprofile.ANSI
	}
	l := &live{woken: make(chan struct{}, 1), over: make(chan struct{})}
	l.program = tea.NewProgram(model{draw: p.draw},
		tea.WithInput(nil), tea.WithOutput(p.out), tea.WithoutSignalHandler(), tea.WithFPS(maxFrames),
		tea.WithColorProfile(profile), tea.WithEnvironment([]string{"TERM=" + p.o.Term}))
	l.done.Go(func() { l.program.Run() })
	l.done.Go(func() { l.pump(p) })
	return l
}

// pump sends the drawing when there is a new one, and the time.
func (l *live) pump(p *panel) {
	tick := time.NewTicker(tickEvery)
	defer tick.Stop()
	for {
		select {
		case <-l.over:
			l.program.Send(leave{})
			l.program.Quit()
			return
		case <-l.woken:
			p.mu.Lock()
			draw := p.draw
			p.mu.Unlock()
			l.program.Send(draw)
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
