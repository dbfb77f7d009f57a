package evidence

import (
	"errors"
	"fmt"
	"strings"

	"github.com/asyncctl/asyncctl/poller/lro"
)

// Reply is the answer as package lro takes it.
func (x *Exchange) Reply() lro.Reply {
	r := lro.Reply{Status: x.Response.Status, Header: x.Response.Header.HTTP(), Body: x.Response.Body, More: x.Response.More, At: x.Answered, Unsent: x.Unsent}
	if x.Err != "" {
		r.Err = errors.New(x.Err)
		if strings.Contains(x.Err, lro.ErrForbidden.Error()) {
			r.Err = fmt.Errorf("%w: %s", lro.ErrForbidden, x.Err)
		}
	}
	return r
}

// Empty reports whether an answer has no content, as opposed to one whose content was not kept.
func (x *Exchange) Empty() bool { return len(x.Response.Body) == 0 && !x.Response.More }

// Whole reports whether the whole answer was read.
func (x *Exchange) Whole() bool { return x.Err == "" && x.Response.Status != 0 }

// Over reports whether the server reported the end of the operation.
func Over(op lro.Operation) bool {
	switch op.Outcome {
	case lro.Succeeded, lro.Failed, lro.Cancelled:
		return true
	}
	return false
}
