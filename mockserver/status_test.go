package mockserver_test

import (
	"testing"
	"time"

	"github.com/asyncctl/asyncctl/mockserver"
)

const (
	ms = time.Millisecond
	s  = time.Second
)

func TestScenarioAt(t *testing.T) {
	type snapshot = mockserver.Snapshot
	queued := mockserver.Scenario{Queue: 2 * s, Duration: 10 * s}
	tests := []struct {
		name  string
		sc    mockserver.Scenario
		age   time.Duration
		polls int
		want  snapshot
	}{
		{"zero scenario runs at once", mockserver.Scenario{}, 0, 0, snapshot{"Running", 0, 0, 3 * s}},
		{"zero scenario is half done", mockserver.Scenario{}, 1500 * ms, 0, snapshot{"Running", 50, 1500 * ms, 1500 * ms}},
		{"zero scenario is nearly done", mockserver.Scenario{}, 3*s - 1, 0, snapshot{"Running", 99, 2970 * ms, 1}},
		{"zero scenario is done on time", mockserver.Scenario{}, 3 * s, 0, snapshot{"Succeeded", 100, 3 * s, 0}},
		{"done stays done", mockserver.Scenario{}, 1000 * time.Hour, 0, snapshot{"Succeeded", 100, 3 * s, 0}},
		{"a clock that went back is no age", mockserver.Scenario{}, -time.Hour, 0, snapshot{"Running", 0, 0, 3 * s}},
		{"in the queue", queued, 1 * s, 0, snapshot{"Pending", 0, 0, 11 * s}},
		{"out of the queue", queued, 2 * s, 0, snapshot{"Running", 0, 2 * s, 10 * s}},
		{"running after the queue", queued, 4550 * ms, 0, snapshot{"Running", 25, 4500 * ms, 7450 * ms}},
		{"done after queue and run", queued, 12 * s, 0, snapshot{"Succeeded", 100, 12 * s, 0}},
		{"at once", mockserver.Scenario{Duration: mockserver.AtOnce}, 0, 0, snapshot{"Succeeded", 100, 0, 0}},
		{"queue, then at once", mockserver.Scenario{Queue: s, Duration: mockserver.AtOnce}, s, 0, snapshot{"Succeeded", 100, s, 0}},
		{"failed", mockserver.Scenario{Outcome: mockserver.OutcomeFailed}, 3 * s, 0, snapshot{"Failed", 99, 3 * s, 0}},
		{"cancelled by itself", mockserver.Scenario{Outcome: mockserver.OutcomeCancelled}, 3 * s, 0, snapshot{"Cancelled", 99, 3 * s, 0}},
		{"never looks normal", mockserver.Scenario{Outcome: mockserver.OutcomeNever}, 1500 * ms, 0, snapshot{"Running", 50, 1500 * ms, mockserver.Unknown}},
		{"never ends", mockserver.Scenario{Outcome: mockserver.OutcomeNever}, time.Hour, 0, snapshot{"Running", 99, 2970 * ms, mockserver.Unknown}},
		{"never in the queue", mockserver.Scenario{Outcome: mockserver.OutcomeNever, Queue: s}, 0, 0, snapshot{"Pending", 0, 0, mockserver.Unknown}},
		{"never, at once", mockserver.Scenario{Outcome: mockserver.OutcomeNever, Duration: mockserver.AtOnce}, 0, 0, snapshot{"Running", 99, 0, mockserver.Unknown}},
		{"polls are awaited", mockserver.Scenario{Polls: 3}, time.Hour, 2, snapshot{"Running", 99, 2970 * ms, mockserver.Unknown}},
		{"polls are enough", mockserver.Scenario{Polls: 3}, time.Hour, 3, snapshot{"Succeeded", 100, 3 * s, 0}},
		{"polls do not hurry it", mockserver.Scenario{Polls: 3}, s, 9, snapshot{"Running", 33, 990 * ms, 2 * s}},
		{"durations are bounded", mockserver.Scenario{Duration: 1 << 62}, mockserver.MaxDuration, 0, snapshot{"Succeeded", 100, mockserver.MaxDuration, 0}},
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
	durations := []time.Duration{mockserver.AtOnce, 1, 7, 99, 101, 3 * s, 7*s + 3, mockserver.MaxDuration}
	outcomes := []mockserver.Outcome{"", mockserver.OutcomeFailed, mockserver.OutcomeCancelled, mockserver.OutcomeNever}
	for _, run := range durations {
		for _, queue := range durations {
			for _, outcome := range outcomes {
				sc := mockserver.Scenario{Duration: run, Queue: queue, Outcome: outcome}
				total := max(run, 0) + max(queue, 0)
				last := sc.At(0, 0)
				for i := range 501 {
					age := total / 400 * time.Duration(i)
					if i == 500 {
						age = total
					}
					last = checkStep(t, sc, last, age)
				}
				if last.Status.Done() == (outcome == mockserver.OutcomeNever) {
					t.Errorf("%+v: it ends as %+v", sc, last)
				}
			}
		}
	}
}

func checkStep(t *testing.T, sc mockserver.Scenario, last mockserver.Snapshot, age time.Duration) mockserver.Snapshot {
	t.Helper()
	now := sc.At(age, 0)
	switch {
	case now.Percent < 0 || now.Percent > 100 || (now.Percent == 100) != (now.Status == mockserver.Succeeded):
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
	for status, want := range map[mockserver.Status]bool{
		mockserver.Pending: false, mockserver.Running: false, mockserver.Cancelling: false,
		mockserver.Succeeded: true, mockserver.Failed: true, mockserver.Cancelled: true,
	} {
		if got := status.Done(); got != want {
			t.Errorf("%s.Done() = %v, want %v", status, got, want)
		}
	}
}
