package render

import (
	"fmt"
	"io"
	"strings"
	"sync"
	"time"

	"github.com/asyncctl/asyncctl/poller"
	"github.com/asyncctl/asyncctl/poller/lro"
)

// The rules of plain progress: one line for each change that a person would want to know, never one
// a poll; a heartbeat while nothing changes, so that a CI system does not take silence for death;
// the word that matters at the beginning of the line; no escape codes, no carriage returns.

// Plain writes progress as lines. Its methods may be called from any goroutine.
type Plain struct {
	// Verbose adds a line for each request and each reply.
	Verbose bool
	// Color puts the words that matter into colours.
	Color bool
	// Names are the operations' names, by the number in the events. With more than one, each line
	// begins with the name, progress within a state is left out, and the heartbeat sums up.
	Names *Roster
	// Accepted returns what is said below the line about an accepted submit; nil or empty for nothing.
	Accepted func() string

	mu     sync.Mutex
	w      io.Writer
	ops    map[int]operation
	shown  map[int]string // the last line about the state of each
	notes  map[string]bool
	beat   time.Duration
	timer  *time.Timer
	closed bool
}

// NewPlain returns a renderer that writes to w.
func NewPlain(w io.Writer) *Plain {
	return &Plain{w: w, beat: firstBeat, ops: map[int]operation{}, shown: map[int]string{}, notes: map[string]bool{}}
}

// Event shows one event.
func (p *Plain) Event(e poller.Event) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if e.Start != nil || p.closed {
		return
	}
	if p.timer == nil {
		p.timer = time.AfterFunc(p.beat, p.heartbeat)
	}
	before := p.ops[e.Op]
	p.ops[e.Op] = before.apply(e)
	switch {
	case e.Request != nil:
		if p.Verbose {
			p.line(e.Op, "> %s %s", Clean(e.Request.Method), Clean(e.Request.URL))
		}
	case e.Reply != nil:
		p.reply(e.Op, *e.Reply)
	case e.Wait != nil:
		if p.Verbose {
			p.line(e.Op, "  waiting %s (%s)", Duration(e.Wait.Until.Sub(e.At)), whyText(e.Wait.Why))
		}
	case e.Note != nil && p.Names != nil && p.notes[e.Note.Text]:
	case e.Note != nil:
		p.notes[e.Note.Text] = true
		p.line(e.Op, "%s %s", p.glyphs().warn("note:"), Clean(noteText(*e.Note)))
	case e.Transfer != nil && p.Names != nil && !p.Verbose:
	case e.Transfer != nil:
		if before.transfer == nil || e.Transfer.Bytes == e.Transfer.Total {
			p.state(e.Op, transferText(*e.Transfer))
		}
	case e.End != nil:
		word := Clean(ending(*e.End))
		p.line(e.Op, "%s", p.glyphs().word(word)+strings.TrimPrefix(Summary(*e.End), word))
	}
}

func (p *Plain) reply(op int, r poller.Reply) {
	if p.Verbose {
		p.line(op, "< %s", replyText(r))
	}
	switch {
	case r.Next == lro.Ended.String():
	case p.Names != nil && !p.Verbose: // many would be a flood: each is told of once, at its end
	case r.Misses > 0 && r.Error != "":
		p.line(op, "%s: %s; trying again (%d)", p.glyphs().warn("no answer"), Clean(r.Error), r.Misses)
	case r.Misses > 0 && r.Why != "":
		p.line(op, "HTTP %d: %s; trying again (%d)", r.Status, Clean(r.Why), r.Misses)
	case r.Misses > 0:
		p.line(op, "%s; trying again (%d)", p.glyphs().warn(fmt.Sprintf("HTTP %d", r.Status)), r.Misses)
	case r.Phase == lro.Submitting.String() && r.Next == lro.Polling.String():
		spoken := ""
		if r.Dialect != "" {
			spoken = fmt.Sprintf(", %s (%s)", r.Dialect, Clean(r.Cue))
		}
		more := ""
		if p.Accepted != nil {
			more = p.Accepted()
		}
		p.line(op, "accepted (HTTP %d)%s; polling %s%s", r.Status, spoken, Clean(r.StatusURL), more)
	case r.Phase == "cancel":
		p.line(op, "cancellation: HTTP %d", r.Status)
	case r.Next == lro.Fetching.String():
		p.state(op, "the server is done; fetching "+Clean(r.ResultURL))
	case r.Next == lro.Polling.String():
		p.state(op, StateText(r))
	}
}

func (p *Plain) glyphs() glyphs { return glyphs{color: p.Color} }

// state shows a line unless it is the operation's last one again.
func (p *Plain) state(op int, text string) {
	if text == p.shown[op] {
		return
	}
	p.shown[op] = text
	p.line(op, "%s", text)
}

// line writes one line and puts the next heartbeat off.
func (p *Plain) line(op int, format string, args ...any) {
	text := fmt.Sprintf(format, args...)
	if p.Names != nil {
		fmt.Fprintln(p.w, glyphs{}.clip(p.Names.name(op), maxName)+": "+text)
		return // the summaries keep their time
	}
	fmt.Fprintln(p.w, text)
	p.beat = firstBeat
	p.timer.Reset(p.beat)
}

// maxName bounds a name in front of a line.
const maxName = 24

// Close stops the heartbeat.
func (p *Plain) Close() {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.closed = true
	if p.timer != nil {
		p.timer.Stop()
	}
}
