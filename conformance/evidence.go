package conformance

import (
	"strings"

	"github.com/asyncctl/asyncctl/poller/lro"
)

// Evidence is what checks judge: the transcripts of a run, and what was known about the target.
type Evidence struct {
	Target Target
	// Dialect is the name of the dialect that the transcripts are in; empty: generic.
	Dialect     string
	Transcripts []Transcript

	conversations []*conversation
	broken        string // why it cannot be judged
}

// Of returns the transcripts of a probe: that named probe, and those named probe/1, probe/2, ...
func (e *Evidence) Of(probe string) []Transcript {
	var all []Transcript
	for _, t := range e.Transcripts {
		if t.of(probe) {
			all = append(all, t)
		}
	}
	return all
}

// of says whether a probe held the conversation.
func (t *Transcript) of(probe string) bool {
	return t.Probe == probe || strings.HasPrefix(t.Probe, probe+"/")
}

// read folds all transcripts.
func (e *Evidence) read(d lro.Dialect) {
	e.conversations = nil
	for i := range e.Transcripts {
		e.conversations = append(e.conversations, read(&e.Transcripts[i], d))
	}
}

// talks returns the conversations of probes; of all, if none is named.
func (e *Evidence) talks(probes ...string) []*conversation {
	if len(probes) == 0 {
		return e.conversations
	}
	var some []*conversation
	for _, c := range e.conversations {
		for _, probe := range probes {
			if c.of(probe) {
				some = append(some, c)
			}
		}
	}
	return some
}

// talk returns the first conversation of a probe; nil: it held none.
func (e *Evidence) talk(probe string) *conversation {
	if all := e.talks(probe); len(all) > 0 {
		return all[0]
	}
	return nil
}
