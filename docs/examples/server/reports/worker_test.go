package reports_test

import (
	"encoding/json"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/asyncctl/asyncctl/docs/examples/server/reports"
)

// operation stores one without queueing it.
func (h *house) operation(op reports.Operation) *reports.Operation {
	h.t.Helper()
	if op.Order == nil {
		op.Order = json.RawMessage(`{}`)
	}
	if err := h.store.Create(h.t.Context(), &op); err != nil {
		h.t.Fatal(err)
	}
	return &op
}

// TestPoison: an order whose workers die again and again fails, and does not come a fourth time.
func TestPoison(t *testing.T) {
	h := newHouse(t, nil)
	op := h.operation(reports.Operation{ID: "POISON", Status: reports.Running, Attempts: 3})
	h.store.Enqueue(t.Context(), op.ID)
	h.work(func(w *reports.Worker) { w.Lease = time.Second })
	resp, content := h.end("/status/POISON")
	if resp.StatusCode != 422 || !strings.Contains(content, "gave-up") {
		t.Errorf("%d %s", resp.StatusCode, content)
	}
}

// TestDeadWorker: what a dead worker had is taken over after the lease, not before.
func TestDeadWorker(t *testing.T) {
	h := newHouse(t, nil)
	op := h.operation(reports.Operation{ID: "ORPHAN", Status: reports.Running, Attempts: 1, Percent: 75})
	h.store.Enqueue(t.Context(), op.ID)
	h.work(nil)
	h.end("/status/ORPHAN")
	ended, err := h.store.Load(t.Context(), op.ID)
	if err != nil || ended.Status != reports.Succeeded || ended.Attempts != 2 {
		t.Fatalf("%+v, %v", ended, err)
	}
	if d := ended.Updated.Sub(op.Updated); d < 3*time.Second {
		t.Errorf("taken over after %v, within the lease of 3s", d)
	}
}

// TestSweep: a lost message is made anew, a long queue is not; what has expired goes, in two steps.
func TestSweep(t *testing.T) {
	h := newHouse(t, nil)
	ctx := t.Context()
	s := &reports.Sweeper{Store: h.store, Retention: time.Hour, Stale: time.Millisecond}
	h.operation(reports.Operation{ID: "LOST", Status: reports.NotStarted})
	h.operation(reports.Operation{ID: "QUEUED", Status: reports.NotStarted})
	h.store.Enqueue(ctx, "QUEUED")
	ended := h.operation(reports.Operation{ID: "ENDED", Status: reports.Succeeded, Attempts: 2, Result: "ENDED-2", Expires: time.Now().Add(time.Hour)})
	answers := func(result int) {
		t.Helper()
		for _, name := range []string{"ENDED-1", "ENDED-2"} {
			valid, _ := h.store.ResultURL(ctx, name, time.Hour)
			if resp, _ := h.ask("GET", valid, ""); resp.StatusCode != result {
				t.Errorf("the result %s: %d, want %d", name, resp.StatusCode, result)
			}
		}
	}
	// sweep stores the moment of expiry, sweeps, and asks for the status.
	sweep := func(expires time.Duration, want int) {
		t.Helper()
		ended.Expires = time.Now().Add(expires)
		if err := h.store.Save(ctx, ended); err != nil {
			t.Fatal(err)
		}
		if err := s.Sweep(ctx); err != nil {
			t.Fatal(err)
		}
		if resp, _ := h.ask("GET", "/status/ENDED", ""); resp.StatusCode != want {
			t.Errorf("the status, %v after it expired: %d, want %d", -expires, resp.StatusCode, want)
		}
	}
	for _, name := range []string{"ENDED-1", "ENDED-2"} {
		if err := h.store.PutResult(ctx, name, []byte("{}")); err != nil {
			t.Fatal(err)
		}
	}
	time.Sleep(10 * time.Millisecond) // longer than Stale
	for range 2 {
		sweep(time.Hour, http.StatusSeeOther)
		if n, _ := h.store.Length(ctx); n != 2 {
			t.Errorf("%d messages for two operations that have not ended", n)
		}
	}
	answers(http.StatusOK)
	sweep(-time.Minute, http.StatusGone)
	answers(http.StatusNotFound)
	sweep(-time.Hour-time.Minute, http.StatusNotFound)
}
