package poller

import (
	"fmt"
	"net/http"
	"testing"
	"time"

	"github.com/asyncctl/asyncctl/poller/lro"
)

// began is when the conversations of these tests begin, on our clock.
var began = time.Date(2026, 11, 23, 12, 0, 0, 0, time.UTC)

func after(s float64) time.Time { return began.Add(time.Duration(s * float64(time.Second))) }

// moment is one reply of a conversation.
type moment struct {
	at    float64 // seconds after the beginning
	phase string
	next  lro.Phase
	state lro.State
	date  string // the server's Date
	body  string
	took  time.Duration
}

// play folds replies into a clock, and sums up.
func play(replies []moment, end float64) Timing {
	c := clock{began: began}
	for _, r := range replies {
		op := lro.Operation{Phase: r.next, State: r.state}
		if r.phase == "submit" && r.next == lro.Polling {
			op.Accepted = after(r.at)
		}
		if r.next == lro.Ended && r.state == lro.StateSucceeded {
			op.Outcome = lro.Succeeded
		}
		reply := lro.Reply{Status: 200, At: after(r.at), Body: []byte(r.body)}
		if r.date != "" {
			reply.Header = http.Header{"Date": {r.date}}
		}
		c.reply(r.phase, op, reply, readTimes(reply), r.took)
	}
	return c.timing(after(end))
}

func dateAt(s float64) string { return after(s).Format(http.TimeFormat) }

