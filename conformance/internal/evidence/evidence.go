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
	// Methods are the only ones that might be sent; nil: all.
	Methods []string
	// Recorded says that somebody else held the conversations: what nobody asked is not in them.
	Recorded bool

	secrets []string // what was configured as credentials, in clear
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

// Know takes note of values that were configured as credentials. They are never written to a file.
func (e *Evidence) Know(values ...string) { e.secrets = append(e.secrets, values...) }

// Known returns the values that were configured as credentials, as long as they were not redacted.
func (e *Evidence) Known() []string { return e.secrets }
