package evidence

import (
	"strings"
)

// Evidence is what checks judge: the transcripts of a run, and what was known about the target.
type Evidence struct {
	Target Target
	// Dialect is the name of the dialect that the transcripts are in; empty: generic.
	Dialect     string
	Transcripts []Transcript
}

// Of returns the transcripts of a probe: that named probe, and those named probe/1, probe/2, ...
func (e *Evidence) Of(probe string) []Transcript {
	var all []Transcript
	for _, t := range e.Transcripts {
		if t.Of(probe) {
			all = append(all, t)
		}
	}
	return all
}

// Of reports whether a probe held the conversation.
func (t *Transcript) Of(probe string) bool {
	return t.Probe == probe || strings.HasPrefix(t.Probe, probe+"/")
}
