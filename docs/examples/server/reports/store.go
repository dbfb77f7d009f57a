package reports

import (
	"context"
	"errors"
	"time"
)

// What a [Store] answers, beside success and "the store cannot be reached".
var (
	ErrNotFound = errors.New("not found")
	ErrExists   = errors.New("it exists already")
	ErrChanged  = errors.New("somebody else changed it")
	ErrLost     = errors.New("the lease was lost: another worker has the message")
)

// Store is all the state that the system has: API, status endpoint and worker keep none of their
// own, so any number of each may run, and any of them may be killed at any moment.
type Store interface {
	Operations
	Queue
	Results
}

// Operations keeps operations and idempotency keys.
type Operations interface {
	// Create stores a new operation, or returns ErrExists.
	Create(ctx context.Context, op *Operation) error
	// Load returns an operation, or ErrNotFound.
	Load(ctx context.Context, id string) (*Operation, error)
	// Save stores a changed operation, or returns ErrChanged if its stored version is no longer
	// op.Version. Of two that change the same version, one gets ErrChanged.
	Save(ctx context.Context, op *Operation) error
	// Delete removes an operation. One that is not there is no error.
	Delete(ctx context.Context, id string) error
	// List calls visit with the ID of each operation, until visit returns an error.
	List(ctx context.Context, visit func(id string) error) error
	// Claim stores a claim under a key, or returns the one that stands there. Of two that claim the
	// same key at the same time, both get the same answer.
	Claim(ctx context.Context, key string, c Claim) (Claim, error)
	// SweepClaims removes the claims that keep does not report to be needed.
	SweepClaims(ctx context.Context, keep func(Claim) bool) error
}

// Claim is what an Idempotency-Key stands for: the operation that it began, and a digest of the
// content that came with it.
type Claim struct {
	ID     string    `json:"id"`
	Digest string    `json:"digest"`
	Made   time.Time `json:"made"`
}

// Queue holds the IDs of operations that wait for a worker. A message is delivered at least once:
// it comes again when its lease runs out before Delete.
type Queue interface {
	Enqueue(ctx context.Context, id string) error
	// Length is the number of messages, leased ones included; the store may round it.
	Length(ctx context.Context) (int, error)
	// Dequeue returns a message and hides it from others for the time of the lease; nil if there is
	// none.
	Dequeue(ctx context.Context, lease time.Duration) (*Message, error)
	// Renew hides the message for the time of the lease from now on; 0 gives it back at once. It
	// returns ErrLost if another worker has it. It changes m.Receipt.
	Renew(ctx context.Context, m *Message, lease time.Duration) error
	// Remove ends a message. ErrLost is as in Renew.
	Remove(ctx context.Context, m *Message) error
}

// Message is one delivery of an ID.
type Message struct {
	ID      string // of the operation
	Count   int    // how often it was delivered, this time included
	Receipt string // the store's name for this delivery
}

// Results keeps what was made, each under a name that is written once.
type Results interface {
	PutResult(ctx context.Context, name string, content []byte) error
	DeleteResult(ctx context.Context, name string) error
	// ResultURL returns an absolute URL, on an origin of the store's own, under which whoever has it
	// may read this one result for the time of life.
	ResultURL(ctx context.Context, name string, life time.Duration) (string, error)
}
