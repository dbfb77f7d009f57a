package render

import (
	"bytes"
	"encoding/json"
	"fmt"

	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/asyncctl/asyncctl/conformance"
)

// moment is an event of a conformance run and when it came about.
type moment struct {
	after time.Duration
	event conformance.Event
}

var runBegan = time.Date(2026, 3, 4, 5, 6, 7, 0, time.UTC)

// aRun is a conformance run with every kind of event, of a server that does not speak nicely.
func aRun() []moment {
	asked := func(probe, role string, status int) conformance.Event {
		e := conformance.Event{Asked: &conformance.Asked{Probe: probe, Role: conformance.Role(role), Method: "GET", URL: "http://h/\x1b[2J", Status: status}}
		if status == 0 {
			e.Asked.Err = "reset\x07"
		}
		return e
	}
	began := func(probe, purpose string) conformance.Event {
		return conformance.Event{Began: &conformance.Began{Probe: probe, Purpose: purpose}}
	}
	through := func(probe string) conformance.Event {
		return conformance.Event{Through: &conformance.Through{Probe: probe}}
	}
	s := time.Second
	list := []moment{
		{0, began("slow", "follows an operation to its end")}, {s / 10, asked("slow", "submit", 202)},
		{s / 5, began("prefer", "submits with Prefer")}, {s / 4, asked("prefer/1", "submit", 202)}, {s / 4, asked("prefer/2", "submit", 0)},
		{s / 3, conformance.Event{Ended: &conformance.Ended{Probe: "prefer/1"}}},
		{s / 2, conformance.Event{Waiting: &conformance.Waiting{Probe: "slow", Until: runBegan.Add(5 * s), Why: "the server asks for it"}}},
		{s, began("aside", "asks besides: HEAD, PUT, PATCH, If-None-Match")},
		{2 * s, conformance.Event{Ended: &conformance.Ended{Probe: "prefer/2", Why: "budget"}}}, {2 * s, through("prefer")},
		{2 * s, began("invalid", "submits what must be refused")}, {2 * s, asked("invalid", "submit", 400)},
		{2 * s, conformance.Event{Ended: &conformance.Ended{Probe: "invalid"}}}, {2 * s, through("invalid")},
	}
	found := func(outcome conformance.Outcome, message, rule string) conformance.Event {
		return conformance.Event{Found: &conformance.Found{Rule: rule, Outcome: outcome, Title: "A title", Message: message}}
	}
	list = append(list,
		moment{2 * s, found(conformance.Fail, "a 429 has no Retry-After\x1b", "throttle-429")},
		moment{2 * s, found(conformance.Warn, "the end is reported with 302, as older texts have it; 303 says what is meant", "completion-303")},
		moment{2 * s, conformance.Event{Noted: &conformance.Noted{Text: "one at a time"}}},
	)
	for i := range 8 {
		list = append(list, moment{3 * s, began(fmt.Sprintf("more-%d", i), fmt.Sprintf("goes on %d\x1b", i))})
	}
	return list
}

func foldRun(moments []moment) judging {
	var j judging
	for _, m := range moments {
		j = j.apply(runBegan.Add(m.after), m.event)
	}
	return j
}

func TestJudgingScreenGoldens(t *testing.T) {
	var b strings.Builder
	show := func(title string, j judging, later time.Duration, g glyphs, width, height int) {
		s := judgingScreen{run: j, g: g, title: "POST api.example.com/reports", now: j.latest.Add(later), width: width, height: height}
		fmt.Fprintf(&b, "=== %s\n%s\n", title, s.view())
	}
	whole := foldRun(aRun())
	for _, size := range [][2]int{{40, 10}, {80, 24}, {200, 60}} {
		show(fmt.Sprintf("%dx%d", size[0], size[1]), whole, 500*time.Millisecond, glyphs{}, size[0], size[1])
	}
	show("80x24 in colour", whole, 0, glyphs{color: true}, 80, 24)
	show("40x10 in ASCII, early", foldRun(aRun()[:4]), 0, glyphs{ascii: true}, 40, 10)
	judged := whole
	for _, o := range []conformance.Outcome{conformance.Pass, conformance.Pass, conformance.Fail, conformance.Skip, conformance.NotApplicable, conformance.Warn, conformance.Inconclusive} {
		judged = judged.apply(runBegan.Add(9*time.Second), conformance.Event{Judged: &conformance.Result{Outcome: o}})
	}
	show("80x24, judged", judged, 0, glyphs{}, 80, 24)
	fmt.Fprintf(&b, "=== what stays\n%s\n", judged.farewell())
	golden(t, "judging.tui", b.String())
}

func TestJudgingScreenKeepsWithinTheTerminal(t *testing.T) {
	for i := range aRun() {
		j := foldRun(aRun()[:i+1])
		for _, width := range []int{1, 2, 5, 10, 39, 40, 60, 80, 99, 100, 200} {
			for _, height := range []int{1, 2, 3, 8, 24} {
				g := glyphs{ascii: i%2 == 0, color: i%3 == 0}
				s := judgingScreen{run: j, g: g, title: "POST \x1bhost/路", now: j.latest, width: width, height: height}
				checkFrame(t, fmt.Sprintf("after %d events", i), s.view(), g, width, height)
			}
		}
	}
}

func TestJudgingPlain(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var b bytes.Buffer
		p := NewJudgingPlain(&b)
		p.Verbose = true
		past := time.Duration(0)
		for _, m := range aRun()[:14] {
			time.Sleep(m.after - past)
			past = m.after
			p.Event(m.event)
		}
		time.Sleep(40 * time.Second)
		p.Close()
		p.Close()
		p.Event(aRun()[0].event)
		golden(t, "judging.plain", b.String())
	})
}

func TestJudgingNDJSON(t *testing.T) {
	var b bytes.Buffer
	n := NewJudgingNDJSON(&b, "asyncctl (devel)")
	for _, m := range aRun() {
		n.Event(m.event)
	}
	n.Close()
	lines := strings.Split(strings.TrimSpace(b.String()), "\n")
	if len(lines) != 1+len(aRun()) || !strings.HasPrefix(lines[0], `{"start":{`) {
		t.Fatalf("got %d lines, the first is %s", len(lines), lines[0])
	}
	for _, line := range lines[1:] {
		var fields map[string]json.RawMessage
		if err := json.Unmarshal([]byte(line), &fields); err != nil || len(fields) != 2 || fields["at"] == nil {
			t.Errorf("not a moment and one event: %s (%v)", line, err)
		}
	}
}