func TestTiming(t *testing.T) {
	const unknown = -1
	accepted := moment{at: 0.2, phase: "submit", next: lro.Polling, took: 200 * time.Millisecond}
	pending := moment{at: 4, phase: "poll", next: lro.Polling, took: 100 * time.Millisecond}
	done := func(at float64, date, body string) moment {
		return moment{at: at, phase: "poll", next: lro.Ended, state: lro.StateSucceeded, date: date, body: body, took: 100 * time.Millisecond}
	}
	for _, c := range []struct {
		name                            string
		replies                         []moment
		elapsed, accepted, maxLag, http int64
		job                             int64
		lag                             string
	}{
		{"nothing came in", nil, 10000, 0, 0, 0, unknown, "unknown"},
		{"done at once", []moment{{at: 1, phase: "submit", next: lro.Ended, took: time.Second}}, 10000, 0, 0, 1000, unknown, "unknown"},
		{"no timestamps", []moment{accepted, pending, done(6, dateAt(6), `{"status":"Succeeded"}`)}, 10000, 200, 2000, 400, unknown, "unknown"},
		{"the first poll says done", []moment{accepted, done(6, "", `{}`)}, 10000, 200, 5800, 300, unknown, "unknown"},
		{"all there is to know", []moment{accepted, pending, done(6, dateAt(6), `{"status":"x","startedAt":"2026-11-23T12:00:01Z","finishedAt":"2026-11-23T12:00:05.5Z"}`)}, 10000, 200, 2000, 400, 4500, "400 to 1650"},
		{"each Date narrows it", []moment{accepted, {at: 4.95, phase: "poll", next: lro.Polling, took: 20 * time.Millisecond, date: dateAt(4)}, done(6, dateAt(6), `{"finishedAt":"2026-11-23T12:00:05.123Z"}`)}, 10000, 200, 1050, 320, unknown, "876 to 947"},
		{"Dates that contradict each other", []moment{accepted, {at: 4, phase: "poll", next: lro.Polling, took: 100 * time.Millisecond, date: dateAt(2)}, done(6, dateAt(6), `{"finishedAt":"2026-11-23T12:00:05.123Z"}`)}, 10000, 200, 2000, 400, unknown, "unknown"},
		{"created, where nothing says started", []moment{accepted, pending, done(6, dateAt(6), `{"createdAt":"2026-11-23T12:00:00Z","endTime":"2026-11-23T12:00:05Z"}`)}, 10000, 200, 2000, 400, 5000, "0 to 2000"},
		{"updated, where nothing says ended", []moment{accepted, pending, done(6, dateAt(6), `{"createdAt":"2026-11-23T12:00:00Z","updatedAt":"2026-11-23T12:00:05Z"}`)}, 10000, 200, 2000, 400, 5000, "0 to 2000"},
		{"no Date", []moment{accepted, pending, done(6, "", `{"startTime":"2026-11-23T12:00:01Z","endTime":"2026-11-23T12:00:05Z"}`)}, 10000, 200, 2000, 400, 4000, "unknown"},
		{"a Date that is none", []moment{accepted, pending, done(6, "soon", `{"startTime":"2026-11-23T12:00:01Z","endTime":"2026-11-23T12:00:05Z"}`)}, 10000, 200, 2000, 400, 4000, "unknown"},
		{"a server's clock that is an hour ahead", []moment{accepted, pending, done(6, dateAt(3606), `{"endTime":"2026-11-23T13:00:05Z"}`)}, 10000, 200, 2000, 400, unknown, "0 to 2000"},
		{"and a day behind", []moment{accepted, pending, done(6, dateAt(6-86400), `{"endTime":"2026-11-22T12:00:05Z"}`)}, 10000, 200, 2000, 400, unknown, "0 to 2000"},
		{"an end in the future", []moment{accepted, pending, done(6, dateAt(6), `{"endTime":"2026-11-23T12:00:09Z"}`)}, 10000, 200, 2000, 400, unknown, "unknown"},
		{"an end before the beginning", []moment{accepted, pending, done(6, dateAt(6), `{"startTime":"2026-11-23T12:00:05Z","endTime":"2026-11-23T12:00:01Z"}`)}, 10000, 200, 2000, 400, unknown, "unknown"},
		{"an end before the submit", []moment{accepted, pending, done(6, dateAt(6), `{"startTime":"2024-11-08T01:41:53Z","endTime":"2024-11-08T01:42:41Z"}`)}, 10000, 200, 2000, 400, 48000, "unknown"},
		{"times in another zone", []moment{accepted, pending, done(6, dateAt(6), `{"startTime":"2026-11-23T13:00:01+01:00","endTime":"2026-11-23T07:00:05-05:00"}`)}, 10000, 200, 2000, 400, 4000, "0 to 2000"},
		{"times that are none", []moment{accepted, pending, done(6, dateAt(6), `{"startTime":1763899201,"endTime":"yesterday"}`)}, 10000, 200, 2000, 400, unknown, "unknown"},
		{"the beginning, from an earlier answer", []moment{accepted, {at: 4, phase: "poll", next: lro.Polling, body: `{"startedAt":"2026-11-23T12:00:01Z"}`}, done(6, "", `{"startedAt":"2026-11-23T12:00:03Z","endedAt":"2026-11-23T12:00:05Z"}`)}, 10000, 200, 2000, 300, 4000, "unknown"},
		{"the result's document is not the status", []moment{accepted, pending, {at: 6, phase: "poll", next: lro.Fetching, state: lro.StateSucceeded}, {at: 7, phase: "fetch", next: lro.Ended, state: lro.StateSucceeded, body: `{"endTime":"2026-11-23T12:00:05Z"}`}}, 10000, 200, 2000, 300, unknown, "unknown"},
		{"nobody answers any more", []moment{accepted, pending, {at: 9, phase: "poll", next: lro.Ended, state: lro.StateRunning, took: time.Second}}, 10000, 200, 0, 1300, unknown, "unknown"},
		{"an end that came before a poll said so", []moment{accepted, {at: 4, phase: "poll", next: lro.Polling, body: `{"endTime":"2026-11-23T12:00:01Z"}`}, done(6, dateAt(6), `{}`)}, 10000, 200, 2000, 300, unknown, "unknown"},
	} {
		t.Run(c.name, func(t *testing.T) {
			got := play(c.replies, 10)
			want := Timing{ElapsedMS: c.elapsed, AcceptedMS: c.accepted, MaxLagMS: c.maxLag, HTTPMS: c.http}
			job, lag := got.JobMS, lagOf(got)
			got.JobMS, got.LagFromMS, got.LagToMS = nil, nil, nil
			if got != want {
				t.Errorf("got %+v, want %+v", got, want)
			}
			if (job == nil) != (c.job == unknown) || job != nil && *job != c.job {
				t.Errorf("job %v, want %d", text(job), c.job)
			}
			if lag != c.lag {
				t.Errorf("lag %s, want %s", lag, c.lag)
			}
		})
	}
}

