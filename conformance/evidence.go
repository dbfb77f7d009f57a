package conformance

// Evidence is what checks judge: the transcripts of a run, and what was known about the target.
type Evidence struct {
	Target      Target
	Dialect     string
	Transcripts []Transcript
}

// Of returns the transcripts of a probe: that named probe, and those named probe/1, probe/2, ...
func (e *Evidence) Of(probe string) []Transcript {
	var all []Transcript
	for _, t := range e.Transcripts {
		if t.Probe == probe || len(t.Probe) > len(probe) && t.Probe[:len(probe)] == probe && t.Probe[len(probe)] == '/' {
			all = append(all, t)
		}
	}
	return all
}
