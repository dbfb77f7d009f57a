package reports

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"time"
)

// job is one delivery of a message, and the operation that it names.
type job struct {
	*Worker
	message *Message
	op      *Operation
	order   order
}

// run does the work of one message, or finds that there is none to do.
//
// A message is delivered at least once. That it is worked on once is the operation's business: each
// change of it is conditional, so of two workers one learns with its next step that it is not alone.
func (j *job) run(ctx context.Context) error {
	op, err := j.Store.Load(ctx, j.message.ID)
	switch {
	case errors.Is(err, ErrNotFound), err == nil && op.Done():
		return j.Store.Remove(ctx, j.message) // cancelled, or ended by a worker that died before it could remove it
	case err != nil:
		return err
	case op.Status == Running && time.Since(op.Updated) < j.Lease:
		// A second message for an operation that a living worker has: it is looked at again later.
		return j.Store.Renew(ctx, j.message, j.Lease)
	}
	j.op = op
	if err := json.Unmarshal(op.Order, &j.order); err != nil {
		return j.end(ctx, Failed, failure("order-unreadable", "the stored order is not readable"))
	}
	if op.Attempts >= j.Attempts {
		return j.end(ctx, Failed, failure("gave-up", fmt.Sprintf("%d attempts did not end", op.Attempts)))
	}
	op.Status = Running
	op.Attempts++
	if err := j.save(ctx); err != nil {
		return unlessChanged(err)
	}
	return j.work(ctx)
}

// work makes the report. The work itself is time that passes, in steps shorter than a third of the
// lease; each step is stored, so that clients see progress and the sweeper sees a living worker.
func (j *job) work(ctx context.Context) error {
	total := time.Duration(j.order.Seconds * float64(time.Second))
	step := min(total/4, j.Lease/3)
	for done := time.Duration(0); done < total; {
		part := min(step, total-done)
		pause(ctx, part)
		if ctx.Err() != nil {
			return j.giveBack()
		}
		done += part
		if err := j.Store.Renew(ctx, j.message, j.Lease); err != nil {
			return err
		}
		if done < total {
			j.op.Percent = max(j.op.Percent, int(100*done/total))
			if err := j.save(ctx); err != nil {
				return unlessChanged(err) // cancelled, or another worker has it
			}
		}
	}
	if j.order.Fail != "" {
		return j.end(ctx, Failed, failure("unreportable", j.order.Fail))
	}
	return j.succeed(ctx)
}

// succeed stores the result and says so.
//
// Rule: the result before the word. A client that reads "Succeeded" follows the redirect at once. Each
// attempt writes under a name of its own, and the conditional write of the operation decides which
// name counts: two workers never write the same result.
func (j *job) succeed(ctx context.Context) error {
	content, err := json.Marshal(map[string]any{"report": j.op.ID, "pages": j.order.Pages, "order": j.op.Order})
	if err != nil {
		return err
	}
	j.op.Result = resultName(j.op.ID, j.op.Attempts)
	if j.Race == ResultLate {
		if err := j.end(ctx, Succeeded, nil); err != nil {
			return err
		}
		pause(ctx, raceTime)
		return j.Store.PutResult(ctx, j.op.Result, content)
	}
	if err := j.Store.PutResult(ctx, j.op.Result, content); err != nil {
		return err
	}
	return j.end(ctx, Succeeded, nil)
}

func resultName(id string, attempt int) string { return fmt.Sprintf("%s-%d", id, attempt) }

// end stores how the operation ended, and then removes the message: if this process dies in between,
// the message comes again and finds the end.
func (j *job) end(ctx context.Context, status Status, p *Problem) error {
	j.op.Problem = p
	j.op.end(status, j.Retention)
	if err := j.save(ctx); err != nil {
		return unlessChanged(err)
	}
	return j.Store.Remove(ctx, j.message)
}

// giveBack puts the operation back as it was, so that another worker begins at once, and the end of
// this process does not count as an attempt.
func (j *job) giveBack() error {
	ctx, stop := context.WithTimeout(context.Background(), 3*time.Second)
	defer stop()
	j.op.Attempts--
	j.op.Status = NotStarted
	if err := j.save(ctx); err != nil {
		return unlessChanged(err)
	}
	return j.Store.Renew(ctx, j.message, 0)
}

// save stores the operation if nobody else changed it.
func (j *job) save(ctx context.Context) error {
	err := j.Store.Save(ctx, j.op)
	if j.Race != Unconditional || !errors.Is(err, ErrChanged) {
		return err
	}
	stored, err := j.Store.Load(ctx, j.op.ID)
	if err != nil {
		return err
	}
	j.op.Version = stored.Version
	return j.Store.Save(ctx, j.op)
}

// unlessChanged drops ErrChanged: somebody else decides about the operation now. The message comes
// again after its lease, and finds out what became of it.
func unlessChanged(err error) error {
	if errors.Is(err, ErrChanged) {
		return nil
	}
	return err
}
