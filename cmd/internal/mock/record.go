package mock

import (
	"bufio"
	"cmp"
	"errors"
	"fmt"
	"io"
	"maps"
	"net/http"
	"slices"
	"strings"
	"time"

	"github.com/asyncctl/asyncctl/cmd/internal/render"
	"github.com/asyncctl/asyncctl/mockserver"
	"github.com/asyncctl/asyncctl/poller"
)

// maxRecorded bounds how many operations a recording may have to be served again.
const maxRecorded = 1000

// A recording is one operation of an event stream.
type recording struct {
	began   time.Time // the acceptance, as far as it is known
	pending []poller.Event
	told    *poller.Event // the reply that reported the end
	last    *poller.Event // the last reply of all
	end     *poller.End
	bytes   int64
	dialect string // that the client read the answers in
}

// A Recording is what operations did that were recorded, for a mock.
type Recording struct {
	Dialect string // empty: the generic one
	// Operation is what the one operation of the stream did, and Rules, if there were several, what each
	// did in its turn.
	Operation mockserver.Scenario
	Rules     []mockserver.Rule
	Latencies []mockserver.Rule // which delay answers
}

// Record makes a recording of an event stream, as --progress json writes it: operations that take as long
// as those of the stream, and say the same. Several take their turns. The moment of the end is by the
// server's own clock if it told it, and else in the middle between the last answer that said "not
// yet" and the one that reported the end.
func Record(name string, from io.Reader) (*Recording, error) {
	runs := map[int]*recording{}
	took := map[string][]time.Duration{}
	for e, err := range render.ReadEvents(&events{lines: bufio.NewReader(from)}) {
		switch {
		case err != nil:
			return nil, fmt.Errorf("%s: %w", name, err)
		case e.Start != nil:
			continue
		case runs[e.Op] == nil && len(runs) == maxRecorded:
			return nil, fmt.Errorf("%s: it has more than %d operations", name, maxRecorded)
		case runs[e.Op] == nil:
			runs[e.Op] = &recording{began: e.At}
		}
		runs[e.Op].add(e)
		if e.Reply != nil && e.Reply.Error == "" {
			took[e.Reply.Phase] = append(took[e.Reply.Phase], time.Duration(e.Reply.TookMS)*time.Millisecond)
		}
	}
	if len(runs) == 0 {
		return nil, fmt.Errorf("%s: it has no operation", name)
	}
	f := &Recording{Latencies: latenciesOf(took)}
	var err error
	if f.Dialect, err = dialectOf(runs); err != nil {
		return nil, fmt.Errorf("%s: %w", name, err)
	}
	var recorded []mockserver.Scenario
	for _, op := range slices.Sorted(maps.Keys(runs)) {
		sc, err := runs[op].scenario()
		if err != nil {
			return nil, fmt.Errorf("%s: operation %d: %w", name, op, err)
		}
		if f.Dialect != "" { // it has its own
			sc.PendingStatus, sc.Completion = 0, ""
		}
		recorded = append(recorded, sc)
	}
	if len(recorded) == 1 {
		f.Operation = recorded[0]
		return f, nil
	}
	for i := range recorded {
		f.Rules = append(f.Rules, mockserver.Rule{When: mockserver.Condition{Turn: i + 1, Of: len(recorded)}, Scenario: &recorded[i]})
	}
	return f, nil
}

// add takes note of an event.
func (r *recording) add(e poller.Event) {
	switch {
	case e.Transfer != nil:
		r.bytes = e.Transfer.Bytes
	case e.End != nil:
		r.end = e.End
	case e.Reply != nil && e.Reply.Error == "":
		r.dialect = cmp.Or(e.Reply.Dialect, r.dialect)
		r.reply(e)
	}
}

func (r *recording) reply(e poller.Event) {
	r.last = &e
	switch e.Reply.Phase {
	case "submit":
		r.began = e.At
		if e.Reply.Next == "poll" {
			r.pending = append(r.pending, e)
		}
	case "poll", "follow":
		if e.Reply.Next == "poll" && e.Reply.Status/100 == 2 {
			r.pending = append(r.pending, e)
		} else if e.Reply.Next == "fetch" || e.Reply.Next == "ended" {
			r.told = &e
		}
	}
}

