package batch

import (
	"errors"

	"github.com/asyncctl/asyncctl/cmd/internal/render"
	"github.com/asyncctl/asyncctl/poller"
	"github.com/asyncctl/asyncctl/poller/lro"
)

// work is one line on its way. Many of them wait at the same time: it keeps nothing of the submit.
type work struct {
	run   *Run
	line  Line
	made  string // the Idempotency-Key that was made up
	begun bool   // its submit is in the journal, or was in an earlier run
}

func (w *work) task(op lro.Operation) poller.Task {
	w.line.Request = lro.Request{}
	return poller.Task{Number: w.line.Number, Operation: op, Done: w.done}
}

// start writes down that the submit is about to be sent.
func (w *work) start(key string) error {
	if err := w.run.note(Mark{Line: w.line.Number, Stage: Sending, Sum: w.line.Sum, Key: key}); err != nil {
		w.run.breakOff(err)
		return err
	}
	w.begun = true
	return nil
}

// accept writes down that the server took it.
func (w *work) accept(op lro.Operation) {
	w.run.note(Mark{Line: w.line.Number, Stage: Accepted, Sum: w.line.Sum, Handle: &op})
}

// done takes the end of the operation.
func (w *work) done(res *poller.Result, err error) {
	if err != nil {
		w.settle(operationOf(err), nil, err)
		return
	}
	content, err := w.run.Deliver(w.line, res)
	w.settle(res.Operation, content, err)
}

// settle writes down how a line ended, as far as it has.
func (w *work) settle(op lro.Operation, content *render.Content, err error) {
	unsent := op.Outcome == lro.NotSent
	stopped := unsent && (op.Reason.Class() == lro.ClassInterrupted || op.Reason.Class() == lro.ClassDeadline)
	if stopped && !w.begun {
		return
	}
	rec := newRecord(w.line, op, content, err)
	rec.IdempotencyKey = w.made
	stage := settled(op)
	if op.Outcome == lro.Succeeded && err != nil {
		// The result is there but did not arrive: the next run fetches it again.
		rec.Outcome, rec.Reason, stage = lro.Lost.String(), lro.Unreachable, Accepted
	}
	mark := Mark{Line: w.line.Number, Sum: w.line.Sum, Stage: stage}
	switch {
	case unsent, stage == Sending && op.Reason == lro.Unreachable:
		mark.Stage = Unsent
	case stage == Done:
		mark.Record = &rec
	case stage == Accepted && op.StatusURL != "":
		mark.Handle = &op
	default:
		mark.Stage = "" // the journal knows it already
	}
	if mark.Stage != "" {
		if failure := w.run.note(mark); failure != nil {
			rec.Message = errors.Join(err, failure).Error()
		}
	}
	if !stopped {
		w.run.emit(rec)
	}
}
