package mockserver_test

import (
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/asyncctl/asyncctl/mockserver"
)

func TestParseScenario(t *testing.T) {
	type scenario = mockserver.Scenario
	tests := []struct {
		query string
		want  scenario
	}{
		{"", scenario{}},
		{"duration=10s", scenario{Duration: 10 * s}},
		{"duration=1m30s", scenario{Duration: 90 * s}},
		{"duration=5", scenario{Duration: 5 * s}},
		{"duration=0", scenario{Duration: mockserver.AtOnce}},
		{"duration=0s", scenario{Duration: mockserver.AtOnce}},
		{"duration=720h", scenario{Duration: mockserver.MaxDuration}},
		{"queue=500ms", scenario{Queue: 500 * ms}},
		{"polls=3", scenario{Polls: 3}},
		{"outcome=succeeded", scenario{Outcome: mockserver.OutcomeSucceeded}},
		{"outcome=failed", scenario{Outcome: mockserver.OutcomeFailed}},
		{"outcome=cancelled", scenario{Outcome: mockserver.OutcomeCancelled}},
		{"outcome=never", scenario{Outcome: mockserver.OutcomeNever}},
		{"retry-after=2", scenario{RetryAfter: mockserver.RetryAfter{Delay: 2 * s}}},
		{"retry-after=2s", scenario{RetryAfter: mockserver.RetryAfter{Delay: 2 * s}}},
		{"retry-after=0", scenario{RetryAfter: mockserver.RetryAfter{Delay: mockserver.AtOnce}}},
		{"retry-after=86400", scenario{RetryAfter: mockserver.RetryAfter{Delay: mockserver.MaxRetryAfter}}},
		{"retry-after=none", scenario{RetryAfter: mockserver.RetryAfter{Form: mockserver.RetryNone}}},
		{"retry-after=date", scenario{RetryAfter: mockserver.RetryAfter{Form: mockserver.RetryDate}}},
		{"retry-after=date:5", scenario{RetryAfter: mockserver.RetryAfter{Form: mockserver.RetryDate, Delay: 5 * s}}},
		{"retry-after=remaining", scenario{RetryAfter: mockserver.RetryAfter{Form: mockserver.RetryRemaining}}},
		{"retry-after=remaining:9", scenario{RetryAfter: mockserver.RetryAfter{Form: mockserver.RetryRemaining, Delay: 9 * s}}},
		{"completion=303", scenario{Completion: mockserver.CompletionSeeOther}},
		{"completion=302", scenario{Completion: mockserver.CompletionFound}},
		{"completion=status", scenario{Completion: mockserver.CompletionStatus}},
		{"completion=result", scenario{Completion: mockserver.CompletionResult}},
		{"pending-status=202", scenario{PendingStatus: 202}},
		{"result=hello+world", scenario{Result: "hello world"}},
		{"result-type=text/csv", scenario{ResultType: "text/csv"}},
		{"result-size=4096", scenario{ResultSize: 4096}},
		{"result-size=64KiB", scenario{ResultSize: 64 << 10}},
		{"result-size=2MiB", scenario{ResultSize: 2 << 20}},
		{"result-size=3GiB", scenario{ResultSize: 3 << 30}},
		{"result-size=1TiB", scenario{ResultSize: 1 << 40}},
		{"result-status=204", scenario{ResultStatus: 204}},
		{"fail-status=409", scenario{FailStatus: 409}},
		{"fail-title=Out+of+stock", scenario{FailTitle: "Out of stock"}},
		{"fail-detail=none+left", scenario{FailDetail: "none left"}},
		{"cancel=off", scenario{NoCancel: true}},
		{"cancel=on", scenario{}},
		{"cancel-delay=2s", scenario{CancelDelay: 2 * s}},
		{"retention=1h", scenario{Retention: time.Hour}},
		{"retention=0", scenario{Retention: mockserver.AtOnce}},
		{"location=absolute", scenario{AbsoluteLocation: true}},
		{"location=relative", scenario{}},
		{"duration=3s&outcome=failed&retry-after=2", scenario{
			Duration: 3 * s, Outcome: mockserver.OutcomeFailed, RetryAfter: mockserver.RetryAfter{Delay: 2 * s},
		}},
	}
	for _, test := range tests {
		t.Run(test.query, func(t *testing.T) {
			got, err := mockserver.ParseScenario(mockserver.Scenario{}, query(t, test.query))
			if err != nil || got != test.want {
				t.Errorf("got %+v, %v\nwant %+v", got, err, test.want)
			}
		})
	}
}