func lagOf(t Timing) string {
	if t.LagFromMS == nil && t.LagToMS == nil {
		return "unknown"
	}
	return fmt.Sprintf("%d to %d", *t.LagFromMS, *t.LagToMS)
}

func text(n *int64) any {
	if n == nil {
		return "unknown"
	}
	return *n
}

func TestReadTimes(t *testing.T) {
	for _, c := range []struct {
		name, body string
		status     int
		want       string // which are there
	}{
		{"all", `{"createdAt":"2026-11-23T12:00:00Z","startedAt":"2026-11-23T12:00:00Z","updatedAt":"2026-11-23T12:00:00Z","endedAt":"2026-11-23T12:00:00Z"}`, 200, "csue"},
		{"Azure's", `{"startTime":"2026-11-23T12:00:00.1234567Z","endTime":"2026-11-23T12:00:00Z"}`, 200, "se"},
		{"another name where the first is no time", `{"createdAt":"x","created_at":"2026-11-23T12:00:00Z"}`, 200, "c"},
		{"numbers", `{"created":1763899201}`, 200, ""},
		{"null", `{"endTime":null}`, 200, ""},
		{"nested", `{"status":{"endTime":"2026-11-23T12:00:00Z"}}`, 200, ""},
		{"an error's document", `{"endTime":"2026-11-23T12:00:00Z"}`, 500, ""},
		{"no object", `["2026-11-23T12:00:00Z"]`, 200, ""},
		{"not JSON", `endTime: 2026`, 200, ""},
		{"nothing", ``, 200, ""},
		{"cut off", `{"endTime":"2026-11-23T12`, 200, ""},
	} {
		t.Run(c.name, func(t *testing.T) {
			times := readTimes(lro.Reply{Status: c.status, Body: []byte(c.body)})
			got := ""
			if times != nil {
				for _, m := range []struct {
					name string
					at   *time.Time
				}{{"c", times.Created}, {"s", times.Started}, {"u", times.Updated}, {"e", times.Ended}} {
					if m.at != nil {
						got += m.name
					}
				}
			}
			if got != c.want {
				t.Errorf("got %q, want %q", got, c.want)
			}
		})
	}
}

// Whatever a server dates: nothing that is reported is negative.
func FuzzTiming(f *testing.F) {
	f.Add("Mon, 23 Nov 2026 12:00:06 GMT", "2026-11-23T12:00:01Z", "2026-11-23T12:00:05Z")
	f.Add("", "0001-01-01T00:00:00Z", "9999-12-31T23:59:59Z")
	f.Add("Fri, 31 Dec 9999 23:59:59 GMT", "9999-12-31T23:59:59Z", "0001-01-01T00:00:00Z")
	f.Fuzz(func(t *testing.T, date, start, end string) {
		got := play([]moment{
			{at: 0.2, phase: "submit", next: lro.Polling, date: date},
			{at: 4, phase: "poll", next: lro.Polling, body: `{"startTime":"` + start + `"}`},
			{at: 6, phase: "poll", next: lro.Ended, state: lro.StateSucceeded, date: date, body: `{"endTime":"` + end + `"}`},
		}, 10)
		if got.LagFromMS != nil && (*got.LagFromMS < 0 || *got.LagToMS < *got.LagFromMS || *got.LagToMS > got.MaxLagMS) || got.JobMS != nil && *got.JobMS < 0 {
			t.Errorf("job %v, lag %s", text(got.JobMS), lagOf(got))
		}
		if got.MaxLagMS != 2000 || got.ElapsedMS != 10000 || got.AcceptedMS != 200 {
			t.Errorf("what we measure ourselves depends on the server: %+v", got)
		}
	})
}
