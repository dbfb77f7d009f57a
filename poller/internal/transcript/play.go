package transcript

import (
	"fmt"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/asyncctl/asyncctl/poller/lro"
)

// Run plays every transcript that matches the glob to the dialect, each as a subtest of its name.
func Run(t *testing.T, glob string, d lro.Dialect) {
	t.Helper()
	files, err := filepath.Glob(glob)
	if err != nil || len(files) == 0 {
		t.Fatalf("no transcript matches %s (%v)", glob, err)
	}
	for _, file := range files {
		t.Run(strings.TrimSuffix(filepath.Base(file), ".txtar"), func(t *testing.T) {
			conversation, err := ParseFile(file)
			if err != nil {
				t.Fatal(err)
			}
			for _, wrong := range conversation.Play(d) {
				t.Errorf("%s: %s", file, wrong)
			}
		})
	}
}

// Begin returns the operation before the first reply.
func (t *Transcript) Begin(d lro.Dialect) (lro.Operation, error) {
	op, err := lro.Operation{}, error(nil)
	if t.Resume != "" {
		op, err = lro.Resume(t.Resume)
	} else {
		op = lro.Begin(d, t.Submit)
	}
	op.Policy = t.Policy
	return lro.Ready(d, op), err
}

// Play folds the transcript with the dialect and returns what is not as it should be, one line
// each: "reply 3 (303): phase: got poll, want fetch". A reply to an operation that is over is
// wrong, and so is an operation that [Sound] does not like.
func (t *Transcript) Play(d lro.Dialect) []string {
	op, err := t.Begin(d)
	if err != nil {
		return []string{err.Error()}
	}
	var wrong []string
	note := func(label string, lines []string) {
		for _, l := range lines {
			wrong = append(wrong, label+": "+l)
		}
	}
	m := moment{op: op, at: Start}
	note("the beginning", m.compare(t.Want))
	for _, step := range t.Steps {
		if m.op.Done() {
			return append(wrong, fmt.Sprintf("%s: the operation was over before: %s (%s)", step.Label, m.op.Outcome, m.op.Reason))
		}
		m = m.next(d, step)
		note(step.Label, m.compare(step.Want))
		at := m.at
		if step.Cancel {
			at = time.Time{} // the floor is from the reply before
		}
		if err := Sound(d, m.op, at); err != nil {
			note(step.Label, []string{err.Error()})
		}
	}
	return wrong
}

// next takes one step.
func (m moment) next(d lro.Dialect, s Step) moment {
	r := s.Reply
	r.At = m.at.Add(s.After)
	if s.After < 0 {
		r.At = m.at.Add(time.Second)
		if m.op.NotBefore.After(r.At) {
			r.At = m.op.NotBefore
		}
	}
	if !s.Cancel {
		return moment{op: lro.Next(d, m.op, r), at: r.At}
	}
	request, ok := d.Cancel(m.op)
	if !ok {
		return moment{op: m.op, at: r.At, answer: "impossible"}
	}
	op, answer := lro.AfterCancel(m.op, r)
	return moment{op: lro.Ready(d, op), at: r.At, answer: answer.String(), cancel: request}
}
