package lro_test

import (
	"testing"

	"github.com/asyncctl/asyncctl/poller/internal/transcript"
	"github.com/asyncctl/asyncctl/poller/lro"
)

// The classes of the statuses that may answer a poll (dialects.md, section 4.3).
var (
	storedFailures = []int{400, 402, 409, 412, 413, 418, 422, 423, 424, 451, 419, 430, 444, 499} // the last are not registered: as 400 (RFC 9110, section 15)
	pollRefusals   = []int{405, 406, 411, 414, 415, 416, 417, 421, 426, 428, 431}
	authStatuses   = []int{401, 403, 407}
	inPassing      = []int{408, 425, 429, 500, 502, 503, 504, 507, 508, 520, 599, 404}
	nonsense       = []int{0, 100, 102, 199, 206, 300, 304, 305, 306, 399, 501, 505, 511, 600, 999, -1}
)

func TestNextOfEveryStatus(t *testing.T) {
	want := map[int]string{200: "succeeded ", 201: "succeeded ", 203: "succeeded ", 204: "succeeded ", 202: "undecided ", 410: "gone expired",
		301: "lost redirect-without-location", 302: "lost redirect-without-location", 303: "lost redirect-without-location",
		307: "lost redirect-without-location", 308: "lost redirect-without-location"}
	add := func(statuses []int, outcome string) {
		for _, s := range statuses {
			want[s] = outcome
		}
	}
	add(storedFailures, "failed operation-failed")
	add(pollRefusals, "lost poll-refused")
	add(authStatuses, "lost unauthorized")
	add(inPassing, "undecided ")
	add(nonsense, "lost unexpected-status")
	for status, want := range want {
		for _, r := range []lro.Reply{reply(status, fields(), ""), {Status: status, At: noon}} { // the second without a header
			op := lro.Next(lro.Generic{}, accepted(t, lro.Reply{}), r)
			if got := op.Outcome.String() + " " + string(op.Reason); got != want {
				t.Errorf("%d to a poll: got %q, want %q", status, got, want)
			}
			if err := transcript.Sound(lro.Generic{}, op, noon); err != nil {
				t.Errorf("%d to a poll: %v", status, err)
			}
		}
	}
}

// TestNextOfEveryStatusInEveryPhase looks only for what must never be: a success that nobody
// claimed, an operation that is out of order.
func TestNextOfEveryStatusInEveryPhase(t *testing.T) {
	begin := lro.Begin(lro.Generic{}, lro.Request{URL: "https://api.example.com/v1/reports"})
	poll := accepted(t, lro.Reply{})
	phases := []lro.Operation{
		begin,
		lro.Next(lro.Generic{}, begin, reply(303, fields("Location", "/r"), "")),
		poll,
		lro.Next(lro.Generic{}, poll, reply(302, fields("Location", "/r"), "")),
		lro.Next(lro.Generic{}, poll, reply(303, fields("Location", "/r"), "")),
	}
	for _, before := range phases {
		for status := range 1000 {
			for _, location := range []string{"", "/r2", "https://other.example.net/", "::"} {
				op := lro.Next(lro.Generic{}, before, reply(status, fields("Location", location), ""))
				if op.Outcome == lro.Succeeded && (status/100 != 2 || status == 202 || status == 206) {
					t.Errorf("%d in phase %v: success", status, before.Phase)
				}
				if op.Outcome == lro.Failed && status/100 != 4 {
					t.Errorf("%d in phase %v: failure", status, before.Phase)
				}
				if err := transcript.Sound(lro.Generic{}, op, noon); err != nil {
					t.Errorf("%d in phase %v: %v", status, before.Phase, err)
				}
			}
		}
	}
}