// scenario is what the operation did.
func (r *recording) scenario() (mockserver.Scenario, error) {
	var sc mockserver.Scenario
	if r.last == nil {
		return sc, errors.New("no answer was recorded")
	}
	queue, end := r.times()
	sc.Queue, sc.Duration = queue, cmp.Or(end-queue, mockserver.AtOnce)
	sc.RetryAfter = r.hint()
	sc.Outcome = mockserver.OutcomeNever
	if r.end != nil {
		switch r.end.Outcome {
		case "succeeded":
			sc.Outcome = mockserver.OutcomeSucceeded
		case "partial":
			sc.Outcome = mockserver.OutcomePartial
		case "failed":
			sc.Outcome = mockserver.OutcomeFailed
			if r.end.Reason == "operation-partial" {
				sc.Outcome = mockserver.OutcomePartial
			}
		case "cancelled":
			sc.Outcome = mockserver.OutcomeCancelled
		}
	}
	for _, e := range r.pending {
		if e.Reply.Phase != "submit" && e.Reply.Status == http.StatusAccepted {
			sc.PendingStatus = http.StatusAccepted
		}
	}
	sc.Progress = r.progress(queue, end)
	r.ending(&sc)
	return sc, nil
}

// times are the age at which it began to run and the one at which it ended.
func (r *recording) times() (queue, end time.Duration) {
	began := r.began
	for _, e := range r.pending {
		if e.Reply.State == "pending" {
			queue = e.At.Sub(began)
			continue
		}
		if queue > 0 { // in the middle between the answers that tell it from outside
			queue = (queue + e.At.Sub(began)) / 2
		}
		if t := e.Reply.Times; t != nil && t.Created != nil && t.Started != nil {
			queue = t.Started.Sub(*t.Created)
		}
		break
	}
	switch {
	case r.end != nil && r.end.JobMS != nil:
		end = time.Duration(*r.end.JobMS) * time.Millisecond
	case r.told == nil:
		end = r.last.At.Sub(began)
	case len(r.pending) == 0:
		end = r.told.At.Sub(began)
	default:
		end = (r.pending[len(r.pending)-1].At.Sub(began) + r.told.At.Sub(began)) / 2
	}
	end = min(max(end.Round(time.Millisecond), time.Millisecond), mockserver.MaxDuration)
	return min(max(queue.Round(time.Millisecond), 0), end), end
}

// hint is the wait that the server asked for most often.
func (r *recording) hint() mockserver.RetryAfter {
	counts := map[time.Duration]int{}
	most := mockserver.RetryAfter{Form: mockserver.RetryNone}
	for _, e := range r.pending {
		if e.Reply.Hint != "taken" && e.Reply.Hint != "capped" {
			continue
		}
		d := cmp.Or(time.Duration(e.Reply.HintMS)*time.Millisecond, mockserver.AtOnce)
		counts[d]++
		if counts[d] > counts[most.Delay] {
			most = mockserver.RetryAfter{Delay: d}
		}
	}
	return most
}

// progress is the percentages that were seen, or none where the server told none.
func (r *recording) progress(queue, end time.Duration) mockserver.Progress {
	var seen []mockserver.Seen
	for _, e := range r.pending {
		if e.Reply.Percent != nil {
			seen = append(seen, mockserver.Seen{Age: e.At.Sub(r.began) - queue, Percent: int(*e.Reply.Percent)})
		}
	}
	progress := mockserver.Leaps(end-queue, seen)
	if progress == "" {
		return "none"
	}
	return progress
}

// ending is how the end was told.
func (r *recording) ending(sc *mockserver.Scenario) {
	if p := r.end; p != nil && p.Problem != nil {
		sc.FailTitle, sc.FailDetail = clip(p.Problem.Title), clip(p.Problem.Detail)
		if p.Problem.Status >= 400 && p.Problem.Status < 600 {
			sc.FailStatus = p.Problem.Status
		}
	}
	if r.bytes > 0 {
		sc.ResultSize = r.bytes
	}
	if r.told == nil {
		return
	}
	switch reply := r.told.Reply; {
	case reply.Status == http.StatusFound:
		sc.Completion = mockserver.CompletionFound
	case reply.Status/100 == 2 && reply.Next == "ended" && reply.Native == "":
		sc.Completion = mockserver.CompletionResult
	case reply.Status/100 == 2:
		sc.Completion = mockserver.CompletionStatus
	}
}

// clip keeps a text within what a scenario may say.
func clip(text string) string {
	const limit = 4096
	if len(text) > limit {
		return strings.ToValidUTF8(text[:limit], "")
	}
	return text
}

// latenciesOf are the medians of how long the answers took, where that can be felt.
func latenciesOf(took map[string][]time.Duration) []mockserver.Rule {
	var all []mockserver.Rule
	for _, kind := range []struct {
		phase string
		when  mockserver.Condition
	}{
		{"fetch", mockserver.Condition{Method: "GET", Path: "/operations/*/result"}},
		{"poll", mockserver.Condition{Method: "GET", Path: "/operations/*"}},
		{"submit", mockserver.Condition{Method: "P*"}},
	} {
		times := took[kind.phase]
		if len(times) == 0 {
			continue
		}
		slices.Sort(times)
		if median := times[len(times)/2]; median >= 5*time.Millisecond {
			all = append(all, mockserver.Rule{When: kind.when, Delay: min(median, mockserver.MaxDuration)})
		}
	}
	return all
}
