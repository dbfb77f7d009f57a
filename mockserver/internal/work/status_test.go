package work_test

import (
	"testing"
	"time"

	"github.com/asyncctl/asyncctl/mockserver/internal/work"
)

const (
	ms = time.Millisecond
	s  = time.Second
)

func TestScenarioAt(t *testing.T) {
	type snapshot = work.Snapshot
	queued := work.Scenario{Queue: 2 * s, Duration: 10 * s}
	tests := []struct {
		name  string
		sc    work.Scenario
		age   time.Duration
		polls int
		want  snapshot
	}{
		{"zero scenario runs at once", work.Scenario{}, 0, 0, snapshot{"Running", 0, 0, 3 * s}},
		{"zero scenario is half done", work.Scenario{}, 1500 * ms, 0, snapshot{"Running", 50, 1500 * ms, 1500 * ms}},
		{"zero scenario is nearly done", work.Scenario{}, 3*s - 1, 0, snapshot{"Running", 99, 2970 * ms, 1}},
		{"zero scenario is done on time", work.Scenario{}, 3 * s, 0, snapshot{"Succeeded", 100, 3 * s, 0}},
		{"done stays done", work.Scenario{}, 1000 * time.Hour, 0, snapshot{"Succeeded", 100, 3 * s, 0}},
		{"a clock that went back is no age", work.Scenario{}, -time.Hour, 0, snapshot{"Running", 0, 0, 3 * s}},
		{"in the queue", queued, 1 * s, 0, snapshot{"Pending", 0, 0, 11 * s}},
		{"out of the queue", queued, 2 * s, 0, snapshot{"Running", 0, 2 * s, 10 * s}},
		{"running after the queue", queued, 4550 * ms, 0, snapshot{"Running", 25, 4500 * ms, 7450 * ms}},
		{"done after queue and run", queued, 12 * s, 0, snapshot{"Succeeded", 100, 12 * s, 0}},
		{"at once", work.Scenario{Duration: work.AtOnce}, 0, 0, snapshot{"Succeeded", 100, 0, 0}},
		{"queue, then at once", work.Scenario{Queue: s, Duration: work.AtOnce}, s, 0, snapshot{"Succeeded", 100, s, 0}},
		{"failed", work.Scenario{Outcome: work.OutcomeFailed}, 3 * s, 0, snapshot{"Failed", 99, 3 * s, 0}},
		{"cancelled by itself", work.Scenario{Outcome: work.OutcomeCancelled}, 3 * s, 0, snapshot{"Cancelled", 99, 3 * s, 0}},
		{"never looks normal", work.Scenario{Outcome: work.OutcomeNever}, 1500 * ms, 0, snapshot{"Running", 50, 1500 * ms, work.Unknown}},
		{"never ends", work.Scenario{Outcome: work.OutcomeNever}, time.Hour, 0, snapshot{"Running", 99, 2970 * ms, work.Unknown}},
		{"never in the queue", work.Scenario{Outcome: work.OutcomeNever, Queue: s}, 0, 0, snapshot{"Pending", 0, 0, work.Unknown}},
		{"never, at once", work.Scenario{Outcome: work.OutcomeNever, Duration: work.AtOnce}, 0, 0, snapshot{"Running", 99, 0, work.Unknown}},
		{"polls are awaited", work.Scenario{Polls: 3}, time.Hour, 2, snapshot{"Running", 99, 2970 * ms, work.Unknown}},
		{"polls are enough", work.Scenario{Polls: 3}, time.Hour, 3, snapshot{"Succeeded", 100, 3 * s, 0}},
		{"polls do not hurry it", work.Scenario{Polls: 3}, s, 9, snapshot{"Running", 33, 990 * ms, 2 * s}},
		{"durations are bounded", work.Scenario{Duration: 1 << 62}, work.MaxDuration, 0, snapshot{"Succeeded", 100, work.MaxDuration, 0}},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			if got := test.sc.At(test.age, test.polls); got != test.want {
				t.Errorf("At(%v, %d)\n got %+v\nwant %+v", test.age, test.polls, got, test.want)
			}
		})
	}
}

// TestScenarioAtOverTime checks what must hold for the whole life of any operation.
func TestScenarioAtOverTime(t *testing.T) {
	durations := []time.Duration{work.AtOnce, 1, 7, 99, 101, 3 * s, 7*s + 3, work.MaxDuration}
	outcomes := []work.Outcome{"", work.OutcomeFailed, work.OutcomeCancelled, work.OutcomeNever}
	for _, run := range durations {
		for _, queue := range durations {
			for _, outcome := range outcomes {
				sc := work.Scenario{Duration: run, Queue: queue, Outcome: outcome}
				total := max(run, 0) + max(queue, 0)
				last := sc.At(0, 0)
				for i := range 501 {
					age := total / 400 * time.Duration(i)
					if i == 500 {
						age = total
					}
					last = checkStep(t, sc, last, age)
				}
				if last.Status.Done() == (outcome == work.OutcomeNever) {
					t.Errorf("%+v: it ends as %+v", sc, last)
				}
			}
		}
	}
}

func checkStep(t *testing.T, sc work.Scenario, last work.Snapshot, age time.Duration) work.Snapshot {
	t.Helper()
	now := sc.At(age, 0)
	switch {
	case now.Percent < 0 || now.Percent > 100 || (now.Percent == 100) != (now.Status == work.Succeeded):
		t.Fatalf("%+v at %v: dishonest percentage: %+v", sc, age, now)
	case now.Percent < last.Percent && !last.Status.Done():
		t.Fatalf("%+v at %v: the percentage fell: %+v after %+v", sc, age, now, last)
	case now.Changed < 0 || now.Changed > age:
		t.Fatalf("%+v at %v: changed in the future: %+v", sc, age, now)
	case last.Status.Done() && now != last && age >= last.Changed:
		t.Fatalf("%+v at %v: changed after the end: %+v after %+v", sc, age, now, last)
	case now.Status.Done() != (now.Remaining == 0):
		t.Fatalf("%+v at %v: remaining contradicts the state: %+v", sc, age, now)
	}
	// Changed is when this state began: the same there, another one just before.
	if then := sc.At(now.Changed, 0); then.Status != now.Status || then.Percent != now.Percent {
		t.Fatalf("%+v at %v: %+v, but at the time of its change %+v", sc, age, now, then)
	}
	if now.Changed > 0 {
		if before := sc.At(now.Changed-1, 0); before.Status == now.Status && before.Percent == now.Percent {
			t.Fatalf("%+v at %v: %+v, but it was so already before its change", sc, age, now)
		}
	}
	return now
}

func TestStatusDone(t *testing.T) {
	for status, want := range map[work.Status]bool{
		work.Pending: false, work.Running: false, work.Cancelling: false,
		work.Succeeded: true, work.Failed: true, work.Cancelled: true,
	} {
		if got := status.Done(); got != want {
			t.Errorf("%s.Done() = %v, want %v", status, got, want)
		}
	}
}
