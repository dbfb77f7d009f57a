package measure

// Count is one thing that is counted, by the name that thresholds and reports use.
type Count struct {
	Name string
	Text string
	// Base names what rate() divides it by; empty: it has no rate.
	Base string
	// Lower reports whether less is better.
	Lower bool

	of func(*Series) int64
}

// Of returns the count in a series.
func (c Count) Of(s *Series) int64 { return c.of(s) }

// Rate is the share of the count's base, 0 to 1; false if there is no base, or none was counted.
func (c Count) Rate(s *Series) (float64, bool) {
	if base := c.Among(s); base > 0 {
		return float64(c.of(s)) / float64(base), true
	}
	return 0, false
}

// Among is the count of the base; 0 if there is none.
func (c Count) Among(s *Series) int64 {
	for _, base := range countables {
		if base.Name == c.Base {
			return base.of(s)
		}
	}
	return 0
}

var countables = []Count{
	{"planned", "arrivals of the plan", "", false, func(s *Series) int64 { return s.Counts.Planned }},
	{"submitted", "operations that were started", "planned", false, func(s *Series) int64 { return s.Counts.Submitted }},
	{"shed", "arrivals that were not submitted: too many operations were in flight", "planned", true, func(s *Series) int64 { return s.Counts.Shed }},
	{"missed", "arrivals that were not submitted: their moment had passed when the process began", "planned", true, func(s *Series) int64 { return s.Counts.Missed }},
	{"unreached", "arrivals that were not submitted: the run ended before their moment", "planned", true, func(s *Series) int64 { return s.Counts.Unreached }},
	{"ended", "operations whose end is known, or given up", "submitted", false, func(s *Series) int64 { return s.Counts.Ended() }},
	{"pending", "operations that were not over when the run ended", "submitted", true, func(s *Series) int64 { return s.Counts.Pending }},
	{"succeeded", "operations that succeeded", "submitted", false, func(s *Series) int64 { return s.Counts.Succeeded }},
	{"failed", "operations of which the server said that they failed", "submitted", true, func(s *Series) int64 { return s.Counts.Failed }},
	{"cancelled", "operations that were cancelled", "submitted", true, func(s *Series) int64 { return s.Counts.Cancelled }},
	{"refused", "submits that the server would not take", "submitted", true, func(s *Series) int64 { return s.Counts.Refused }},
	{"lost", "operations whose fate is not known", "submitted", true, func(s *Series) int64 { return s.Counts.Lost }},
	{"gone", "operations that had expired", "submitted", true, func(s *Series) int64 { return s.Counts.Gone }},
	{"timed_out", "operations that took longer than the plan allows", "submitted", true, func(s *Series) int64 { return s.Counts.TimedOut }},
	{"requests", "requests of all kinds", "", false, func(s *Series) int64 { return s.Counts.Requests }},
	{"tried", "requests of all kinds, those included for which there was no connection", "", false, func(s *Series) int64 { return s.Counts.Requests + s.Counts.Unsent }},
	{"polls", "polls that were sent", "requests", true, func(s *Series) int64 { return s.Counts.PollsSent }},
	{"wasted_polls", "polls that were answered \"not yet\"", "polls", true, func(s *Series) int64 { return s.Counts.PollsWasted }},
	{"failed_polls", "polls without an answer, or answered by an error", "polls", true, func(s *Series) int64 { return s.Counts.PollsFailed }},
	{"early_polls", "polls before the hint allowed them", "polls", true, func(s *Series) int64 { return s.Counts.PollsEarly }},
	{"throttled", "answers with 429", "requests", true, func(s *Series) int64 { return s.Counts.Throttled }},
	{"resent", "requests that were sent again", "requests", true, func(s *Series) int64 { return s.Counts.Resent }},
	{"capped", "requests that waited because all connections were in use", "requests", true, func(s *Series) int64 { return s.Counts.Capped }},
	{"errors", "requests that went wrong, of all classes", "tried", true, errorsOf},
	{"bytes_in", "bytes received", "", false, func(s *Series) int64 { return s.Counts.BytesIn }},
	{"bytes_out", "bytes sent", "", false, func(s *Series) int64 { return s.Counts.BytesOut }},
}

func errorsOf(s *Series) (n int64) {
	for _, e := range s.Errors {
		if !e.Operations {
			n += e.Count
		}
	}
	return n
}

// Countables lists what is counted, in the order of a report. The list is the caller's.
func Countables() []Count { return append([]Count(nil), countables...) }
