package poller

import (
	"net/http"
	"time"

	"github.com/asyncctl/asyncctl/internal/jsontext"
	"github.com/asyncctl/asyncctl/poller/lro"
)

// Times are a server's own timestamps, as it gave them.
type Times struct {
	Created *time.Time `json:"created,omitempty"`
	Started *time.Time `json:"started,omitempty"`
	Updated *time.Time `json:"updated,omitempty"`
	Ended   *time.Time `json:"ended,omitempty"`
}

// Timing is how the time of an operation went, in milliseconds.
type Timing struct {
	// ElapsedMS is from the first request, or the beginning of the wait, to the end.
	ElapsedMS int64 `json:"elapsed_ms"`
	// AcceptedMS is from the submit to its acceptance; 0 where there was no submit.
	AcceptedMS int64 `json:"accepted_ms,omitempty"`
	// JobMS is how long the work took by the server's own timestamps; nil where it gives none.
	JobMS *int64 `json:"job_ms,omitempty"`
	// LagFromMS and LagToMS are the bounds of the detection lag, from the end of the work to the answer that said
	// so, by the server's own timestamp: its Date fields tell how far its clock is from ours, each within a
	// second. Nil where it gives no timestamp, or one that contradicts what it answered.
	LagFromMS *int64 `json:"lag_from_ms,omitempty"`
	LagToMS   *int64 `json:"lag_to_ms,omitempty"`
	// MaxLagMS bounds the lag by our own clock: from the last answer that said "not yet" to the one that said "done".
	MaxLagMS int64 `json:"max_lag_ms"`
	// HTTPMS is the sum of all requests.
	HTTPMS int64 `json:"http_ms"`
}

// clock collects what Timing is made of.
type clock struct {
	began, accepted      time.Time
	lastPending, noticed time.Time
	http                 time.Duration
	ahead                span // the server's clock minus ours
	from, ended          *time.Time
}

// timeNames are the members in which status documents keep their times.
var timeNames = struct{ created, started, updated, ended []string }{
	created: []string{"/createdAt", "/created_at", "/createdTime", "/createdDateTime", "/created", "/submittedAt"},
	started: []string{"/startedAt", "/started_at", "/startTime", "/started"},
	updated: []string{"/lastUpdatedAt", "/updatedAt", "/updated_at", "/lastUpdatedTime", "/lastActionDateTime", "/updated"},
	ended:   []string{"/endTime", "/endedAt", "/finishedAt", "/finished_at", "/completedAt", "/completed_at", "/finished", "/completed"},
}

// readTimes returns the times in a JSON answer; nil if there are none.
func readTimes(r lro.Reply) *Times {
	doc := jsontext.Value(r.Body)
	if r.Status/100 != 2 || !doc.IsObject() {
		return nil
	}
	t := Times{
		Created: findTime(doc, timeNames.created), Started: findTime(doc, timeNames.started),
		Updated: findTime(doc, timeNames.updated), Ended: findTime(doc, timeNames.ended),
	}
	if t == (Times{}) {
		return nil
	}
	return &t
}

func findTime(doc jsontext.Value, pointers []string) *time.Time {
	for _, pointer := range pointers {
		v, ok := doc.At(pointer)
		if !ok {
			continue
		}
		if t, err := time.Parse(time.RFC3339, v.String()); err == nil {
			return &t
		}
	}
	return nil
}

// reply takes one reply into account.
func (c *clock) reply(phase string, op lro.Operation, r lro.Reply, times *Times, took time.Duration) {
	c.http += took
	if c.accepted.IsZero() && !op.Accepted.IsZero() && phase == lro.Submitting.String() {
		c.accepted = r.At
	}
	c.date(r, took)
	if times != nil && c.from == nil {
		c.from = first(times.Started, times.Created)
	}
	switch {
	case op.Phase == lro.Polling:
		c.lastPending = r.At
	case c.noticed.IsZero() && phase != lro.Submitting.String() && told(op):
		c.noticed = r.At
		if times != nil && op.State.Terminal() {
			c.ended = first(times.Ended, times.Updated)
		}
	}
}

// told reports whether the server has told the end of the operation, and not only stopped answering.
func told(op lro.Operation) bool {
	switch op.Outcome {
	case lro.Succeeded, lro.Failed, lro.Cancelled:
		return true
	}
	return op.Phase == lro.Fetching
}

func first(times ...*time.Time) *time.Time {
	for _, t := range times {
		if t != nil {
			return t
		}
	}
	return nil
}

// timing sums up at the end.
func (c *clock) timing(now time.Time) Timing {
	t := Timing{ElapsedMS: now.Sub(c.began).Milliseconds(), HTTPMS: c.http.Milliseconds()}
	if !c.accepted.IsZero() {
		t.AcceptedMS = c.accepted.Sub(c.began).Milliseconds()
	}
	if !c.noticed.IsZero() && !c.lastPending.IsZero() {
		t.MaxLagMS = c.noticed.Sub(c.lastPending).Milliseconds()
	}
	if c.ended == nil {
		return t
	}
	if c.from != nil && !c.ended.Before(*c.from) {
		job := c.ended.Sub(*c.from).Milliseconds()
		t.JobMS = &job
	}
	if lag := c.lag(); lag.known {
		from, to := lag.from.Milliseconds(), lag.to.Milliseconds()
		t.LagFromMS, t.LagToMS = &from, &to
	}
	return t
}

// span is where a duration lies. It is not known as long as nothing has been measured, and where measurements
// contradict each other.
type span struct {
	from, to      time.Duration
	known, broken bool
}

// within narrows a span by another measurement.
func (s span) within(from, to time.Duration) span {
	if s.known || s.broken {
		from, to = max(from, s.from), min(to, s.to)
	}
	s.broken = s.broken || from > to
	s.from, s.to, s.known = from, to, !s.broken
	return s
}

// date learns from one Date how far the server's clock is ahead: it was cut to the second, at some moment
// between the request and the answer. A stored answer has an old one (RFC 9111, section 5.1).
func (c *clock) date(r lro.Reply, took time.Duration) {
	if r.Header == nil || r.Header.Get("Age") != "" {
		return
	}
	if date, err := http.ParseTime(r.Header.Get("Date")); err == nil {
		c.ahead = c.ahead.within(date.Sub(r.At), date.Add(time.Second).Sub(r.At.Add(-took)))
	}
}

// lag returns the bounds of the detection lag by the server's timestamp. They are known where that can be true:
// work ends neither before the submit nor before an answer that said "not yet". Some servers copy their times
// from elsewhere.
func (c *clock) lag() span {
	if !c.ahead.known {
		return span{}
	}
	unit := precision(*c.ended)
	late := c.noticed.Sub(*c.ended)
	if late.Abs() > forever || c.ahead.from.Abs() > forever {
		return span{}
	}
	lag := span{}.within(late+c.ahead.from-unit, late+c.ahead.to+unit/2).within(0, 4*forever)
	switch {
	case !c.lastPending.IsZero():
		return lag.within(0, c.noticed.Sub(c.lastPending))
	case !c.accepted.IsZero():
		return lag.within(0, c.noticed.Sub(c.began))
	}
	return lag
}

// forever is longer than clocks and operations are believed to differ: sums of it do not overflow.
const forever = 10 * 365 * 24 * time.Hour

// precision returns the unit that a timestamp was rounded to, as far as its digits show it.
func precision(t time.Time) time.Duration {
	unit := time.Second
	for unit > 1 && t.Nanosecond()%int(unit) != 0 {
		unit /= 10
	}
	return unit
}
