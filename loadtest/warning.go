package loadtest

import (
	"fmt"
	"time"

	"github.com/asyncctl/asyncctl/internal/measure"
	"github.com/asyncctl/asyncctl/internal/show"
)

// Warning is something that a reader of the figures has to know.
type Warning struct {
	// Code is a stable word for the kind of warning: one of the words below.
	Code string `json:"code"`
	Text string `json:"text"`
}

// The kinds of warnings.
const (
	WarnNothing     = "nothing-succeeded" // no operation succeeded
	WarnLost        = "lost"              // operations whose fate is not known
	WarnGone        = "gone"              // operations that had expired
	WarnTimedOut    = "timed-out"         // operations that took longer than the plan allows
	WarnPending     = "pending"           // operations that were not over when the run ended
	WarnShed        = "shed"              // arrivals that were not submitted: too many in flight
	WarnMissed      = "missed"            // arrivals whose moment had passed when the process began
	WarnUnreached   = "unreached"         // arrivals that the run did not come to
	WarnLate        = "late"              // the generator was late
	WarnConnections = "connections"       // requests waited for the generator's own connections
	WarnPorts       = "ports"             // there were no local ports left
	WarnSynchronous = "synchronous"       // no operation was polled
	WarnBacklog     = "backlog"           // the server does not keep up
	WarnEnds        = "end-times"         // end times that the server reported are not believed
	WarnUnsent      = "unsent-polls"      // polls that were due when the run ended
	WarnCredentials = "credentials"       // they could not be renewed
	WarnParts       = "parts"             // parts of the plan are missing, late or were ended
)

// Late begins to matter.
const (
	lateShare = 0.1 // of the median latency of a poll, or of a submit
	lateMin   = 5 * time.Millisecond
)

// warnings says what a reader of the figures has to know.
func (p *Plan) warnings(r *Result, workers []*worker) []Warning {
	sum := r.Total()
	all := append(r.warnSums(sum), r.own(sum, p.connections())...)
	if err := workers[0].run.keys.failed.Load(); err != nil {
		all = append(all, Warning{WarnCredentials, fmt.Sprintf("the credentials could not be renewed: %v", *err)})
	}
	return append(all, r.warnFlow()...)
}

// warnSums are the warnings that follow from what all parts of a plan come to together.
func (r *Result) warnSums(sum *measure.Series) []Warning {
	c := &sum.Counts
	all := fates(c)
	if c.EndsDenied > 0 {
		all = append(all, Warning{WarnEnds, fmt.Sprintf("the server reported an end time of %s that cannot be true, because it lies outside of what was observed: a time of something else, or without its zone. It is not used", show.Count(c.EndsDenied, "operation"))})
	}
	if sum.Done.Count() > 0 && c.PollsSent == 0 {
		all = append(all, Warning{WarnSynchronous, "no operation was polled: each submit was answered with its end, as a synchronous API does"})
	}
	return all
}

// fates are the warnings about operations that did not come to an end, and arrivals that did not come
// to a submit.
func fates(c *measure.Counts) []Warning {
	var all []Warning
	say := func(code string, n int64, text string) {
		if n > 0 {
			all = append(all, Warning{code, show.Count(n, "operation") + " of " + fmt.Sprint(c.Submitted) + " " + text})
		}
	}
	if c.Submitted > 0 && c.Succeeded == 0 {
		all = append(all, Warning{WarnNothing, "no operation succeeded"})
	}
	say(WarnLost, c.Lost, "lost: their fate is not known")
	say(WarnGone, c.Gone, "gone: the server no longer knew them")
	say(WarnTimedOut, c.TimedOut, "timed out: they took longer than the plan allows")
	say(WarnPending, c.Pending, "pending: they were not over when the run ended. Quantiles count them as longer than all others")
	arrivals := func(code string, n int64, text string) {
		if n > 0 {
			all = append(all, Warning{code, show.Count(n, "arrival") + " " + text})
		}
	}
	arrivals(WarnShed, c.Shed, "not submitted: too many operations were in flight")
	arrivals(WarnMissed, c.Missed, "not submitted: their moment had passed when this process began")
	arrivals(WarnUnreached, c.Unreached, "not submitted: the run ended before their moment")
	if c.PollsUnsent > 0 {
		all = append(all, Warning{WarnUnsent, show.Count(c.PollsUnsent, "poll") + " due and not sent when the run ended"})
	}
	return all
}

// own are the warnings about the generator's own part of the latencies.
func (r *Result) own(sum *measure.Series, connections int) []Warning {
	var all []Warning
	late, wait := sum.Late.Quantile(0.99), sum.Connection.Quantile(0.99)
	submits := sum.LateSubmits.Quantile(0.99)
	at := late.Round(100 * time.Microsecond)
	switch {
	case late > lateMin && late > time.Duration(lateShare*float64(sum.Poll.Quantile(0.5))):
		switch {
		case sum.Counts.Capped > 0 && wait > late/2:
			all = append(all, Warning{WarnConnections, fmt.Sprintf("the generator was late: %s waited because all of its %d connections were in use, 1 of 100 for %v or longer. That wait is in accept, done and poll, and is not the server's: allow more connections", show.Count(sum.Counts.Capped, "request"), connections, at)})
		case wait > late/2:
			all = append(all, Warning{WarnLate, fmt.Sprintf("the generator was late: 1 of 100 requests waited %v or longer for a connection to be opened. That wait is in accept, done and poll", at)})
		default:
			all = append(all, Warning{WarnLate, fmt.Sprintf("the generator was late: 1 of 100 requests left %v or more after its moment. This machine is too slow or too busy for the load; what was measured is its own queue too", at)})
		}
	case submits > lateMin && submits > time.Duration(lateShare*float64(sum.Accept.Quantile(0.5))):
		all = append(all, Warning{WarnLate, fmt.Sprintf("the generator was late: 1 of 100 submits left %v or more after its moment, which is in accept, done and work; its polls, which are many more, were not", submits.Round(100*time.Microsecond))})
	}
	if ports := r.errors("no-port"); ports > 0 {
		all = append(all, Warning{WarnPorts, fmt.Sprintf("%d connections could not be made for want of local ports: keep connections open, or use fewer", ports)})
	}
	return all
}

func (r *Result) errors(reason string) int64 {
	n := int64(0)
	for _, s := range r.Series {
		for _, e := range s.Errors {
			if e.Reason == reason && !e.Operations {
				n += e.Count
			}
		}
	}
	return n
}
