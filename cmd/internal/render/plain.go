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
// no escape codes, no carriage returns.

// The heartbeat's first and longest interval.
const (
	firstBeat   = 15 * time.Second
	longestBeat = time.Minute
)

// Plain writes progress as lines.
type Plain struct {
	// Verbose adds a line for each request and each reply.
	Verbose bool

	mu    sync.Mutex
	w     io.Writer
	began time.Time
	shown string // the last line about the state
	last  poller.Reply
	due   time.Time
	beat  time.Duration
	timer *time.Timer
	ended bool
}

// NewPlain returns a renderer that writes to w.
func NewPlain(w io.Writer) *Plain { return &Plain{w: w, beat: firstBeat} }

// Event shows one event.
func (p *Plain) Event(e poller.Event) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.began.IsZero() {
		p.began = e.At
		p.timer = time.AfterFunc(p.beat, p.heartbeat)
	}
	switch {
	case e.Request != nil:
		if p.Verbose {
			p.line("> %s %s", e.Request.Method, e.Request.URL)
		}
	case e.Reply != nil:
		p.reply(*e.Reply)
	case e.Wait != nil:
		p.due = e.Wait.Until
		if p.Verbose {
			p.line("  waiting %s (%s)", Duration(e.Wait.Until.Sub(e.At)), whys[e.Wait.Why])
		}
	case e.Note != nil:
		p.line("note: %s", Clean(e.Note.Text))
	case e.Transfer != nil:
		p.state(transferText(*e.Transfer))
	case e.End != nil:
		p.ended = true
		p.line("%s", Summary(*e.End))
	}
}

var whys = map[string]string{
	"server": "the server asked for it", "pace": "the server did not say", "miss": "the last request failed in passing",
	"deadline": "the last one before the deadline", "redirect": "the server asked for it before it is followed",
}

func (p *Plain) reply(r poller.Reply) {
	p.last = r
	if p.Verbose {
		p.line("< %s", replyText(r))
	}
	switch {
	case r.Next == lro.Ended.String():
	case r.Misses > 0 && r.Error != "":
		p.line("no answer: %s; trying again (%d)", Clean(r.Error), r.Misses)
	case r.Misses > 0:
		p.line("HTTP %d; trying again (%d)", r.Status, r.Misses)
	case r.Phase == lro.Submitting.String() && r.Next == lro.Polling.String():
		p.line("accepted (HTTP %d); polling %s", r.Status, r.StatusURL)
	case r.Phase == "cancel":
		p.line("cancellation: HTTP %d", r.Status)
	case r.Next == lro.Fetching.String():
		p.state("the server is done; fetching " + r.ResultURL)
	case r.Next == lro.Polling.String():
		p.state(StateText(r))
	}
}

// state shows a line unless it is the last one again.
func (p *Plain) state(text string) {
	if text == p.shown {
		return
	}
	p.shown = text
	p.line("%s", text)
}

// line writes one line and puts the next heartbeat off.
func (p *Plain) line(format string, args ...any) {
	fmt.Fprintf(p.w, format+"\n", args...)
	p.beat = firstBeat
	p.timer.Reset(p.beat)
}

func (p *Plain) heartbeat() {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.ended {
		return
	}
	text := fmt.Sprintf("still %s after %s, %s", p.last.State, Duration(time.Since(p.began)), Count(p.last.Polls, "poll"))
	if rest := time.Until(p.due); rest > 0 {
		text += ", next in " + Duration(rest)
	}
	fmt.Fprintln(p.w, text)
	p.beat = min(2*p.beat, longestBeat)
	p.timer.Reset(p.beat)
}

// Close stops the heartbeat.
func (p *Plain) Close() {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.ended = true
	if p.timer != nil {
		p.timer.Stop()
	}
}

// StateText says how an operation stands: "running 40%: copying".
func StateText(r poller.Reply) string {
	text := r.State
	if r.Native != "" && !strings.EqualFold(r.Native, r.State) {
		text += " (" + Clean(r.Native) + ")"
	}
	if r.Percent != nil {
		text += fmt.Sprintf(" %.0f%%", *r.Percent)
	}
	if r.Message != "" {
		text += ": " + Clean(r.Message)
	}
	return text
}

func replyText(r poller.Reply) string {
	var b strings.Builder
	if r.Error != "" {
		b.WriteString(Clean(r.Error))
	} else {
		fmt.Fprintf(&b, "HTTP %d, %s", r.Status, StateText(r))
	}
	switch r.Hint {
	case "taken", "capped":
		fmt.Fprintf(&b, ", Retry-After %s", Duration(time.Duration(r.HintMS)*time.Millisecond))
	}
	fmt.Fprintf(&b, " [%d ms]", r.TookMS)
	return b.String()
}

func transferText(t poller.Transfer) string {
	if t.Total > 0 {
		return fmt.Sprintf("receiving the result: %s of %s", Bytes(t.Bytes), Bytes(t.Total))
	}
	return "receiving the result: " + Bytes(t.Bytes)
}

// Summary is the line that a finished operation leaves behind.
func Summary(e poller.End) string {
	text := fmt.Sprintf("%s after %s: %s, %d early", e.Outcome, Duration(time.Duration(e.ElapsedMS)*time.Millisecond), Count(e.Polls, "poll"), e.Early)
	if e.Outcome == lro.Succeeded.String() {
		return text
	}
	return text + " (" + string(e.Reason) + ")"
}
