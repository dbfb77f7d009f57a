package work

import "time"

// A Record is the truth about one operation, as no client can see it.
type Record struct {
	ID     string `json:"id"`
	Method string `json:"method"`        // of the submit
	Path   string `json:"path"`          // of the submit
	Key    string `json:"key,omitempty"` // Idempotency-Key without quotes, or empty
	Status Status `json:"status"`        // now

	Accepted  time.Time `json:"accepted"`           // when the submit arrived
	Started   time.Time `json:"started,omitzero"`   // when it began to run; zero if it has not, or never will
	Done      time.Time `json:"done,omitzero"`      // when it ended, whoever noticed; zero if it has not
	Cancelled time.Time `json:"cancelled,omitzero"` // when a DELETE cancelled it; zero if none did

	Submits int `json:"submits"` // submits that led here: 1, and more with the same key
	Polls   int `json:"polls"`   // GET and HEAD of the status URL
	Early   int `json:"early"`   // the polls among them that came before the last hint allowed it
}

func (op *Operation) Record(now time.Time) Record {
	snap := op.State(now)
	r := Record{
		ID:       op.ID,
		Method:   op.Method,
		Path:     op.Path,
		Key:      op.Key,
		Status:   snap.Status,
		Accepted: op.Accepted,
		Submits:  op.submits,
		Polls:    op.Polls,
		Early:    op.early,
	}
	queue := op.Plan().Queue
	if op.RanBy(now, queue) {
		r.Started = op.Accepted.Add(queue)
	}
	if snap.Status.Done() {
		r.Done = op.Accepted.Add(snap.Changed)
	}
	if op.cancelled >= 0 {
		r.Cancelled = op.Accepted.Add(op.cancelled)
	}
	return r
}

// RanBy reports whether it began to run, queue after its acceptance.
func (op *Operation) RanBy(now time.Time, queue time.Duration) bool {
	age := op.age(now)
	if op.cancelled >= 0 {
		age = min(age, op.cancelled)
	}
	if h := op.Hand; h != nil && h.frozen {
		age = min(age, h.frozenAt)
	}
	if h := op.Hand; h != nil && h.ended != "" {
		age = min(age, h.endedAt)
	}
	return age >= queue
}
