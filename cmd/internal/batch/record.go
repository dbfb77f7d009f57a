package batch

import (
	"encoding/json"
	"errors"

	"github.com/asyncctl/asyncctl/cmd/internal/render"
	"github.com/asyncctl/asyncctl/internal/schema"
	"github.com/asyncctl/asyncctl/internal/show"
	"github.com/asyncctl/asyncctl/poller"
	"github.com/asyncctl/asyncctl/poller/lro"
)

// The outcomes that only a batch has.
const (
	Invalid = "invalid" // the line is wrong; nothing was sent
	Unknown = "unknown" // an earlier run died while it sent the submit
	Pending = "pending" // the run was interrupted, and the operation goes on: so does the same command
)

// Record is what became of one line.
type Record struct {
	Schema    string          `json:"schema"`
	Line      int             `json:"line"`
	ID        string          `json:"id"`
	Outcome   string          `json:"outcome"`
	Reason    lro.Reason      `json:"reason,omitempty"`
	Message   string          `json:"message,omitempty"`
	Problem   *lro.Problem    `json:"problem,omitempty"`
	Detail    string          `json:"detail,omitempty"`
	StatusURL string          `json:"status_url,omitempty"`
	Polls     int             `json:"polls"`
	Result    *render.Content `json:"result,omitempty"`
	// Handle goes on with an operation that is not over.
	Handle json.RawMessage `json:"handle,omitempty"`
	// IdempotencyKey is the one that was made up for the submit.
	IdempotencyKey string `json:"idempotency_key,omitempty"`
	// LastResponse is what the server said last, where the operation was lost: what it said about work that may
	// be running is said nowhere else.
	LastResponse *render.Response `json:"last_response,omitempty"`
}

// newRecord describes the end of an operation.
func newRecord(l Line, op lro.Operation, content *render.Content, err error) Record {
	r := Record{
		Schema: schema.Batch, Line: l.Number, ID: l.ID, Outcome: op.Outcome.String(), Reason: op.Reason, Problem: op.Problem, Detail: op.Detail,
		StatusURL: show.URL(op.StatusURL), Polls: op.Polls, Result: content,
	}
	var failed *poller.Error
	switch {
	case err == nil:
		return r
	case !errors.As(err, &failed):
		if op.Phase == lro.Submitting { // it was not begun
			r.Outcome = lro.NotSent.String()
		}
	case op.Reason == lro.Interrupted && op.StatusURL != "":
		r.Outcome = Pending
	case op.Outcome == lro.Lost || op.Outcome == lro.Undecided:
		var d render.Document
		d.SetResponse(failed.Response)
		r.LastResponse = d.LastResponse
	}
	r.Message = err.Error()
	if settled(op) != Done {
		if text, err := json.Marshal(op); err == nil {
			r.Handle = text
		}
	}
	return r
}

// settled returns the stage that an operation has reached when it is followed no further.
func settled(op lro.Operation) Stage {
	switch op.Outcome {
	case lro.Succeeded, lro.Failed, lro.Cancelled, lro.Refused, lro.Gone:
		return Done
	}
	switch {
	case op.StatusURL != "":
		return Accepted // the next run goes on with it
	case op.Reason.Class() == lro.ClassProtocol:
		return Done
	}
	return Sending
}

// operationOf returns the operation that an error is about.
func operationOf(err error) lro.Operation {
	var failed *poller.Error
	if errors.As(err, &failed) {
		return failed.Operation
	}
	return lro.Operation{}
}
