package reports

import (
	"context"
	"errors"
	"fmt"
	"io"
)

// Count writes how many operations there are in each status, and how many messages: after a crash it
// tells whether anything was lost or made twice.
func Count(ctx context.Context, store Store, w io.Writer) error {
	of := map[Status]int{}
	total, second := 0, 0
	err := store.List(ctx, func(id string) error {
		op, err := store.Load(ctx, id)
		if errors.Is(err, ErrNotFound) {
			return nil
		}
		if err != nil {
			return err
		}
		total++
		of[op.Status]++
		second += max(0, op.Attempts-1)
		return nil
	})
	if err != nil {
		return err
	}
	queued, err := store.Length(ctx)
	if err != nil {
		return err
	}
	_, err = fmt.Fprintf(w, "%d operations: %d not started, %d running, %d succeeded, %d failed, %d cancelled; %d second attempts; %d messages\n",
		total, of[NotStarted], of[Running], of[Succeeded], of[Failed], of[Cancelled], second, queued)
	return err
}
