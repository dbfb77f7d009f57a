package measure

// Metric is one thing that is measured of every operation or request, by the name that thresholds
// and reports use.
type Metric struct {
	Name string
	// Text says what it is, for people.
	Text string
	// Plain is true of numbers; all others are durations.
	Plain bool
	// Lower says that less is better; false where neither is.
	Lower bool

	of func(*Series) *Histogram
}

// Of returns the metric's histogram in a series.
func (m Metric) Of(s *Series) *Histogram { return m.of(s) }

var metrics = []Metric{
	{"accept", "submit to its answer", false, true, func(s *Series) *Histogram { return &s.Accept }},
	{"done", "submit to the moment when the client knew the end", false, true, func(s *Series) *Histogram { return &s.Done }},
	{"work", "submit to the moment when the server was done", false, true, func(s *Series) *Histogram { return &s.Work }},
	{"lag", "the server was done, to the client knew", false, true, func(s *Series) *Histogram { return &s.Lag }},
	{"poll", "a poll to its answer", false, true, func(s *Series) *Histogram { return &s.Poll }},
	{"result", "the result's request to its last byte", false, true, func(s *Series) *Histogram { return &s.Result }},
	{"server", "a request's last byte to the answer's first", false, true, func(s *Series) *Histogram { return &s.Server }},
	{"connection", "the wait for a connection", false, true, func(s *Series) *Histogram { return &s.Connection }},
	{"late", "how much later than planned a request left: the generator's own fault", false, true, func(s *Series) *Histogram { return &s.Late }},
	{"asked", "the server's hints", false, false, func(s *Series) *Histogram { return &s.Asked }},
	{"needed", "how long each hint should have been", false, false, func(s *Series) *Histogram { return &s.Needed }},
	{"polls", "polls of one operation", true, true, func(s *Series) *Histogram { return &s.Polls }},
}

// Metrics lists what is measured in histograms, in the order of a report. The list is the caller's.
func Metrics() []Metric { return append([]Metric(nil), metrics...) }

// Count is one thing that is counted, by the name that thresholds and reports use.
type Count struct {
	Name string
	Text string
	// Base names what rate() divides it by; empty: it has no rate.
	Base string
	// Lower says that less is better.
	Lower bool

	of func(*Series) int64
}

// Of returns the count in a series.
func (c Count) Of(s *Series) int64 { return c.of(s) }

// Rate is the share of the count's base, 0 to 1; false if there is no base, or none was counted.
func (c Count) Rate(s *Series) (float64, bool) {
	for _, base := range countables {
		if base.Name == c.Base && base.of(s) > 0 {
			return float64(c.of(s)) / float64(base.of(s)), true
		}
	}
	return 0, false
}

var countables = []Count{
	{"planned", "arrivals of the plan", "", false, func(s *Series) int64 { return s.Counts.Planned }},
	{"submitted", "operations that were started", "planned", false, func(s *Series) int64 { return s.Counts.Submitted }},
	{"shed", "arrivals that were not submitted: too many operations were in flight", "planned", true, func(s *Series) int64 { return s.Counts.Shed }},
	{"ended", "operations whose end is known, or given up", "submitted", false, func(s *Series) int64 { return s.Counts.Submitted - s.Counts.Pending }},
	{"pending", "operations that were not over when the run ended", "submitted", true, func(s *Series) int64 { return s.Counts.Pending }},
	{"succeeded", "operations that succeeded", "ended", false, func(s *Series) int64 { return s.Counts.Succeeded }},
	{"failed", "operations of which the server said that they failed", "ended", true, func(s *Series) int64 { return s.Counts.Failed }},
	{"cancelled", "operations that were called off", "ended", true, func(s *Series) int64 { return s.Counts.Cancelled }},
	{"refused", "submits that the server would not take", "ended", true, func(s *Series) int64 { return s.Counts.Refused }},
	{"lost", "operations whose fate is not known", "ended", true, func(s *Series) int64 { return s.Counts.Lost }},
	{"gone", "operations that had expired", "ended", true, func(s *Series) int64 { return s.Counts.Gone }},
	{"timed_out", "operations that took longer than the plan allows", "ended", true, func(s *Series) int64 { return s.Counts.TimedOut }},
	{"requests", "requests of all kinds", "", false, func(s *Series) int64 { return s.Counts.Requests }},
	{"polls", "polls that were sent", "requests", true, func(s *Series) int64 { return s.Counts.PollsSent }},
	{"wasted_polls", "polls that were answered \"not yet\"", "polls", true, func(s *Series) int64 { return s.Counts.PollsWasted }},
	{"early_polls", "polls before the hint allowed them", "polls", true, func(s *Series) int64 { return s.Counts.PollsEarly }},
	{"throttled", "answers with 429", "requests", true, func(s *Series) int64 { return s.Counts.Throttled }},
	{"resent", "requests that were sent again", "requests", true, func(s *Series) int64 { return s.Counts.Resent }},
	{"errors", "requests and operations that went wrong, of all classes", "requests", true, errorsOf},
	{"bytes_in", "bytes received", "", false, func(s *Series) int64 { return s.Counts.BytesIn }},
	{"bytes_out", "bytes sent", "", false, func(s *Series) int64 { return s.Counts.BytesOut }},
}

func errorsOf(s *Series) (n int64) {
	for _, e := range s.Errors {
		n += e.Count
	}
	return n
}

// Countables lists what is counted, in the order of a report. The list is the caller's.
func Countables() []Count { return append([]Count(nil), countables...) }
