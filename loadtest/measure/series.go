package measure

import (
	"cmp"
	"slices"
)

// Series is what one poll strategy came to.
type Series struct {
	Strategy string `json:"strategy"` // as it was asked for: "server", "fixed:1s"
	Counts   Counts `json:"counts"`

	// All latencies count from the planned moment of what begins them.
	Accept Histogram `json:"accept"` // submit to its answer
	Done   Histogram `json:"done"`   // submit to the moment when we knew the end
	// Work is submit to the moment when the server was done, where it tells; else what the polls bound
	// it by, its middle. Truth says which.
	Work Histogram `json:"work"`
	// Lag is from the moment when the server was done to when we knew.
	Lag    Histogram `json:"lag"`
	Poll   Histogram `json:"poll"`   // a poll to its answer
	Result Histogram `json:"result"` // the result's request to its last byte
	// Server is a request's last byte to the answer's first, and Connection the wait for a connection.
	Server     Histogram `json:"server"`
	Connection Histogram `json:"connection"`
	// Late is how much later than planned a request left: the generator's own fault.
	Late Histogram `json:"late"`
	// Asked is the hints of the server, and Needed how long the hint beside the acceptance should have
	// been to meet the end of the work: from the answer to the submit to the end, for each operation.
	Asked  Histogram `json:"asked"`
	Needed Histogram `json:"needed"`
	// Polls counts the polls of each operation, as if each were a nanosecond.
	Polls Histogram `json:"polls"`

	// Truth is how Lag and Work were found out: one of the words below.
	Truth  string       `json:"truth"`
	Errors []ErrorClass `json:"errors,omitempty"`
}

// How the end of the work was found out.
const (
	TruthServer  = "server"  // it tells when it was done
	TruthBounded = "bounded" // it lies in the middle between the last two polls, give or take half of that
	TruthMixed   = "mixed"   // the server told it of some operations
)

// Counts are of operations first, then of requests. Submitted is the sum of the fates, always.
type Counts struct {
	Submitted int64 `json:"submitted"` // submits that were sent
	Succeeded int64 `json:"succeeded"`
	Failed    int64 `json:"failed"`
	Cancelled int64 `json:"cancelled"`
	Refused   int64 `json:"refused"` // no operation was started
	Lost      int64 `json:"lost"`    // the fate is not known
	Gone      int64 `json:"gone"`    // expired
	TimedOut  int64 `json:"timed_out"`
	Pending   int64 `json:"pending"` // when the run ended

	Planned     int64 `json:"planned"` // arrivals of the plan; those not submitted were Shed
	Shed        int64 `json:"shed"`    // not submitted: too many were in flight
	Requests    int64 `json:"requests"`
	PollsSent   int64 `json:"polls_sent"`
	PollsWasted int64 `json:"polls_wasted"` // answered "not yet"
	PollsEarly  int64 `json:"polls_early"`  // before the hint allowed it; of strategies that ignore it
	Throttled   int64 `json:"throttled"`    // 429
	Resent      int64 `json:"resent"`       // tries beyond the first
	BytesIn     int64 `json:"bytes_in"`
	BytesOut    int64 `json:"bytes_out"`
}

// Balanced says whether every operation is accounted for.
func (c *Counts) Balanced() bool {
	return c.Submitted == c.Succeeded+c.Failed+c.Cancelled+c.Refused+c.Lost+c.Gone+c.TimedOut+c.Pending
}

// ErrorClass is one way in which things went wrong.
type ErrorClass struct {
	Reason  string `json:"reason"` // a reason of package lro, or "http 500", "reset", ...
	Count   int64  `json:"count"`
	Example string `json:"example"` // one of them, in words; clean it before it reaches a terminal
}

// Add counts what another measured. The strategy stays; of two truths it makes [TruthMixed].
func (s *Series) Add(o *Series) {
	s.Counts.Add(&o.Counts)
	for _, m := range metrics {
		m.Of(s).Merge(m.Of(o))
	}
	switch {
	case s.Truth == "":
		s.Truth = o.Truth
	case o.Truth != "" && s.Truth != o.Truth:
		s.Truth = TruthMixed
	}
	for _, e := range o.Errors {
		i := slices.IndexFunc(s.Errors, func(x ErrorClass) bool { return x.Reason == e.Reason })
		if i < 0 {
			s.Errors = append(s.Errors, e)
			continue
		}
		s.Errors[i].Count += e.Count
	}
	slices.SortStableFunc(s.Errors, func(a, b ErrorClass) int { return cmp.Compare(b.Count, a.Count) })
}

func (c *Counts) Add(o *Counts) {
	for i, n := range o.fields() {
		*c.fields()[i] += *n
	}
}

// fields are all counts, in the order of the struct.
func (c *Counts) fields() []*int64 {
	return []*int64{
		&c.Submitted, &c.Succeeded, &c.Failed, &c.Cancelled, &c.Refused, &c.Lost, &c.Gone, &c.TimedOut, &c.Pending,
		&c.Planned, &c.Shed, &c.Requests, &c.PollsSent, &c.PollsWasted, &c.PollsEarly, &c.Throttled, &c.Resent,
		&c.BytesIn, &c.BytesOut,
	}
}

// Ended is how many operations have a fate.
func (c *Counts) Ended() int64 {
	return c.Succeeded + c.Failed + c.Cancelled + c.Refused + c.Lost + c.Gone + c.TimedOut
}
