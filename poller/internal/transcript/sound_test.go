package transcript

import (
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/asyncctl/asyncctl/poller/lro"
)

func TestSound(t *testing.T) {
	poll, err := lro.Resume("https://api.example.com/s")
	if err != nil {
		t.Fatal(err)
	}
	tests := []struct {
		name string
		bend func(op *lro.Operation)
		want string // "": sound
	}{
		{"as it should be", func(*lro.Operation) {}, ""},
		{"a floor", func(op *lro.Operation) { op.NotBefore = Start.Add(time.Hour) }, ""},
		{"a validator", func(op *lro.Operation) { op.Next.Header = http.Header{"If-None-Match": {"x"}} }, ""},
		{"an end", func(op *lro.Operation) { *op = lro.GiveUp(*op, lro.Interrupted) }, ""},
		{"an outcome before the end", func(op *lro.Operation) { op.Outcome = lro.Lost }, "not over, but its outcome is lost"},
		{"a reason before the end", func(op *lro.Operation) { op.Reason = lro.Throttled }, "not over, but its outcome"},
		{"no method", func(op *lro.Operation) { op.Next.Method = "" }, "its next request is"},
		{"a relative URL", func(op *lro.Operation) { op.Next.URL = "/s" }, "its next request is"},
		{"another URL than the status", func(op *lro.Operation) { op.Next.URL = "https://api.example.com/t" }, "but the status is at"},
		{"the submit's content", func(op *lro.Operation) { op.Next.Body = []byte("x") }, "belongs to the submit"},
		{"the submit's header", func(op *lro.Operation) { op.Next.Header = http.Header{"A": {"b"}} }, "belongs to the submit"},
		{"header beside the validator", func(op *lro.Operation) { op.Next.Header = http.Header{"If-None-Match": {"x"}, "A": {"b"}} }, "belongs to the submit"},
		{"a floor in the past", func(op *lro.Operation) { op.NotBefore = Start.Add(-1) }, "its floor is"},
		{"a floor too far off", func(op *lro.Operation) { op.NotBefore = Start.Add(lro.MaxHint + 1) }, "its floor is"},
		{"a handle that cannot be written", func(op *lro.Operation) { op.Accepted = Start.AddDate(9000, 0, 0) }, "year"},
		{"a handle that cannot be read", func(op *lro.Operation) { op.Dialect = "" }, "cannot be read"},
		{"a handle that is another", func(op *lro.Operation) { op.StatusURL += "#x"; op.Next.URL += "#x" }, "came back as"},
		{"an end without an outcome", func(op *lro.Operation) { op.Phase = lro.Ended; op.Next = lro.Request{} }, "nobody knows how"},
		{"an end with a request", func(op *lro.Operation) { op.Phase, op.Outcome = lro.Ended, lro.Succeeded }, "something to send"},
		{"a success with a reason", func(op *lro.Operation) {
			*op = lro.Operation{Phase: lro.Ended, Outcome: lro.Succeeded, Reason: lro.Throttled}
		}, "does not fit"},
		{"a failure without a reason", func(op *lro.Operation) { *op = lro.Operation{Phase: lro.Ended, Outcome: lro.Failed} }, "does not fit"},
		{"a reason without a class", func(op *lro.Operation) {
			*op = lro.Operation{Phase: lro.Ended, Outcome: lro.Lost, Reason: "because"}
		}, "has no class"},
		{"an end without a status URL", func(op *lro.Operation) { *op = lro.Operation{Phase: lro.Ended, Outcome: lro.Succeeded} }, ""},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			op := poll
			test.bend(&op)
			err := Sound(lro.Generic{}, op, Start)
			switch {
			case test.want == "" && err != nil:
				t.Errorf("got %v", err)
			case test.want != "" && (err == nil || !strings.Contains(err.Error(), test.want)):
				t.Errorf("got %v, want %q", err, test.want)
			}
		})
	}
	poll.NotBefore = Start.Add(-time.Hour)
	if err := Sound(lro.Generic{}, poll, time.Time{}); err != nil {
		t.Errorf("without a time: got %v", err)
	}
}