func TestParseScenarioKeepsTheBase(t *testing.T) {
	base := mockserver.Scenario{Duration: time.Minute, NoCancel: true, AbsoluteLocation: true, ResultSize: 9, Polls: 2}
	got, err := mockserver.ParseScenario(base, query(t, "queue=1s&cancel=on&location=relative&result=x&polls=0"))
	want := mockserver.Scenario{Duration: time.Minute, Queue: s, Result: "x"}
	if err != nil || got != want {
		t.Errorf("got %+v, %v\nwant %+v", got, err, want)
	}
	got, err = mockserver.ParseScenario(base, query(t, "queue=1s&outcome=maybe"))
	if err == nil || got != base {
		t.Errorf("after an error: got %+v, %v; want the base", got, err)
	}
}

func TestParseScenarioErrors(t *testing.T) {
	tests := []struct {
		query string
		want  []string // texts the error contains
	}{
		{"duration=soon", []string{`"duration"`, `"soon"`, "3s"}},
		{"duration=-1s", []string{`"duration"`, `"-1s"`, "720h"}},
		{"duration=721h", []string{`"duration"`, `"721h"`, "at most 720h"}},
		{"duration=", []string{`"duration"`, `""`}},
		{"queue=1y", []string{`"queue"`, `"1y"`}},
		{"polls=many", []string{`"polls"`, `"many"`, "0 to 1000000"}},
		{"polls=1000001", []string{`"polls"`, `"1000001"`}},
		{"outcome=maybe", []string{`"outcome"`, `"maybe"`, "succeeded, failed, cancelled, partial or never"}},
		{"outcome=", []string{`"outcome"`}},
		{"retry-after=1.5", []string{`"retry-after"`, `"1.5"`, "whole seconds from 0 to 86400"}},
		{"retry-after=-1", []string{`"retry-after"`, `"-1"`}},
		{"retry-after=86401", []string{`"retry-after"`, `"86401"`}},
		{"retry-after=none:2", []string{`"retry-after"`, `"none:2"`}},
		{"retry-after=5:2", []string{`"retry-after"`, `"5:2"`}},
		{"retry-after=date:", []string{`"retry-after"`, `"date:"`}},
		{"retry-after=date:soon", []string{`"retry-after"`, "date:SECONDS"}},
		{"completion=301", []string{`"completion"`, `"301"`, "303, 302, status or result"}},
		{"pending-status=204", []string{`"pending-status"`, "200 or 202"}},
		{"result=", []string{`"result"`, "at most 4096 bytes"}},
		{"result=" + strings.Repeat("x", 5000), []string{`"result"`, "xxx..."}},
		{"result=%ff", []string{`"result"`}},
		{"result-type=nonsense/", []string{`"result-type"`, "media type"}},
		{"result-type=text/plain%0d%0aX:1", []string{`"result-type"`}},
		{"result-size=0", []string{`"result-size"`, "from 1 to 1TiB"}},
		{"result-size=2TiB", []string{`"result-size"`, `"2TiB"`}},
		{"result-size=9999999999GiB", []string{`"result-size"`}},
		{"result-size=10MB", []string{`"result-size"`, "64KiB"}},
		{"result-status=404", []string{`"result-status"`, "200, 201 or 204"}},
		{"fail-status=600", []string{`"fail-status"`, "400 to 599"}},
		{"fail-title=", []string{`"fail-title"`}},
		{"fail-detail=", []string{`"fail-detail"`}},
		{"cancel=maybe", []string{`"cancel"`, "on or off"}},
		{"cancel-delay=x", []string{`"cancel-delay"`}},
		{"retention=forever", []string{`"retention"`}},
		{"location=here", []string{`"location"`, "relative or absolute"}},
		{"outcome=failed&outcome=never", []string{`"outcome"`, "2 times"}},
		{"result=a&result-size=2", []string{`"result-size"`, `"result"`}},
		{"delay=3s&zeal=1", []string{`unknown parameter "delay"`, "duration, queue, polls, progress, outcome", "location"}},
		{strings.Repeat("x", 5000) + "=1", []string{"unknown parameter", "xxx..."}},
	}
	for _, test := range tests {
		t.Run(test.query[:min(len(test.query), 30)], func(t *testing.T) {
			_, err := mockserver.ParseScenario(mockserver.Scenario{}, query(t, test.query))
			if err == nil {
				t.Fatal("got no error")
			}
			for _, text := range test.want {
				if !strings.Contains(err.Error(), text) {
					t.Errorf("got %q, want it to say %q", err, text)
				}
			}
			if len(err.Error()) > 500 {
				t.Errorf("the error is %d bytes long", len(err.Error()))
			}
		})
	}
}

