package measure

import "time"

// Sample is one second of the run.
type Sample struct {
	At        time.Duration `json:"at_ns"` // since the start
	Planned   int64         `json:"planned"`
	Submitted int64         `json:"submitted"`
	Ended     int64         `json:"ended"`
	Failed    int64         `json:"failed"`    // of Ended: not succeeded
	InFlight  int64         `json:"in_flight"` // at the end of the second
	Polls     int64         `json:"polls"`
	Wasted    int64         `json:"wasted"`
	Throttled int64         `json:"throttled"`
	Errors    int64         `json:"errors"`
	BytesIn   int64         `json:"bytes_in"`
	// Latency is of the polls answered in this second, from their planned moments.
	Latency Spread `json:"latency"`
	// DoneIn is of the operations whose end was noticed in this second, and LagIn their detection lag,
	// at most.
	DoneIn Spread `json:"done_in"`
	LagIn  Spread `json:"lag_in"`
	// Late is the generator's own lateness.
	Late Spread `json:"late"`
}

// Add counts what another counted. At stays.
func (s *Sample) Add(o *Sample) {
	s.AddCounts(o)
	s.Latency.Add(&o.Latency)
	s.DoneIn.Add(&o.DoneIn)
	s.LagIn.Add(&o.LagIn)
	s.Late.Add(&o.Late)
}

// AddCounts counts what another counted, without its durations.
func (s *Sample) AddCounts(o *Sample) {
	s.Planned += o.Planned
	s.Submitted += o.Submitted
	s.Ended += o.Ended
	s.Failed += o.Failed
	s.InFlight += o.InFlight
	s.Polls += o.Polls
	s.Wasted += o.Wasted
	s.Throttled += o.Throttled
	s.Errors += o.Errors
	s.BytesIn += o.BytesIn
}

// Less returns the counts since an earlier sum; its durations are empty.
func (s *Sample) Less(earlier *Sample) Sample {
	return Sample{
		Planned: s.Planned - earlier.Planned, Submitted: s.Submitted - earlier.Submitted, Ended: s.Ended - earlier.Ended,
		Failed: s.Failed - earlier.Failed, Polls: s.Polls - earlier.Polls, Wasted: s.Wasted - earlier.Wasted,
		Throttled: s.Throttled - earlier.Throttled, Errors: s.Errors - earlier.Errors, BytesIn: s.BytesIn - earlier.BytesIn,
	}
}
