package judge

import (
	"cmp"
	"errors"
	"fmt"
	"math"
	"slices"
	"time"

	"github.com/asyncctl/asyncctl/internal/measure"
	"github.com/asyncctl/asyncctl/loadtest"
)

// AdviseOptions say what the advice is for. The zero value is a server that answers with Retry-After
// in whole seconds, and clients that are up to a tenth later than asked, as this project's are.
type AdviseOptions struct {
	// Unit is what the header can say; 0: a second (RFC 9110, section 10.2.3). For headers in
	// milliseconds, time.Millisecond.
	Unit time.Duration
	// Jitter is the share by which clients are later than asked, at most; 0: 0.1. Negative: none.
	Jitter float64
	// Worth is what one more poll per operation has to shorten the lag by, as a share of the mean time
	// of the work, to be worth it; 0: 0.02. It decides where the knee is.
	Worth float64
}

func (o AdviseOptions) withDefaults() AdviseOptions {
	if o.Unit <= 0 {
		o.Unit = time.Second
	}
	if o.Jitter == 0 {
		o.Jitter = 0.1
	}
	o.Jitter = max(0, min(o.Jitter, 1))
	if o.Worth <= 0 {
		o.Worth = 0.02
	}
	return o
}

// Point is what a schedule comes to, for a plot or a table.
type Point struct {
	Schedule Schedule      `json:"schedule"`
	Words    string        `json:"words"`
	Polls    float64       `json:"polls_per_operation"`
	Mean     time.Duration `json:"lag_mean_ns"`
	P50      time.Duration `json:"lag_p50_ns"`
	P90      time.Duration `json:"lag_p90_ns"`
	P99      time.Duration `json:"lag_p99_ns"`
	// Cost is what is weighed: the mean lag as a share of the mean work, and Worth for each poll.
	Cost float64 `json:"cost"`
}

// Ran is what a strategy of the run itself came to.
type Ran struct {
	Strategy string        `json:"strategy"`
	Polls    float64       `json:"polls_per_operation"`
	Mean     time.Duration `json:"lag_mean_ns"`
	P50      time.Duration `json:"lag_p50_ns"`
	P90      time.Duration `json:"lag_p90_ns"`
	P99      time.Duration `json:"lag_p99_ns"`
}

// Advice is what to put into Retry-After, and why.
type Advice struct {
	Operations int64         `json:"operations"`   // whose completion was measured
	Rate       float64       `json:"rate"`         // operations per second
	InFlight   float64       `json:"in_flight"`    // on average, by Little's law
	WorkMean   time.Duration `json:"work_mean_ns"` // from the answer to the submit, as all of Work
	WorkP50    time.Duration `json:"work_p50_ns"`
	WorkP90    time.Duration `json:"work_p90_ns"`
	WorkP99    time.Duration `json:"work_p99_ns"`
	Accept     time.Duration `json:"accept_ns"`
	Answer     time.Duration `json:"answer_ns"`
	Unit       time.Duration `json:"unit_ns"`
	Jitter     float64       `json:"jitter"`
	Worth      float64       `json:"worth"`

	// Fixed is the curve of headers that are always the same, the shortest first, and Growing that of
	// "first, then a share of the age", both with any value, not only whole units.
	Fixed   []Point `json:"fixed"`
	Growing []Point `json:"growing"`
	// Header is the knee of Fixed in whole units: the value to send if it is always the same.
	Header Point `json:"header"`
	// Rule is what is better than that, by more than a twentieth of the cost; nil if nothing is.
	Rule *Point `json:"rule,omitempty"`
	Ran  []Ran  `json:"ran"`
	// Proofs hold the replay against what the run itself measured, for each of its strategies.
	Proofs []Proof      `json:"proofs"`
	Loads  []StatusLoad `json:"loads"`
	// Cautions say what the advice does not know.
	Cautions []string `json:"cautions,omitempty"`
}

// Best is the rule if there is one, else the header.
func (a *Advice) Best() Point {
	if a.Rule != nil {
		return *a.Rule
	}
	return a.Header
}

// ErrNothingDone is why there is no advice: no operation's completion was seen.
var ErrNothingDone = errors.New("no operation was seen to be done: there is nothing to replay; run longer, or look at the errors of the run")

