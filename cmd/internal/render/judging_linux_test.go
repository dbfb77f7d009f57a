package render

import (
	"strings"
	"testing"
)

func TestJudgingTUILeavesTheTerminalAsItWas(t *testing.T) {
	term := openTerminal(t, 80, 24)
	before := term.settings(t)
	v := NewJudgingTUI(term.slave, Options{Color: true, Term: "xterm-256color", Title: "POST h/x"})
	v.Suspend()
	v.Resume()
	for _, m := range aRun()[:6] {
		v.Event(m.event)
	}
	term.wait(t, "judging")
	v.Suspend()
	for _, m := range aRun()[6:] {
		v.Event(m.event)
	}
	v.Resume()
	term.wait(t, "goes on 3")
	v.Close()
	v.Close()
	v.Event(aRun()[0].event)
	got := term.wait(t, "12 probes sent 4 requests in ")
	checkHarmless(t, got)
	if rest := got[strings.LastIndex(got, "12 probes"):]; strings.Count(rest, "\n") != 1 || strings.Contains(rest, "\x1b") {
		t.Errorf("after the last line there is more: %q", rest)
	}
	if term.settings(t) != before {
		t.Error("the settings of the terminal have changed")
	}
}
