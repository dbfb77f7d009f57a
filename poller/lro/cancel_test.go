package lro_test

import (
	"errors"
	"testing"

	"github.com/asyncctl/asyncctl/poller/lro"
)

// wantCancel is what the status of an answer to a cancellation means, where it is not CancelRefused
// for a 4xx and CancelFailed for a 5xx.
var wantCancel = map[int]lro.CancelAnswer{
	0:   lro.CancelFailed,
	200: lro.CancelAccepted, 201: lro.CancelAccepted, 202: lro.CancelAccepted, 204: lro.CancelAccepted, 303: lro.CancelAccepted,
	404: lro.CancelGone, 405: lro.CancelUnsupported, 409: lro.CancelTooLate, 410: lro.CancelGone, 429: lro.CancelFailed,
	501: lro.CancelUnsupported,
	101: lro.CancelRefused, 301: lro.CancelRefused, 302: lro.CancelRefused, 304: lro.CancelRefused, 307: lro.CancelRefused, 600: lro.CancelRefused,
}

func TestAfterCancelOfEveryStatus(t *testing.T) {
	statuses := []int{0, 101, 200, 201, 202, 204, 301, 302, 303, 304, 307, 600}
	for s := 400; s < 600; s++ {
		statuses = append(statuses, s)
	}
	for _, status := range statuses {
		want, listed := wantCancel[status]
		switch {
		case listed:
		case status/100 == 4:
			want = lro.CancelRefused
		default:
			want = lro.CancelFailed
		}
		before := accepted(t, lro.Reply{})
		op, got := lro.AfterCancel(before, lro.Reply{Status: status, At: noon})
		if got != want {
			t.Errorf("%d: got %v, want %v", status, got, want)
		}
		if op.CancelSent != (want == lro.CancelAccepted) || op.Done() {
			t.Errorf("%d: got %+v", status, op)
		}
		if !op.CancelSent && op.State != before.State {
			t.Errorf("%d: got state %v, want %v as before", status, op.State, before.State)
		}
	}
}

func TestAfterCancelWithoutAnswer(t *testing.T) {
	if _, got := lro.AfterCancel(accepted(t, lro.Reply{}), lro.Reply{Err: errors.New("reset")}); got != lro.CancelFailed {
		t.Errorf("got %v, want failed", got)
	}
}

func TestAfterCancelOfWhatIsOver(t *testing.T) {
	over := lro.GiveUp(accepted(t, lro.Reply{}), lro.Interrupted)
	op, answer := lro.AfterCancel(over, lro.Reply{Status: 204})
	if answer != lro.CancelAccepted || op.CancelSent || op.Outcome != lro.Lost {
		t.Errorf("got %v, %+v", answer, op)
	}
}

func TestAfterCancelWhileTheResultIsFetched(t *testing.T) {
	op := lro.Next(lro.Generic{}, accepted(t, lro.Reply{}), reply(200, fields("Location", "/r"), `{"status":"succeeded"}`))
	op, _ = lro.AfterCancel(op, lro.Reply{Status: 202})
	if op.Phase != lro.Fetching || op.State != lro.StateSucceeded || op.Next.URL != "https://api.example.com/r" {
		t.Errorf("got %v, %v, %s, want it to go on fetching", op.Phase, op.State, op.Next.URL)
	}
}

func TestGenericCancelNeedsStatusURL(t *testing.T) {
	if got, ok := (lro.Generic{}).Cancel(lro.Operation{}); ok {
		t.Errorf("got %+v, want nothing", got)
	}
}
