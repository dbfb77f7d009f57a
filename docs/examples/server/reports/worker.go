package reports

import (
	"context"
	"log"
	"sync"
	"time"
)

// Worker makes the reports that are queued.
type Worker struct {
	Store Store
	// Slots is how many operations are worked on at a time. More wait in the queue, where they cost
	// nothing.
	Slots int
	// Lease is how long a message is hidden from other workers. A worker that lives renews it in time;
	// that of a dead one comes again after it.
	Lease time.Duration
	// Attempts is how many workers may begin an operation before it counts as failed: one that kills
	// its worker must not kill them all.
	Attempts int
	// Retention is how long an operation is kept after its end.
	Retention time.Duration
	// Race breaks one thing on purpose; see [Race].
	Race Race
}

const idle = 100 * time.Millisecond // between looks into an empty queue

// Run works until ctx ends. What is under way then goes back into the queue, for another worker.
func (w *Worker) Run(ctx context.Context) {
	var slots sync.WaitGroup
	for range max(w.Slots, 1) {
		slots.Go(func() {
			for ctx.Err() == nil {
				w.next(ctx)
			}
		})
	}
	slots.Wait()
}

// next takes one message and does what it says.
func (w *Worker) next(ctx context.Context) {
	m, err := w.Store.Dequeue(ctx, w.Lease)
	switch {
	case err != nil:
		if ctx.Err() == nil {
			log.Printf("queue: %.300v", err)
		}
		pause(ctx, time.Second)
	case m == nil:
		pause(ctx, idle)
	default:
		j := job{Worker: w, message: m}
		if err := j.run(ctx); err != nil && ctx.Err() == nil {
			log.Printf("%s: %.300v", m.ID, err) // its message comes again after the lease
		}
	}
}

func pause(ctx context.Context, d time.Duration) {
	t := time.NewTimer(d)
	defer t.Stop()
	select {
	case <-ctx.Done():
	case <-t.C:
	}
}
