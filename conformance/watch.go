package conformance

import (
	"sync"

	"github.com/asyncctl/asyncctl/conformance/internal/evidence"
	"github.com/asyncctl/asyncctl/conformance/internal/probe"
	"github.com/asyncctl/asyncctl/conformance/internal/rules"
)

// watcher tells whoever watches a run what is found, as soon as nothing more will be learned about it.
type watcher struct {
	s      *Suite
	mu     sync.Mutex
	config *probe.Config
	told   map[string]bool // the rules whose findings were told
}

// watch makes a run tell its steps, one at a time, and what is found.
func (s *Suite) watch(config *probe.Config) *watcher {
	w := &watcher{s: s, config: config, told: map[string]bool{}}
	if s.Observe != nil {
		config.Observe, config.Through = w.observe, w.through
	}
	return w
}

func (w *watcher) observe(e Event) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.s.Observe(e)
}

// through judges what was learned so far by the rules that are settled.
func (w *watcher) through(e *evidence.Evidence, settled func(*rules.Rule) bool) {
	report := rules.Judge(e, Judging{Dialect: w.s.Dialect, Level: w.s.Level, Select: w.s.Select})
	words := evidence.NewRedactor(e, w.config.Header, w.config.Other)
	for _, r := range report.Results {
		if r.Outcome != Fail && r.Outcome != Warn || !settled(r.Rule) {
			continue
		}
		w.mu.Lock()
		if !w.told[r.ID] {
			w.told[r.ID] = true
			w.s.Observe(Event{Found: &Found{Rule: r.ID, Outcome: r.Outcome, Title: r.Rule.Title, Message: words.Text(r.Reason)}})
		}
		w.mu.Unlock()
	}
}
