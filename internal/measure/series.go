package measure

import (
	"cmp"
	"slices"
)

// Series is what one poll strategy came to, for one kind of operation.
type Series struct {
	Strategy string `json:"strategy"`       // as it was asked for: "server", "fixed:1s"
	Kind     string `json:"kind,omitempty"` // of a mix; empty where there is one kind
	Counts   Counts `json:"counts"`

	// All latencies count from the planned moment of what begins them.
	Accept Histogram `json:"accept"` // submit to its answer
	Done   Histogram `json:"done"`   // submit to the moment when we knew the end
	// Work is submit to the moment when the server was done, and Lag from there to when we knew: where
	// the server tells of that moment, else at most. WorkLeast and LagLeast are the least that they
	// can have been. Truth says which.
	Work      Histogram `json:"work"`
	WorkLeast Histogram `json:"work_least"`
	Lag       Histogram `json:"lag"`
	LagLeast  Histogram `json:"lag_least"`
	Poll      Histogram `json:"poll"`   // a poll to its answer
	Result    Histogram `json:"result"` // the result's request to its last byte
	// Server is a request's last byte to the answer's first, and Connection the wait for a connection.
	Server     Histogram `json:"server"`
	Connection Histogram `json:"connection"`
	// Late is how much later than planned a request left: the generator's own part of all latencies,
	// the wait for a connection included. LateSubmits is the same of submits alone, which are few beside
	// the polls of a quick strategy.
	Late        Histogram `json:"late"`
	LateSubmits Histogram `json:"late_submits"`
	// Asked is the hints of the server, and Needed how long the hint beside the acceptance should have
	// been to meet the end of the work: from the answer to the submit to the end, for each operation,
	// at most; NeededLeast at least.
	Asked       Histogram `json:"asked"`
	Needed      Histogram `json:"needed"`
	NeededLeast Histogram `json:"needed_least"`
	// Polls counts the polls of each operation, as if each were a nanosecond.
	Polls Histogram `json:"polls"`
	// Open is what had not come when the run, or the patience of the plan, ended.
	Open Open `json:"open"`
	// Blocks are the parts of the run from which the chance in the figures is read; see [Blocks].
	Blocks Blocks `json:"blocks"`

	// Truth is how Lag and Work were found out: one of the words below.
	Truth  string       `json:"truth"`
	Errors []ErrorClass `json:"errors,omitempty"`
}

// Open is how long what never came had been waited for: a submit without an answer, an operation
// whose end was not known, a poll without an answer, a result that did not come. Each is a lower
// bound of what the figure would have been.
type Open struct {
	Accept Histogram `json:"accept"`
	Done   Histogram `json:"done"`
	Poll   Histogram `json:"poll"`
	Result Histogram `json:"result"`
	Server Histogram `json:"server"`
}

func (o *Open) all() []*Histogram {
	return []*Histogram{&o.Accept, &o.Done, &o.Poll, &o.Result, &o.Server}
}

// How the end of the work was found out.
const (
	TruthServer  = "server"  // it tells when it was done
	TruthBounded = "bounded" // it lies between the last two answers
	TruthMixed   = "mixed"   // the server reported it for some operations
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

	Planned     int64 `json:"planned"`   // arrivals of the plan: Submitted, Shed, Missed and Unreached
	Shed        int64 `json:"shed"`      // not submitted: too many were in flight
	Missed      int64 `json:"missed"`    // not submitted: their moment had passed when this process began
	Unreached   int64 `json:"unreached"` // not submitted: the run ended before their moment
	Requests    int64 `json:"requests"`
	Unsent      int64 `json:"requests_unsent"` // no connection could be made; not in Requests
	PollsSent   int64 `json:"polls_sent"`
	PollsWasted int64 `json:"polls_wasted"` // answered "not yet"
	PollsFailed int64 `json:"polls_failed"` // not answered, or by an error
	PollsTold   int64 `json:"polls_told"`   // answered with an end, or a step towards it
	PollsOpen   int64 `json:"polls_open"`   // under way when the run ended
	PollsUnsent int64 `json:"polls_unsent"` // due, and not sent, when the run ended; not in PollsSent
	PollsEarly  int64 `json:"polls_early"`  // before the hint allowed it; of strategies that ignore it
	Throttled   int64 `json:"throttled"`    // 429
	Resent      int64 `json:"resent"`       // tries beyond the first; of polls too
	Capped      int64 `json:"capped"`       // requests that waited because all connections were in use
	EndsDenied  int64 `json:"ends_denied"`  // end times that the server reported and that cannot be true
	BytesIn     int64 `json:"bytes_in"`
	BytesOut    int64 `json:"bytes_out"`
}

