package mockserver

import "github.com/asyncctl/asyncctl/mockserver/internal/work"

// A Status is the state of an operation, in the word that goes over the wire.
type Status = work.Status

// The states of an operation. The first three are pending, the others final.
const (
	Pending    = work.Pending
	Running    = work.Running
	Cancelling = work.Cancelling
	Succeeded  = work.Succeeded
	Failed     = work.Failed
	Cancelled  = work.Cancelled
)

// A Snapshot is the state of an operation at one moment. All times in it are
// ages: durations since the submit was accepted.
type Snapshot = work.Snapshot

// Unknown is the Remaining of an operation of which nobody knows when it will end.
const Unknown = work.Unknown

// A Clock is the time of a server: that of the clock below it until it is
// advanced or scaled. The zero value is ready to use, and safe for concurrent
// use; do not copy it.
type Clock = work.Clock

// A Record is the truth about one operation, as no client can see it.
type Record = work.Record

// A Truth is a [Record] and what the client of the operation did. It is what
// [Server.Grade] judges.
type Truth = work.Truth

// A Poll is the truth about one poll.
type Poll = work.Poll