// Advise replays the run's completion times under many schedules and recommends one. It is a pure
// function. It takes about a second for a million operations: the cost is by the histogram's bars.
func Advise(r *loadtest.Result, o AdviseOptions) (*Advice, error) {
	o = o.withDefaults()
	w := workloadOf(r)
	w.Jitter = o.Jitter
	if w.count() == 0 {
		return nil, ErrNothingDone
	}
	var accept measure.Histogram
	for i := range r.Series {
		accept.Merge(&r.Series[i].Accept)
	}
	a := &Advice{
		Operations: w.count(), WorkMean: w.mean(), WorkP50: w.quantile(0.5), WorkP90: w.quantile(0.9), WorkP99: w.quantile(0.99),
		Accept: accept.Quantile(0.5), Answer: w.Answer, Unit: o.Unit, Jitter: o.Jitter, Worth: o.Worth,
	}
	a.Rate, _ = perSecond(submitted(r), r.Arriving())
	a.InFlight = a.Rate * a.WorkMean.Seconds()
	weigh := func(s Schedule, unit time.Duration, tries int) Point {
		v := w
		v.Unit, v.Tries = unit, tries
		return pointOf(v.Replay(s), w.mean(), o.Worth)
	}
	for _, interval := range w.intervals() {
		a.Fixed = append(a.Fixed, weigh(Fixed(interval), 0, 32))
		share := float64(interval) / float64(max(w.quantile(0.5), 1))
		a.Growing = append(a.Growing, weigh(Schedule{First: interval, Then: interval, Share: min(share, 1)}, 0, 32))
	}
	cheapest := func(schedules []Schedule) Point {
		best := slices.MinFunc(schedules, func(x, y Schedule) int {
			return cmp.Compare(weigh(x, o.Unit, 8).Cost, weigh(y, o.Unit, 8).Cost)
		})
		return weigh(best, o.Unit, 0)
	}
	a.Header = cheapest(w.headers(o.Unit))
	if rules := w.rules(o.Unit); len(rules) > 0 {
		if rule := cheapest(rules); rule.Cost < 0.95*a.Header.Cost {
			a.Rule = &rule
		}
	}
	a.Ran = ran(r)
	for i := range r.Series {
		if p, ok := w.prove(&r.Series[i], r.Clock); ok {
			a.Proofs = append(a.Proofs, p)
		}
	}
	a.Loads = w.loads(a)
	a.Cautions = cautions(r, a)
	return a, nil
}

func pointOf(r Replayed, work time.Duration, worth float64) Point {
	return Point{
		Schedule: r.Schedule, Words: r.Schedule.String(), Polls: r.Polls, Mean: r.MeanLag,
		P50: r.Lag.Quantile(0.5), P90: r.Lag.Quantile(0.9), P99: r.Lag.Quantile(0.99),
		Cost: float64(r.MeanLag)/float64(max(work, 1)) + worth*r.Polls,
	}
}

// workloadOf takes the completion times of all series together: the server was the same, and what it
// did does not depend on who asked. They count from the answer to the submit, where the first pause of
// a client begins.
func workloadOf(r *loadtest.Result) Workload {
	var most, least, poll measure.Histogram
	for i := range r.Series {
		most.Merge(&r.Series[i].Needed)
		least.Merge(&r.Series[i].NeededLeast)
		poll.Merge(&r.Series[i].Poll)
	}
	return Workload{Work: middles(&most, &least), Answer: poll.Quantile(0.5)}
}

// middles are the middles of the intervals in which operations ended, rank by rank; where the server
// tells of the moment, that.
func middles(most, least *measure.Histogram) []measure.Bar {
	n := most.Count()
	if least.Count() != n || most.MeanValue() == least.MeanValue() {
		return most.Bars()
	}
	const steps = 2000
	var all measure.Histogram
	for i := range min(n, steps) {
		from, to := i*n/min(n, steps), (i+1)*n/min(n, steps)
		rank := from + (to-from+1)/2
		all.RecordN((most.AtRank(max(rank, 1))+least.AtRank(max(rank, 1)))/2, to-from)
	}
	return all.Bars()
}

func submitted(r *loadtest.Result) (n int64) {
	for _, s := range r.Series {
		n += s.Counts.Submitted
	}
	return n
}

// intervals are those of the curves: from a hundredth of the median to beyond the longest.
func (w Workload) intervals() []time.Duration {
	const steps = 48
	shortest := max(w.quantile(0.5)/100, w.quantile(1)/10000, time.Millisecond)
	longest := max(w.quantile(0.99)*5/4, 2*shortest)
	list := make([]time.Duration, steps)
	for i := range list {
		list[i] = time.Duration(float64(shortest) * math.Pow(float64(longest)/float64(shortest), float64(i)/(steps-1)))
	}
	return list
}