// Balanced reports whether every operation, every arrival and every poll is accounted for.
func (c *Counts) Balanced() bool {
	return c.Planned == c.Submitted+c.Shed+c.Missed+c.Unreached &&
		c.PollsSent == c.PollsWasted+c.PollsFailed+c.PollsTold+c.PollsOpen &&
		c.Submitted == c.Succeeded+c.Failed+c.Cancelled+c.Refused+c.Lost+c.Gone+c.TimedOut+c.Pending
}

// ErrorClass is one way in which things went wrong.
type ErrorClass struct {
	Reason string `json:"reason"` // a reason of package lro, or "http 500", "reset", ...
	Count  int64  `json:"count"`
	// Operations reports whether operations are counted, by how they ended; otherwise requests are.
	Operations bool   `json:"operations,omitempty"`
	Example    string `json:"example"` // one of them, in words; clean it before it reaches a terminal
}

// Name tells the series of a result apart: the strategy, with the kind in front where there is a mix.
func (s *Series) Name() string {
	if s.Kind == "" {
		return s.Strategy
	}
	return s.Kind + " " + s.Strategy
}

// Add counts what another measured. Strategy and kind stay; of two truths it makes [TruthMixed].
func (s *Series) Add(o *Series) {
	s.Counts.Add(&o.Counts)
	for _, m := range metrics {
		m.Of(s).Merge(m.Of(o))
		if m.least != nil {
			m.least(s).Merge(m.least(o))
		}
	}
	s.LateSubmits.Merge(&o.LateSubmits)
	for i, h := range s.Open.all() {
		h.Merge(o.Open.all()[i])
	}
	s.Blocks.Add(&o.Blocks)
	switch {
	case s.Truth == "":
		s.Truth = o.Truth
	case o.Truth != "" && s.Truth != o.Truth:
		s.Truth = TruthMixed
	}
	for _, e := range o.Errors {
		i := slices.IndexFunc(s.Errors, func(x ErrorClass) bool { return x.Reason == e.Reason && x.Operations == e.Operations })
		if i < 0 {
			s.Errors = append(s.Errors, e)
			continue
		}
		s.Errors[i].Count += e.Count
	}
	slices.SortFunc(s.Errors, func(a, b ErrorClass) int {
		return cmp.Or(cmp.Compare(b.Count, a.Count), cmp.Compare(a.Reason, b.Reason))
	})
}

// Add counts what another counted.
func (c *Counts) Add(o *Counts) {
	for i, n := range o.fields() {
		*c.fields()[i] += *n
	}
}

// fields are all counts, in the order of the struct.
func (c *Counts) fields() []*int64 {
	return []*int64{
		&c.Submitted, &c.Succeeded, &c.Failed, &c.Cancelled, &c.Refused, &c.Lost, &c.Gone, &c.TimedOut, &c.Pending,
		&c.Planned, &c.Shed, &c.Missed, &c.Unreached, &c.Requests, &c.Unsent, &c.PollsSent, &c.PollsWasted, &c.PollsFailed, &c.PollsTold,
		&c.PollsOpen, &c.PollsUnsent, &c.PollsEarly, &c.Throttled, &c.Resent, &c.Capped, &c.EndsDenied,
		&c.BytesIn, &c.BytesOut,
	}
}

// Ended is how many operations have a fate.
func (c *Counts) Ended() int64 {
	return c.Succeeded + c.Failed + c.Cancelled + c.Refused + c.Lost + c.Gone + c.TimedOut
}
