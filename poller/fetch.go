package poller

import (
	"context"
	"errors"
	"net/http"
	"time"

	"github.com/asyncctl/asyncctl/poller/lro"
)

// Fetch fetches a file that the result of an operation names, such as one of a manifest. ref is a URL, or
// relative to that of the result. The caller must close the Body. What the request carries is decided as
// for the result: credentials go to their origin and to no other that the server names. Nothing of it is
// observed.
func (c *Client) Fetch(ctx context.Context, result *Result, ref string) (*Result, error) {
	op := result.Operation
	op.Phase, op.Outcome, op.Reason = lro.Fetching, lro.Undecided, lro.ReasonNone
	op.Inline, op.Enclosed, op.Hops, op.Misses, op.NotBefore = "", false, 0, 0, time.Time{}
	url, err := lro.Resolve(result.URL, ref)
	if err != nil && !(errors.Is(err, lro.ErrDowngrade) && c != nil && c.Policy.AllowDowngrade) {
		op.Phase, op.Outcome, op.Reason = lro.Ended, lro.Lost, lro.ForbiddenHop
		return nil, &Error{Operation: op, Err: err}
	}
	op.Next = lro.Request{Method: http.MethodGet, URL: url, Header: http.Header{}}
	v := c.converse(op)
	v.op.Next = op.Next
	v.speaks, v.start, v.quiet = file{}, "", true // the server named it, and not the caller
	return v.wait(ctx)
}

// file reads the answers to a request for a file: HTTP says it all.
type file struct{ lro.Generic }

func (file) Read(lro.Operation, lro.Reply) (lro.Reading, error) { return lro.Reading{}, nil }
