package batch

import (
	"encoding/json"
	"errors"

	"github.com/asyncctl/asyncctl/cmd/internal/render"
	"github.com/asyncctl/asyncctl/poller"
	"github.com/asyncctl/asyncctl/poller/lro"
)

// Schema names the record's format. Fields are only ever added to it.
const Schema = "asyncctl.batch/1"

// The outcomes that only a batch has.
const (
	Invalid = "invalid" // the line is wrong; nothing was sent
	Unknown = "unknown" // an earlier run died while it sent the submit
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
}

// newRecord describes the end of an operation.
func newRecord(l Line, op lro.Operation, content *render.Content, err error) Record {
	r := Record{
		Schema: Schema, Line: l.Number, ID: l.ID, Outcome: op.Outcome.String(), Reason: op.Reason, Problem: op.Problem, Detail: op.Detail,
		StatusURL: poller.Redact(op.StatusURL), Polls: op.Polls, Result: content,
	}
	if err != nil {
		r.Message = err.Error()
	}
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
