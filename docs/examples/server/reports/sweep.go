package reports

import (
	"context"
	"errors"
	"log"
	"time"
)

// Sweeper removes what has expired, and finds what was dropped. Any number may run.
type Sweeper struct {
	Store Store
	// Retention is how long an operation is kept after its end. For the same time again its status
	// URL answers 410; then it is forgotten.
	Retention time.Duration
	// Stale is how old an operation that has not ended may be without a change, if its message could
	// be lost. Several times the workers' lease.
	Stale time.Duration
	// Every is the time between two rounds.
	Every time.Duration
}

// Run sweeps until ctx ends.
func (s *Sweeper) Run(ctx context.Context) {
	for ctx.Err() == nil {
		if err := s.Sweep(ctx); err != nil && ctx.Err() == nil {
			log.Printf("sweep: %.300v", err)
		}
		pause(ctx, s.Every)
	}
}

// Sweep does one round.
func (s *Sweeper) Sweep(ctx context.Context) error {
	var live int
	var stale []string
	err := s.Store.List(ctx, func(id string) error {
		op, err := s.Store.Load(ctx, id)
		switch {
		case errors.Is(err, ErrNotFound):
			return nil
		case err != nil:
			return err
		case op.Done():
			return s.expire(ctx, op)
		}
		live++
		if time.Since(op.Updated) > s.Stale {
			stale = append(stale, id)
		}
		return nil
	})
	if err != nil {
		return err
	}
	if err := s.requeue(ctx, live, stale); err != nil {
		return err
	}
	return s.Store.SweepClaims(ctx, func(c Claim) bool {
		if time.Since(c.Made) < time.Hour {
			return true // a client may still repeat its request
		}
		_, err := s.Store.Load(ctx, c.ID)
		return !errors.Is(err, ErrNotFound)
	})
}

// expire removes what an ended operation no longer needs: its results, those of attempts that were
// not the last too, and later the operation itself.
func (s *Sweeper) expire(ctx context.Context, op *Operation) error {
	if time.Now().Before(op.Expires) {
		return nil
	}
	for attempt := 1; attempt <= op.Attempts; attempt++ {
		if err := s.Store.DeleteResult(ctx, resultName(op.ID, attempt)); err != nil {
			return err
		}
	}
	if time.Now().Before(op.Expires.Add(s.Retention)) {
		return nil
	}
	return s.Store.Delete(ctx, op.ID)
}

// requeue queues operations whose message was lost: by an API that died between its two writes, or
// by a queue that forgot. A long queue is no loss, so no more are queued than messages are missing.
func (s *Sweeper) requeue(ctx context.Context, live int, stale []string) error {
	if len(stale) == 0 {
		return nil
	}
	queued, err := s.Store.Length(ctx)
	if err != nil {
		return err
	}
	for _, id := range stale[:min(len(stale), max(0, live-queued))] {
		log.Printf("%s: no message; queued again", id)
		if err := s.Store.Enqueue(ctx, id); err != nil {
			return err
		}
	}
	return nil
}
