package render

import (
	"io"
	"os"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"github.com/vbauerster/mpb/v8"
	"github.com/vbauerster/mpb/v8/decor"
	"golang.org/x/term"
)

// stack is the lines while they own the terminal. mpb draws only when told to, which is when a line
// has changed.
type stack struct {
	bars    *mpb.Progress
	refresh chan any
	gone    chan any // closed when mpb has ended, also by an error of the terminal
	slots   []*slot  // the last one is the total
	drawn   []string
	over    chan struct{}
	done    sync.WaitGroup
}

// slot is one line.
type slot struct {
	bar  *mpb.Bar
	text atomic.Pointer[string]
}

// Fill writes the line.
func (s *slot) Fill(w io.Writer, stat decor.Statistics) error {
	text := s.text.Load()
	if text == nil {
		return nil
	}
	_, err := io.WriteString(w, glyphs{}.clip(*text, stat.AvailableWidth))
	return err
}

// source returns the lines to show on a terminal of a size, and what is to stay above them.
type source func(now time.Time, width, height int) (lines, above []string)

// startStack puts the lines on the terminal.
func startStack(out *os.File, from source) *stack {
	s := &stack{refresh: make(chan any), gone: make(chan any), over: make(chan struct{})}
	s.bars = mpb.New(mpb.WithOutput(out), mpb.WithManualRefresh(s.refresh), mpb.WithShutdownNotifier(s.gone))
	s.done.Go(func() { s.pump(out, from) })
	return s
}

func (s *stack) pump(out *os.File, from source) {
	tick := time.NewTicker(tickEvery)
	defer tick.Stop()
	for {
		select {
		case <-s.over:
			s.clear()
			return
		case <-s.gone:
			return
		case now := <-tick.C:
			if width, height, err := term.GetSize(int(out.Fd())); err == nil {
				s.draw(from(now, width, height))
			}
		}
	}
}

// draw shows the lines, if they are others than before, and writes what is to stay above them.
func (s *stack) draw(lines, above []string) {
	if len(above) == 0 && slices.Equal(lines, s.drawn) {
		return
	}
	s.drawn = lines
	s.resize(len(lines))
	for i, slot := range s.slots {
		slot.text.Store(&lines[i])
	}
	if len(above) > 0 {
		io.WriteString(s.bars, strings.Join(above, "\n")+"\n")
	}
	s.redraw()
}

// resize makes as many slots as there are lines.
func (s *stack) resize(n int) {
	shrunk := len(s.slots) > n
	for len(s.slots) > n {
		last := s.slots[len(s.slots)-1]
		last.text.Store(nil)
		last.bar.Abort(true)
		s.slots = s.slots[:len(s.slots)-1]
	}
	if shrunk {
		s.redraw() // mpb draws a bar once more before it drops it
	}
	for len(s.slots) < n {
		added := &slot{}
		bar, err := s.bars.Add(0, added, mpb.BarFillerTrim(), mpb.BarPriority(len(s.slots)))
		if err != nil {
			return
		}
		added.bar = bar
		s.slots = append(s.slots, added)
	}
}

func (s *stack) redraw() {
	select {
	case s.refresh <- time.Now():
	case <-s.gone:
	}
}

// clear takes all lines away.
func (s *stack) clear() {
	s.resize(0)
	s.redraw()
	s.bars.Shutdown()
}

// stop takes the lines off the terminal and waits until they are gone.
func (s *stack) stop() {
	if s == nil {
		return
	}
	close(s.over)
	s.done.Wait()
}
