package loadtest

import (
	"time"

	"github.com/asyncctl/asyncctl/internal/show"
	"github.com/asyncctl/asyncctl/loadtest/internal/pending"
)

// Record is what became of one operation. Moments are since the start of the run; those that never
// came are negative.
type Record struct {
	Index    int64  `json:"index"`
	Kind     string `json:"kind,omitempty"`
	Strategy string `json:"strategy"`
	// Planned is when the submit was to leave, Accepted when its answer came, Noticed when the client
	// knew that the work had ended, and Over when nothing was left to do.
	Planned  time.Duration `json:"planned_ns"`
	Accepted time.Duration `json:"accepted_ns"`
	Noticed  time.Duration `json:"noticed_ns"`
	Over     time.Duration `json:"over_ns"`
	Polls    int           `json:"polls"`
	Outcome  string        `json:"outcome"`
	Reason   string        `json:"reason,omitempty"`
	// Status is the status URL without what may be secret in it.
	Status string `json:"status_url,omitempty"`
	// Warmup reports whether the operation is not counted in the result.
	Warmup bool `json:"warmup,omitempty"`
}

// recordBatch is how many records are handed over at a time.
const recordBatch = 256

// record keeps what became of an operation until it is handed over.
func (w *worker) record(s *pending.Slot, outcome, reason, status string) {
	moment := func(at int64) time.Duration { return time.Duration(max(at, -1)) }
	series := &w.series[s.Series]
	r := Record{
		Index: s.Index, Kind: series.Kind, Strategy: series.Strategy, Planned: time.Duration(s.Planned), Accepted: moment(w.Moment(w.op.Accepted)),
		Noticed: -1, Over: time.Duration(w.now()), Polls: int(s.Sends), Outcome: outcome, Reason: reason, Warmup: w.isWarm(s.Planned),
	}
	if s.Flags&pending.IsTold != 0 {
		r.Noticed = moment(s.Seen)
	}
	if status != "" {
		r.Status = show.URL(status)
	}
	if w.records = append(w.records, r); len(w.records) >= recordBatch {
		w.sendRecords()
	}
}

// sendRecords hands the records over; it waits only if the observer is far behind.
func (w *worker) sendRecords() {
	if len(w.records) > 0 {
		w.run.records <- w.records
		w.records = nil
	}
}
