package lro

import (
	"net/http"
	"strconv"
	"time"
)

// Asker is a [Dialect] that asks for the status by more than a GET of the status URL: by POST, with
// header fields of its own, or in a way that lets the server hold the answer.
type Asker interface {
	// Ask returns the poll of op, which is being polled. op.Next is the plain one, or what Ask made of
	// it before. It holds no secret: it goes to the origin of op.StatusURL, whoever named that. A
	// header that is added is added to a copy.
	Ask(op Operation) Request
}

// Fetcher is a [Dialect] that asks for the result by more than a GET of its URL.
type Fetcher interface {
	// FetchAs returns the request for the result of op, which is being fetched. op.Next is the plain
	// one, or what FetchAs made of it before. It holds no secret. A header that is added is added to
	// a copy.
	FetchAs(op Operation) Request
}

// Ready returns an operation that is being polled as d wants it to be asked for. [Next] does the same;
// it is for operations that come from [Resume], from a handle or from [AfterCancel].
func Ready(d Dialect, op Operation) Operation {
	op.ask(d)
	return op
}

func (op *Operation) ask(d Dialect) {
	if op.Phase == Fetching {
		if f, ok := d.(Fetcher); ok {
			op.Next = f.FetchAs(*op)
		}
		return
	}
	if op.Phase != Polling || op.repeat != nil {
		return
	}
	if _, plain := d.(Generic); plain && op.policy().LongPoll < time.Second {
		return // it has nothing to add; this saves two copies of op for each poll
	}
	if a, ok := d.(Asker); ok {
		op.Next = a.Ask(*op)
	}
}

// Ask adds Prefer: wait to the poll where the policy lets the server hold the answer.
func (Generic) Ask(op Operation) Request { return preferWait(op) }

// preferWait returns op.Next with the preference to wait for a change (RFC 7240, section 4.3) as long
// as the policy says, and as it is where the policy says nothing.
func preferWait(op Operation) Request {
	seconds := int(op.policy().LongPoll / time.Second)
	if seconds <= 0 || op.Next.Header.Get("Prefer") != "" {
		return op.Next
	}
	req := op.Next
	req.Header = http.Header{}
	if op.Next.Header != nil {
		req.Header = op.Next.Header.Clone()
	}
	req.Header.Set("Prefer", "wait="+strconv.Itoa(seconds))
	return req
}
