package lro

import (
	"fmt"
	"net/http"
	"time"
)

// pending goes on waiting.
func (op *Operation) pending(got Reading, r Reply, status int) {
	if op.Style == StyleUnknown && !got.Doubtful {
		op.Style, op.Spoken = Style200, 0
		if status == http.StatusAccepted {
			op.Style = Style202
		}
	}
	if op.State == StateUnknown {
		op.State = StatePending
	}
	if op.StatusURL == "" { // the submit led here
		op.StatusURL = op.Next.URL
		op.Accepted = r.At
	}
	op.ETag = ""
	if status == http.StatusOK && op.Phase == Polling && !got.Doubtful { // a guess must be seen again
		op.ETag = r.field("Etag")
	}
	ref := got.StatusURL
	if ref == "" && status == http.StatusAccepted {
		ref = op.named(r) // each 202 may name another
	}
	if ref != "" && op.repeat == nil && !op.move(ref, got.Carry) {
		return
	}
	op.again(r)
	op.poll()
}

// named returns what the header field that named the status URL says now. No other field moves it: a
// Location beside an Azure-AsyncOperation is the result's.
func (op *Operation) named(r Reply) string {
	switch op.NamedBy {
	case "":
		return r.field("Location")
	case "content", "request", "Link":
		return ""
	}
	return r.field(op.NamedBy)
}

// again counts a status that was read and sets the floor of the next poll.
func (op *Operation) again(r Reply) {
	op.told()
	op.Misses, op.MissedSince = 0, time.Time{}
	op.pollFloor(r)
}

// told counts a status that was read. What is said where the result should be is none.
func (op *Operation) told() {
	if op.Phase != Fetching {
		op.Polls++
	}
}

// move changes the status URL if ref is another one; false if that ended the operation.
func (op *Operation) move(ref string, carry []string) bool {
	if op.StatusURL == op.Next.URL && names(op.StatusURL, ref) {
		return true
	}
	target, ok := op.resolve(ref)
	if !ok {
		return false
	}
	target = op.carried(target, carry)
	return target == op.StatusURL || op.moveTo(target)
}

// moveTo changes the status URL; false if it has changed too often.
func (op *Operation) moveTo(target string) bool {
	if op.Moves++; op.Moves > op.policy().moves() {
		op.lose(TooManyMoves, fmt.Sprintf("it has changed %d times", op.Moves))
		return false
	}
	op.StatusURL, op.ETag = target, ""
	return true
}
