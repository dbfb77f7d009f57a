package reports

import (
	"context"
	"errors"
	"math"
	"net/http"
	"strconv"
	"strings"
	"time"
)

func (a *API) status(w http.ResponseWriter, r *http.Request) {
	op := a.load(w, r)
	if op == nil {
		return
	}
	if limit := a.preferredWait(w, r); limit > 0 && !op.Done() {
		if ended := a.await(r, op.ID, limit); ended != nil {
			op = ended
		}
	}
	a.tell(w, r, op)
}

// tell answers with the state of an operation.
func (a *API) tell(w http.ResponseWriter, r *http.Request, op *Operation) {
	switch op.Status {
	case Succeeded:
		a.redirect(w, r, op)
	case Failed:
		// Rule: the failure stands at the status URL, with a 4xx and an error that programs can read.
		p := *op.Problem
		p.Instance = "/status/" + op.ID
		sendProblem(w, p)
	default:
		if !op.Done() {
			w.Header().Set("Retry-After", seconds(a.RetryAfter))
		}
		etag := `"` + strings.Trim(op.Version, `"`) + `"`
		w.Header().Set("ETag", etag)
		if r.Method == http.MethodGet && r.Header.Get("If-None-Match") == etag {
			w.WriteHeader(http.StatusNotModified)
			return
		}
		send(w, http.StatusOK, op)
	}
}

// redirect sends the client to the result.
//
// Rule: 303, so that the client asks with GET, whatever it sent (RFC 9110, section 15.4.4). The URL
// is signed anew each time, and lives longer than a client takes to follow it.
func (a *API) redirect(w http.ResponseWriter, r *http.Request, op *Operation) {
	ctx, stop := bounded(r)
	defer stop()
	life := resultLife
	if a.Race == ExpiredSignature {
		life = -time.Minute
	}
	to, err := a.Store.ResultURL(ctx, op.Result, life)
	if err != nil {
		unavailable(w, r, err)
		return
	}
	w.Header().Set("Location", to)
	send(w, http.StatusSeeOther, op)
}

// load returns the operation of a request, or answers why there is none.
func (a *API) load(w http.ResponseWriter, r *http.Request) *Operation {
	ctx, stop := bounded(r)
	defer stop()
	op, err := a.Store.Load(ctx, r.PathValue("id"))
	switch {
	case errors.Is(err, ErrNotFound), err == nil && op.Owner != owner(r):
		// Rule: what belongs to somebody else looks like what is not there.
		refuse(w, r, http.StatusNotFound, "unknown-operation", "there is no such operation")
		return nil
	case err != nil:
		unavailable(w, r, err)
		return nil
	case op.Done() && time.Now().After(op.Expires):
		refuse(w, r, http.StatusGone, "expired", "the operation has ended, and was kept until "+op.Expires.Format(time.RFC3339))
		return nil
	}
	return op
}

// preferredWait reads Prefer: wait=N (RFC 7240, section 4.3) and says that it was heeded.
func (a *API) preferredWait(w http.ResponseWriter, r *http.Request) time.Duration {
	for _, line := range r.Header.Values("Prefer") {
		for item := range strings.SplitSeq(line, ",") {
			name, value, _ := strings.Cut(strings.TrimSpace(item), "=")
			n, err := strconv.Atoi(strings.Trim(value, `"`))
			if !strings.EqualFold(strings.TrimSpace(name), "wait") || err != nil || n <= 0 {
				continue
			}
			w.Header().Set("Preference-Applied", "wait="+strconv.Itoa(n))
			w.Header().Add("Vary", "Prefer")
			return min(time.Duration(n)*time.Second, a.MaxWait)
		}
	}
	return 0
}

// await returns the operation once it has ended, or nil after the limit, or when the server shuts down.
func (a *API) await(r *http.Request, id string, limit time.Duration) *Operation {
	ctx, stop := context.WithTimeout(r.Context(), limit)
	defer stop()
	for {
		if op, err := a.Store.Load(ctx, id); err == nil && op.Done() {
			return op
		}
		select {
		case <-ctx.Done():
			return nil
		case <-a.Closing:
			return nil
		case <-time.After(statusEvery):
		}
	}
}

// seconds is a Retry-After: whole seconds, rounded up, at least one (RFC 9110, section 10.2.3).
func seconds(d time.Duration) string {
	return strconv.Itoa(max(1, int(math.Ceil(d.Seconds()))))
}
