package render

import (
	"encoding/json"
	"fmt"
	"io"
	"strings"
	"sync"
	"time"

	"github.com/asyncctl/asyncctl/conformance"
	"github.com/asyncctl/asyncctl/internal/show"
)

// JudgingPlain writes the progress of a conformance run as lines: one when a probe begins and one when
// it is done, and a heartbeat while nothing happens. Its methods may be called from any goroutine.
type JudgingPlain struct {
	// Verbose adds a line for each request.
	Verbose bool

	mu     sync.Mutex
	w      io.Writer
	run    judging
	beat   time.Duration
	timer  *time.Timer
	closed bool
}

// NewJudgingPlain returns a view that writes to w.
func NewJudgingPlain(w io.Writer) *JudgingPlain { return &JudgingPlain{w: w, beat: firstBeat} }

// Event shows one event.
func (p *JudgingPlain) Event(e conformance.Event) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.closed {
		return
	}
	if p.timer == nil {
		p.timer = time.AfterFunc(p.beat, p.heartbeat)
	}
	p.run = p.run.apply(time.Now(), e)
	switch {
	case e.Began != nil:
		p.line("%s: %s", Clean(e.Began.Probe), Clean(e.Began.Purpose))
	case e.Asked != nil && p.Verbose:
		answer := fmt.Sprintf("HTTP %d", e.Asked.Status)
		if e.Asked.Status == 0 {
			answer = "no answer: " + Clean(e.Asked.Err)
		}
		p.line("%s: %s: %s %s: %s", Clean(e.Asked.Probe), e.Asked.Role, Clean(e.Asked.Method), Clean(e.Asked.URL), answer)
	case e.Found != nil:
		p.line("%s: %s (%s)", e.Found.Outcome, Clean(e.Found.Message), Clean(e.Found.Rule))
	case e.Noted != nil:
		p.line("note: %s", Clean(e.Noted.Text))
	case e.Through != nil:
		for i := range p.run.probes {
			if probe := &p.run.probes[i]; probe.name == e.Through.Probe {
				p.line("%s: %s", Clean(probe.name), endText(probe))
			}
		}
	}
}

// endText says how a probe ended.
func endText(p *probing) string {
	word := "done"
	if p.why != "" {
		word = endedText(p.why)
	}
	return word + ", " + Count(p.requests, "request")
}

func (p *JudgingPlain) line(format string, args ...any) {
	fmt.Fprintf(p.w, format+"\n", args...)
	p.beat = firstBeat
	p.timer.Reset(p.beat)
}

// heartbeat says that it still goes on, after a silence.
func (p *JudgingPlain) heartbeat() {
	p.mu.Lock()
	defer p.mu.Unlock()
	var names []string
	for i := range p.run.probes {
		if p.run.probes[i].running() {
			names = append(names, Clean(p.run.probes[i].name))
		}
	}
	if p.closed || len(names) == 0 {
		return
	}
	fmt.Fprintf(p.w, "still at work after %s: %s\n", Duration(time.Since(p.run.began)), strings.Join(names, ", "))
	p.beat = min(2*p.beat, longestBeat)
	p.timer.Reset(p.beat)
}

// Close stops the heartbeat and says what it took.
func (p *JudgingPlain) Close() {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.closed {
		return
	}
	p.closed = true
	if p.timer != nil {
		p.timer.Stop()
	}
	if line := p.run.farewell(); line != "" {
		fmt.Fprintln(p.w, line)
	}
}

// JudgingNDJSON writes the events of a conformance run, one JSON object a line, after one that says
// what made them. Its methods may be called from any goroutine.
type JudgingNDJSON struct {
	mu  sync.Mutex
	out *json.Encoder
}

// judgingVersion is the version of the stream; fields are only ever added to it.
const judgingVersion = 1

// NewJudgingNDJSON returns a view that writes to w; program is who writes.
func NewJudgingNDJSON(w io.Writer, program string) *JudgingNDJSON {
	n := &JudgingNDJSON{out: json.NewEncoder(show.Writer(w))}
	n.out.SetEscapeHTML(false)
	n.out.Encode(map[string]any{"start": map[string]any{"version": judgingVersion, "program": program}})
	return n
}

// Event writes one event.
func (n *JudgingNDJSON) Event(e conformance.Event) {
	n.mu.Lock()
	defer n.mu.Unlock()
	n.out.Encode(struct {
		At time.Time `json:"at"`
		conformance.Event
	}{time.Now(), e})
}

// Close has nothing to do.
func (*JudgingNDJSON) Close() {}
