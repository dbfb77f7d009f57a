package rules

import (
	"github.com/asyncctl/asyncctl/conformance/internal/evidence"
	"github.com/asyncctl/asyncctl/poller/lro"
)

// facts are evidence as checks read it. What they hold of it is shared: checks do not write to it.
type facts struct {
	*evidence.Evidence
	conversations []*conversation
	broken        string // why it cannot be judged
}

// read folds all transcripts.
func (e *facts) read(d lro.Dialect) {
	e.conversations = nil
	for i := range e.Transcripts {
		e.conversations = append(e.conversations, read(&e.Transcripts[i], d))
	}
}

// talks returns the conversations of probes; of all, if none is named.
func (e *facts) talks(probes ...string) []*conversation {
	if len(probes) == 0 {
		return e.conversations
	}
	var some []*conversation
	for _, c := range e.conversations {
		for _, probe := range probes {
			if c.Of(probe) {
				some = append(some, c)
			}
		}
	}
	return some
}

// talk returns the first conversation of a probe; nil: it held none.
func (e *facts) talk(probe string) *conversation {
	if all := e.talks(probe); len(all) > 0 {
		return all[0]
	}
	return nil
}
