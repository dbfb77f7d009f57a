package render

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/asyncctl/asyncctl/conformance"
)

// judging is a conformance run as it stands, folded from its events. It is a value: a copy of it stays
// as it is.
type judging struct {
	began, latest time.Time
	requests      int
	probes        []probing
	judged        map[conformance.Outcome]int
	found         []conformance.Found
	notes         []string
}

// probing is one probe: one conversation, or several.
type probing struct {
	name, purpose string
	began, ended  time.Time
	requests      int
	why           string // the reason why a conversation ended before it was done
	asked         conformance.Asked
	waiting       *conformance.Waiting
}

// running reports whether a probe still has something to do.
func (p *probing) running() bool { return p.ended.IsZero() }

// apply folds one event in.
func (j judging) apply(at time.Time, e conformance.Event) judging {
	if j.began.IsZero() {
		j.began = at
	}
	j.latest = later(j.latest, at)
	switch {
	case e.Began != nil:
		j = j.change(at, e.Began.Probe, func(p *probing) { p.purpose = e.Began.Purpose })
	case e.Asked != nil:
		j.requests++
		j = j.change(at, e.Asked.Probe, func(p *probing) {
			p.requests++
			p.asked, p.waiting = *e.Asked, nil
		})
	case e.Waiting != nil:
		j = j.change(at, e.Waiting.Probe, func(p *probing) { p.waiting = e.Waiting })
	case e.Ended != nil:
		j = j.change(at, e.Ended.Probe, func(p *probing) {
			p.waiting = nil
			if e.Ended.Why != "" {
				p.why = e.Ended.Why
			}
		})
	case e.Through != nil:
		j = j.change(at, e.Through.Probe, func(p *probing) { p.ended = at })
	case e.Found != nil:
		j.found = append(slices.Clip(j.found), *e.Found)
	case e.Noted != nil:
		j.notes = append(slices.Clip(j.notes), e.Noted.Text)
	case e.Judged != nil:
		counts := map[conformance.Outcome]int{}
		for outcome, n := range j.judged {
			counts[outcome] = n
		}
		counts[e.Judged.Outcome]++
		j.judged = counts
	}
	return j
}

// change changes a copy of the probe that a conversation belongs to.
func (j judging) change(at time.Time, conversation string, change func(*probing)) judging {
	name, _, _ := strings.Cut(conversation, "/")
	j.probes = slices.Clone(j.probes)
	i := slices.IndexFunc(j.probes, func(p probing) bool { return p.name == name })
	if i < 0 {
		i = len(j.probes)
		j.probes = append(j.probes, probing{name: name, began: at})
	}
	change(&j.probes[i])
	return j
}

// done is how many probes have nothing left to do.
func (j judging) done() int {
	n := 0
	for i := range j.probes {
		if !j.probes[i].running() {
			n++
		}
	}
	return n
}

// verdicts sums up what was judged: "2 fail, 58 pass"; empty before anything was.
func (j judging) verdicts() string {
	var parts []string
	for _, o := range []conformance.Outcome{conformance.Fail, conformance.Inconclusive, conformance.Warn, conformance.Pass, conformance.Skip, conformance.NotApplicable} {
		if n := j.judged[o]; n > 0 {
			parts = append(parts, fmt.Sprintf("%d %s", n, o))
		}
	}
	return strings.Join(parts, ", ")
}