// headers are the fixed values that can be recommended: whole units, about a tenth apart.
func (w Workload) headers(unit time.Duration) []Schedule {
	var list []Schedule
	for _, interval := range w.wholes(unit) {
		list = append(list, Fixed(interval))
	}
	return list
}

func (w Workload) wholes(unit time.Duration) []time.Duration {
	longest := w.quantile(0.99)*5/4 + unit
	shortest := max(unit, (w.quantile(1)/10000+unit-1)/unit*unit)
	var list []time.Duration
	for d := shortest; d <= longest; d = max(d+unit, time.Duration(float64(d)*1.1)/unit*unit) {
		list = append(list, d)
	}
	if len(list) == 0 {
		list = append(list, shortest)
	}
	return list
}

// rules are what can be recommended beside a fixed value: a first pause that lets the shortest
// operations finish, then a fixed or a growing one.
func (w Workload) rules(unit time.Duration) []Schedule {
	wholes := w.wholes(unit)
	var firsts []time.Duration
	for _, q := range []float64{0.01, 0.05, 0.1, 0.25, 0.5, 0.75, 0.9} {
		for _, first := range []time.Duration{w.quantile(q) / unit * unit, (w.quantile(q) + unit - 1) / unit * unit} {
			if first > 0 && !slices.Contains(firsts, first) {
				firsts = append(firsts, first)
			}
		}
	}
	var list []Schedule
	for _, first := range firsts {
		for i, then := range wholes {
			if i%2 == 0 {
				list = append(list, Schedule{First: first, Then: then})
			}
		}
		for _, share := range []float64{0.05, 0.1, 0.15, 0.2, 0.25, 0.33, 0.5} {
			list = append(list, Schedule{First: first, Then: wholes[0], Share: share})
		}
	}
	return list
}

func ran(r *loadtest.Result) []Ran {
	list := []Ran{}
	for i := range r.Series {
		if s := &r.Series[i]; s.Lag.Count() > 0 {
			list = append(list, Ran{
				Strategy: s.Strategy, Polls: s.Polls.MeanValue(), Mean: time.Duration(s.Lag.MeanValue()),
				P50: s.Lag.Quantile(0.5), P90: s.Lag.Quantile(0.9), P99: s.Lag.Quantile(0.99),
			})
		}
	}
	return list
}

// cautions say what makes the advice doubtful.
func cautions(r *loadtest.Result, a *Advice) []string {
	var list []string
	for _, s := range r.Series {
		if s.Truth != measure.TruthServer {
			list = append(list, "the server does not tell of every operation when it was done: the times of the work are the middle of what the polls leave open, so intervals shorter than those of the run ("+s.Strategy+") are guesses")
			break
		}
	}
	if u := r.Clock.Uncertainty; r.Clock.Known && u > a.WorkP50/10 {
		list = append(list, "the server's clock is read within "+significant(u).String()+" only, which is much beside the time of the work: a longer run reads it better")
	}
	if a.Operations < 100 {
		list = append(list, "it rests on fewer than 100 operations: take it as a hint")
	}
	if a.WorkP50 < a.Unit {
		list = append(list, "half of the work takes less than the shortest pause that the header can ask for ("+significant(a.Unit).String()+"): let the submit wait a moment and answer with the result (Prefer: wait), or use a header in milliseconds")
	}
	if n := r.Total().Open.Done.Count(); n > 0 {
		list = append(list, fmt.Sprintf("%d operations are not in it, because their end was not known: if they take long, so do the ones that it stands for", n))
	}
	if r.Stopped != "" {
		list = append(list, "the run ended before its plan did ("+r.Stopped+"): operations that take long are missing from it")
	}
	for _, p := range a.Proofs {
		if p.Checked && !p.Holds {
			list = append(list, "the replay does not hold for this run ("+p.Note+"): do not rely on the value, try it on the server itself")
		}
	}
	return list
}

// perSecond is a count over the time of the run; false for a run that took none.
func perSecond(n int64, elapsed time.Duration) (float64, bool) {
	if elapsed <= 0 {
		return 0, false
	}
	return float64(n) / elapsed.Seconds(), true
}
