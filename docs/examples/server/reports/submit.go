package reports

import (
	"context"
	"crypto/rand"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"mime"
	"net/http"
	"strings"
	"time"
)

// order is what a client may ask for.
type order struct {
	Seconds float64 `json:"seconds"`        // how long the work takes, 0 to 3600
	Pages   int     `json:"pages"`          // of the report
	Fail    string  `json:"fail,omitempty"` // a reason for the work to fail
}

func (a *API) submit(w http.ResponseWriter, r *http.Request) {
	content, ok := readOrder(w, r)
	if !ok {
		return
	}
	if wait, ok := a.buckets.take(owner(r), a.Rate, a.Burst, time.Now()); !ok {
		w.Header().Set("Retry-After", seconds(wait))
		refuse(w, r, http.StatusTooManyRequests, "too-many", "more orders than allowed; nothing was taken")
		return
	}
	ctx, stop := bounded(r)
	defer stop()
	length, err := a.Store.Length(ctx)
	if err != nil {
		unavailable(w, r, err)
		return
	}
	if length >= a.MaxQueue {
		// Rule: say "later" while it is cheap. An accepted order that nobody can work on is a promise
		// that will be broken.
		w.Header().Set("Retry-After", "10")
		refuse(w, r, http.StatusServiceUnavailable, "queue-full", "too many orders are waiting; nothing was taken")
		return
	}
	id, ok := a.claim(ctx, w, r, content)
	if !ok {
		return
	}
	op, err := a.take(ctx, &Operation{ID: id, Status: NotStarted, Created: now(), Owner: owner(r), Order: content})
	if err != nil {
		unavailable(w, r, err)
		return
	}
	a.accept(w, r, op)
}

// readOrder reads and checks the content, or answers why it cannot be taken.
func readOrder(w http.ResponseWriter, r *http.Request) (json.RawMessage, bool) {
	if kind, _, err := mime.ParseMediaType(r.Header.Get("Content-Type")); err != nil || kind != "application/json" {
		w.Header().Set("Accept-Post", "application/json")
		refuse(w, r, http.StatusUnsupportedMediaType, "media-type", "an order is application/json")
		return nil, false
	}
	body, err := io.ReadAll(http.MaxBytesReader(w, r.Body, maxOrder))
	if tooLarge := (*http.MaxBytesError)(nil); errors.As(err, &tooLarge) {
		refuse(w, r, http.StatusRequestEntityTooLarge, "too-large", fmt.Sprintf("an order has at most %d bytes", maxOrder))
		return nil, false
	}
	if err != nil {
		return nil, false // the client went away
	}
	var o order
	d := json.NewDecoder(strings.NewReader(string(body)))
	d.DisallowUnknownFields()
	switch err := d.Decode(&o); {
	case err != nil:
		refuse(w, r, http.StatusBadRequest, "order-unreadable", "the order is not readable: "+err.Error())
		return nil, false
	case d.More():
		refuse(w, r, http.StatusBadRequest, "order-unreadable", "there is something after the order")
		return nil, false
	case o.Seconds < 0 || o.Seconds > 3600 || o.Pages < 0:
		refuse(w, r, http.StatusUnprocessableEntity, "order-invalid", "seconds must be between 0 and 3600, and pages not negative")
		return nil, false
	}
	content, err := json.Marshal(o)
	return content, err == nil
}

// claim returns the ID of the operation to make: a new one, or that which the Idempotency-Key already
// stands for.
//
// Rule: the key is claimed by create-if-absent, before anything else is stored. Two requests with one
// key, however close, get one ID; looking first and storing afterwards would let both through.
func (a *API) claim(ctx context.Context, w http.ResponseWriter, r *http.Request, content []byte) (string, bool) {
	id, key := rand.Text(), r.Header.Get("Idempotency-Key")
	if key == "" {
		return id, true
	}
	// The key belongs to its owner: the same word of somebody else is another key.
	name := digest([]byte(owner(r) + "\x00" + key))
	sum := digest(content)
	if a.Race == KeyRace {
		time.Sleep(raceTime)
		name = digest([]byte(id))
	}
	made, err := a.Store.Claim(ctx, name, Claim{ID: id, Digest: sum, Made: now()})
	if err != nil {
		unavailable(w, r, err)
		return "", false
	}
	if made.Digest != sum {
		refuse(w, r, http.StatusUnprocessableEntity, "key-reused", "this Idempotency-Key came with another order before")
		return "", false
	}
	return made.ID, true
}

// take stores the operation and queues it.
//
// Rule: status before queue, and both before the 202. Whoever reads the Location at once finds
// something there, and a worker never meets an ID that nobody knows. Where this process dies in
// between, a repeated request (with a key) or the sweeper queues the operation.
func (a *API) take(ctx context.Context, op *Operation) (*Operation, error) {
	if a.Race == StatusLate {
		go func() {
			time.Sleep(raceTime)
			if a.Store.Create(context.WithoutCancel(ctx), op) == nil {
				a.Store.Enqueue(context.WithoutCancel(ctx), op.ID)
			}
		}()
		return op, nil
	}
	err := a.Store.Create(ctx, op)
	if !errors.Is(err, ErrExists) {
		if err == nil {
			err = a.Store.Enqueue(ctx, op.ID)
		}
		return op, err
	}
	stored, err := a.Store.Load(ctx, op.ID) // the same key again
	if err != nil {
		return nil, err
	}
	if stored.Status == NotStarted {
		err = a.Store.Enqueue(ctx, stored.ID) // a second message does no harm: see Worker
	}
	return stored, err
}

// accept answers 202, or, where the client would rather wait, with the end.
func (a *API) accept(w http.ResponseWriter, r *http.Request, op *Operation) {
	if limit := a.preferredWait(w, r); limit > 0 {
		if ended := a.await(r, op.ID, limit); ended != nil {
			a.tell(w, r, ended)
			return
		}
	}
	w.Header().Set("Location", a.Public+"/status/"+op.ID)
	w.Header().Set("Retry-After", seconds(a.RetryAfter))
	send(w, http.StatusAccepted, op)
}

func digest(content []byte) string {
	sum := sha256.Sum256(content)
	return hex.EncodeToString(sum[:])
}
