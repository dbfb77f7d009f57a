package measure

// Metric is one thing that is measured of every operation or request, by the name that thresholds
// and reports use.
type Metric struct {
	Name string
	// Text says what it is, for people.
	Text string
	// Plain is true of numbers; all others are durations.
	Plain bool
	// Lower reports whether less is better; false where neither is.
	Lower bool

	of    func(*Series) *Histogram
	least func(*Series) *Histogram // where only bounds may be known: the lower ones; nil: they are exact
	open  func(*Series) *Histogram // what never came, by how long it was waited for; nil: all came
	// waited reports whether what open holds bounds the metric itself.
	waited bool
}

// Of returns the metric's histogram in a series: what is known of it, at most.
func (m Metric) Of(s *Series) *Histogram { return m.of(s) }

// Least returns the histogram of the least that the metric can have been. It is Of where the metric
// is known exactly.
func (m Metric) Least(s *Series) *Histogram {
	if m.least == nil {
		return m.of(s)
	}
	return m.least(s)
}

// Open returns how many never came: quantiles count them as longer than all that did.
func (m Metric) Open(s *Series) int64 {
	if m.open == nil {
		return 0
	}
	return m.open(s).Count()
}

var metrics = []Metric{
	{"accept", "submit to its answer", false, true, func(s *Series) *Histogram { return &s.Accept }, nil, func(s *Series) *Histogram { return &s.Open.Accept }, true},
	{"done", "submit to the moment when the client knew the end", false, true, func(s *Series) *Histogram { return &s.Done }, nil, func(s *Series) *Histogram { return &s.Open.Done }, true},
	{"work", "submit to the moment when the server was done, at most", false, true, func(s *Series) *Histogram { return &s.Work }, func(s *Series) *Histogram { return &s.WorkLeast }, func(s *Series) *Histogram { return &s.Open.Done }, false},
	{"lag", "the server was done, to the client knew, at most", false, true, func(s *Series) *Histogram { return &s.Lag }, func(s *Series) *Histogram { return &s.LagLeast }, func(s *Series) *Histogram { return &s.Open.Done }, false},
	{"poll", "a poll to its answer", false, true, func(s *Series) *Histogram { return &s.Poll }, nil, func(s *Series) *Histogram { return &s.Open.Poll }, true},
	{"result", "the result's request to its last byte", false, true, func(s *Series) *Histogram { return &s.Result }, nil, func(s *Series) *Histogram { return &s.Open.Result }, true},
	{"server", "a request's last byte to the answer's first", false, true, func(s *Series) *Histogram { return &s.Server }, nil, func(s *Series) *Histogram { return &s.Open.Server }, true},
	{"connection", "the wait for a connection", false, true, func(s *Series) *Histogram { return &s.Connection }, nil, nil, false},
	{"late", "how much later than planned a request left: the generator's own fault", false, true, func(s *Series) *Histogram { return &s.Late }, nil, nil, false},
	{"asked", "the server's hints", false, false, func(s *Series) *Histogram { return &s.Asked }, nil, nil, false},
	{"needed", "how long each hint should have been, at most", false, false, func(s *Series) *Histogram { return &s.Needed }, func(s *Series) *Histogram { return &s.NeededLeast }, func(s *Series) *Histogram { return &s.Open.Done }, false},
	{"polls", "polls of one operation", true, true, func(s *Series) *Histogram { return &s.Polls }, nil, nil, false},
}

// Metrics lists what is measured in histograms, in the order of a report. The list is the caller's.
func Metrics() []Metric { return append([]Metric(nil), metrics...) }

// Figure is a statistic as far as it is known: nanoseconds for durations.
type Figure struct {
	// Value is what it is, or at most is where only bounds are known. It means nothing unless Known.
	Value float64
	Known bool
	// More is what it is more than, where it is not known because some never came.
	More float64
}

// Quantile returns the duration that the share q of all (0 to 1) does not exceed, those included that
// never came: where they decide, it is not known. The second result is false if there were none.
func (m Metric) Quantile(s *Series, q float64) (Figure, bool) {
	known, open := m.of(s), m.Open(s)
	all := known.Count() + open
	if all == 0 {
		return Figure{}, false
	}
	rank := Rank(q, all)
	if rank <= known.Count() {
		return Figure{Value: float64(known.AtRank(rank)), Known: true}, true
	}
	if !m.waited {
		return Figure{More: float64(m.Least(s).AtRank(rank - open))}, true
	}
	both := *new(Histogram)
	both.Merge(known)
	both.Merge(m.open(s))
	return Figure{More: float64(both.AtRank(rank))}, true
}

// Max returns the largest of all, not known if any never came.
func (m Metric) Max(s *Series) (Figure, bool) { return m.Quantile(s, 1) }

// Mean returns the mean of all, not known if any never came.
func (m Metric) Mean(s *Series) (Figure, bool) {
	known, open := m.of(s), m.Open(s)
	n := float64(known.Count() + open)
	switch {
	case n == 0:
		return Figure{}, false
	case open == 0:
		return Figure{Value: known.MeanValue(), Known: true}, true
	}
	sum := m.Least(s).MeanValue() * float64(known.Count())
	if m.waited {
		sum += m.open(s).MeanValue() * float64(open)
	}
	return Figure{More: sum / n}, true
}