func TestParameters(t *testing.T) {
	for _, p := range mockserver.Parameters() {
		_, err := mockserver.ParseScenario(mockserver.Scenario{}, url.Values{p.Name: {"\xff"}})
		if err == nil || !strings.Contains(err.Error(), p.Name) || !strings.Contains(err.Error(), p.Allowed) {
			t.Errorf("%s: got %v, want an error that tells what is allowed: %s", p.Name, err, p.Allowed)
		}
	}
}

func query(t *testing.T, text string) url.Values {
	t.Helper()
	values, err := url.ParseQuery(text)
	if err != nil {
		t.Fatal(err)
	}
	return values
}

// FuzzParseScenario: what it takes is in bounds and means something, and what it
// refuses is explained.
func FuzzParseScenario(f *testing.F) {
	for _, seed := range []string{
		"duration=3s&outcome=failed&retry-after=2", "queue=1&polls=3&cancel=off", "retry-after=date:5&location=absolute",
		"result-size=9GiB&result-type=text/csv", "completion=status&pending-status=202", "x=1", "duration=3s&duration=3s",
	} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, text string) {
		values, err := url.ParseQuery(text)
		if err != nil {
			return
		}
		base := mockserver.Scenario{Duration: time.Minute}
		sc, err := mockserver.ParseScenario(base, values)
		if err != nil {
			if sc != base || err.Error() == "" {
				t.Fatalf("refused, but got %+v, %q", sc, err)
			}
			return
		}
		for _, d := range []time.Duration{sc.Duration, sc.Queue, sc.CancelDelay, sc.Retention} {
			if d < mockserver.AtOnce || d > mockserver.MaxDuration {
				t.Fatalf("a duration out of bounds: %+v", sc)
			}
		}
		if sc.ResultSize < 0 || sc.ResultSize > 1<<40 || sc.Polls < 0 || len(sc.Result)+len(sc.FailTitle)+len(sc.FailDetail) > 3*4096 {
			t.Fatalf("a size out of bounds: %+v", sc)
		}
		if again, err := mockserver.ParseScenario(sc, values); err != nil || again != sc {
			t.Fatalf("parsing it twice: %+v, %v\nonce: %+v", again, err, sc)
		}
		end := sc.At(2*mockserver.MaxDuration, sc.Polls)
		if end.Status.Done() == (sc.Outcome == mockserver.OutcomeNever) {
			t.Fatalf("%+v ends as %+v", sc, end)
		}
	})
}
