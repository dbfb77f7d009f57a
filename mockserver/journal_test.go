package mockserver_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/asyncctl/asyncctl/mockserver"
)

func TestJournalIsBounded(t *testing.T) {
	m := newMock(t, &mockserver.Server{Journal: 3})
	if got := m.Requests(); len(got) != 0 {
		t.Errorf("got %v before the first request", got)
	}
	for i := range 5 {
		m.get(fmt.Sprintf("/operations/%d", i))
		m.after(s)
	}
	var paths []string
	for _, r := range m.Requests() {
		paths = append(paths, r.Path)
	}
	if got := strings.Join(paths, " "); got != "/operations/2 /operations/3 /operations/4" {
		t.Errorf("got %s", got)
	}
	if got := (&mockserver.Server{}).Requests(); got != nil {
		t.Errorf("got %v without a journal", got)
	}
}

func TestJournalHoldsNoSecrets(t *testing.T) {
	m := newMock(t, &mockserver.Server{Journal: 9})
	m.do("POST", "/operations?asyncctl.duration=5s&year=2026&sig=hunter2", "hunter2",
		"Authorization: Bearer hunter2", "Cookie: session=hunter2", "X-Functions-Key: hunter2", "X-Csrf-Token: hunter2",
		"Prefer: respond-async", "X-Trace: 7")
	m.do("POST", "/operations?%zz=hunter2", "", "Proxy-Authorization: hunter2")
	m.do("GET", "/operations/x", "")
	got := m.Requests()
	if text := fmt.Sprint(got); strings.Contains(text, "hunter2") {
		t.Errorf("got %s", text)
	}
	first := got[0]
	for name, want := range map[string]string{"Authorization": "Bearer [redacted]", "Cookie": "[redacted]", "X-Csrf-Token": "[redacted]", "Prefer": "respond-async", "X-Trace": "7"} {
		if got := first.Header.Get(name); got != want {
			t.Errorf("got %s: %s, want %s", name, got, want)
		}
	}
	if first.Query != "asyncctl.duration=5s&sig=%5Bredacted%5D&year=2026" || first.Code != 202 || first.Remote == "" || got[1].Query != "[redacted]" || got[2].Query != "" {
		t.Errorf("got %+v", got)
	}
}

func TestTruthOfPolls(t *testing.T) {
	m := newMock(t, &mockserver.Server{Journal: 1, Scenario: mockserver.Scenario{Duration: 100 * s, RetryAfter: mockserver.RetryAfter{Delay: 2 * s}}})
	path := m.submit("")
	for range 40 {
		m.after(s).get(path)
		m.after(3 * s).get(path)
	}
	truth, ok := m.Truth(id(path))
	if !ok || len(truth.History) != 32 || truth.Polls != 80 || truth.Early != 25 || truth.Earliest != s || truth.AfterEnd != 30 {
		t.Fatalf("got %+v", truth)
	}
	for i, p := range truth.History {
		if i > 0 && !p.At.After(truth.History[i-1].At) {
			t.Errorf("poll %d is at %v, after %v", i, p.At, truth.History[i-1].At)
		}
	}
	first, second := truth.History[0], truth.History[1]
	if first.Lateness != -s || second.Lateness != s || first.Floor.Sub(first.At) != s || first.Status != mockserver.Running || first.Hint != "2" {
		t.Errorf("got %+v, %+v", first, second)
	}
	if told := truth.Told.Sub(truth.Accepted); told != 100*s || truth.FirstPoll != epoch.Add(s) || truth.LastPoll != epoch.Add(160*s) {
		t.Errorf("got %+v", truth)
	}
	if last := truth.History[31]; !last.Floor.IsZero() || last.Lateness != 0 || !truth.Floor.IsZero() {
		t.Errorf("after the end there is no hint, but got %+v", last)
	}
	if _, ok := m.Truth("none"); ok {
		t.Error("there is a truth about nothing")
	}
}
