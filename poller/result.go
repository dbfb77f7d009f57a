package poller

import (
	"fmt"
	"io"
	"net/http"
	"strings"

	"github.com/asyncctl/asyncctl/poller/lro"
)

// Result is what an operation produced.
type Result struct {
	// Operation is over, with the outcome Succeeded.
	Operation lro.Operation
	// Response is the head of the response that carries the result.
	Response
	// Body is the whole result, as a stream. It is never nil; the caller must close it. Reading it
	// fails if the connection breaks before its end.
	Body io.ReadCloser
	// Length is the number of bytes in Body; -1 where it is not known beforehand.
	Length int64
}

// Response is the part of a response that is kept.
type Response struct {
	Method string
	URL    string
	Status int
	Header http.Header
	// Content is the beginning of the content, up to Client.MaxBody bytes.
	Content []byte
}

// Error is every end of an operation other than success, and every way in which a question could
// not be asked.
type Error struct {
	// Operation tells the outcome and the reason. It is not Done if only this question failed.
	Operation lro.Operation
	// Response is the last response; nil if there was none.
	Response *Response
	// Cancel is what the server made of a cancellation, after [Client.Cancel] alone; else lro.CancelNotAsked.
	Cancel lro.CancelAnswer
	// Err is the cause, where it is not the server's answer.
	Err error
}

// Unwrap returns the cause.
func (e *Error) Unwrap() error { return e.Err }

// Error says what happened, and what the server says about it.
func (e *Error) Error() string {
	var b strings.Builder
	op := e.Operation
	switch {
	case e.Cancel != lro.CancelNotAsked:
		b.WriteString(cancelText[e.Cancel])
	case !op.Done():
		b.WriteString("the status could not be read this time")
	default:
		b.WriteString(op.Reason.TextOf(op.Outcome))
	}
	class := op.Reason.Class()
	if e.Response != nil && e.Err == nil && class != lro.ClassDeadline && class != lro.ClassInterrupted {
		fmt.Fprintf(&b, " (HTTP %d)", e.Response.Status)
	}
	switch said := op.Why(); {
	case said != "":
		b.WriteString(": " + said)
	case e.Err != nil:
		b.WriteString(": " + e.Err.Error())
	}
	return b.String()
}

var cancelText = map[lro.CancelAnswer]string{
	lro.CancelTooLate:     "it is too late to cancel the operation",
	lro.CancelUnsupported: "this server does not cancel operations",
	lro.CancelGone:        "the server knows no such operation",
	lro.CancelRefused:     "the server refuses to cancel the operation",
	lro.CancelFailed:      "the cancellation could not be delivered; the operation may still be running",
}
