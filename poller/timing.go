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
	// LagMS is the detection lag: from the end of the work to the answer that told us. It is measured
	// against the server's own timestamp, on its clock, within half a second; nil where it gives none, or one
	// from before the submit.
	LagMS *int64 `json:"lag_ms,omitempty"`
	// MaxLagMS bounds the lag: from the last answer that said "not yet" to the one that said "done".
	MaxLagMS int64 `json:"max_lag_ms"`
	// HTTPMS is the sum of all requests.
	HTTPMS int64 `json:"http_ms"`
}

// clock collects what Timing is made of.
type clock struct {
	began, accepted      time.Time
	lastPending, noticed time.Time
	http                 time.Duration
	offset               time.Duration // server's clock minus ours, from its Date
	dated                bool
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
	if r.Header != nil {
		if date, err := http.ParseTime(r.Header.Get("Date")); err == nil {
			// Date is cut to the second, so the server's clock is half a second later on average.
			c.offset, c.dated = date.Add(500*time.Millisecond).Sub(r.At.Add(-took/2)), true
		}
	}
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
	if lag := max(0, c.noticed.Add(c.offset).Sub(*c.ended)).Milliseconds(); c.dated && c.believes(lag) {
		t.LagMS = &lag
	}
	return t
}

// believes reports whether the server's own timestamp can be true: work does not end before it was
// submitted. Some servers copy their times from elsewhere.
func (c *clock) believes(lag int64) bool {
	const tolerance = 2000 // a timestamp and a Date in whole seconds
	return c.accepted.IsZero() || lag <= c.noticed.Sub(c.began).Milliseconds()+tolerance
}
