package app

import (
	"fmt"
	"strings"

	"github.com/asyncctl/asyncctl/poller/lro"
)

// The exit codes. The table below says what they mean.
const (
	ExitOK          = 0
	ExitNo          = 1
	ExitUsage       = 2
	ExitUnreachable = 3
	ExitRefused     = 4
	ExitServer      = 5
	ExitProtocol    = 6
	ExitCancelled   = 7
	ExitPending     = 8
	ExitGone        = 9
	ExitBug         = 70
	ExitOutput      = 74
	ExitTimeout     = 124
	exitInterrupted = 130
)

// Code is one exit code as people read about it.
type Code struct {
	Number      int
	Short, Long string
}

// Codes lists all exit codes.
var Codes = []Code{
	{ExitOK, "succeeded",
		"Succeeded. cancel: the server accepted the cancellation, or, with --wait, the operation is cancelled."},
	{ExitNo, "the answer is no: the operation failed; a check or a threshold failed; of many, not enough succeeded",
		"The answer is no: the operation failed; cancel: it was not cancelled; conformance: a rule failed; loadtest: a threshold was missed; of many operations, not enough succeeded."},
	{ExitUsage, "wrong usage, an input file that cannot be used, nothing selected",
		"Wrong usage, an input file that cannot be used, an output file that cannot be created, or nothing selected. Nothing was sent."},
	{ExitUnreachable, "no connection: DNS, connect, TLS, reset, after the allowed retries",
		"No connection: DNS, connect, TLS or a broken connection, after the allowed retries. After a submit: the server may have accepted it."},
	{ExitRefused, "rejected: a 4xx that is not the operation's own failure (401, 403, 400 on submit, ...)",
		"Rejected: a 4xx that is not the operation's own failure: credentials (401, 403), a submit that is not valid (400), too many requests (429)."},
	{ExitServer, "server error: 5xx after the allowed retries",
		"The server kept failing (5xx), after the allowed retries. The operation may still be running."},
	{ExitProtocol, "protocol: the pattern is broken (202 without a status URL, redirect loop, unsafe hop), or undecided: the answer is neither a known status nor surely the result",
		"The pattern is broken: 202 without a status URL, a redirect loop, an unsafe hop, a status that cannot be read; or undecided: the answer is neither a known status nor surely the result."},
	{ExitCancelled, "cancelled",
		"The operation was cancelled."},
	{ExitPending, "still pending (status; wait --timeout 0)",
		"Still pending (status; wait --timeout 0)."},
	{ExitGone, "gone: expired, or unknown to the server (404 after the grace, 410)",
		"Gone: expired, or unknown to the server."},
	{ExitBug, "a bug in asyncctl",
		"A bug in asyncctl. Please report it."},
	{ExitOutput, "the output could not be written (full disk, closed pipe)",
		"The output could not be written: a full disk, a closed pipe. What was asked for was done; stderr says how to get the output again."},
	{ExitTimeout, "the deadline passed; the outcome of the operation is unknown",
		"The deadline (--timeout) passed, or the server asks to wait beyond it. The outcome of the operation is unknown."},
	{128 + 1, "hangup (SIGHUP)", "The terminal was closed (SIGHUP). The operation goes on."},
	{exitInterrupted, "interrupted (Ctrl-C); the operation goes on",
		"Interrupted by Ctrl-C. The operation goes on; stderr has the command that waits for it again."},
	{128 + 3, "quit (SIGQUIT)", "Ended by Ctrl-\\ (SIGQUIT). The operation goes on."},
	{128 + 15, "terminated (SIGTERM); the operation goes on", "Terminated by SIGTERM. The operation goes on."},
}

// CodesText is the help topic about exit codes.
func CodesText() string {
	var b strings.Builder
	b.WriteString("The exit code tells how it ended:\n\n")
	for _, c := range Codes {
		fmt.Fprintf(&b, "%5d  %s\n", c.Number, c.Short)
	}
	b.WriteString(`
Only 1 says that the operation failed. After 3, 4, 5, 6, 9 and 124 its outcome, or its result, is not
known: it may still be running. The reason in --format json says more.

Several operations (wait and status with several handles, cancel, batch): 0 if enough succeeded. If
all the others ended alike, their code; else 1.
Interrupted is 128 and the signal; a deadline that passed before enough had succeeded is 124.
`)
	return b.String()
}

// ClassCode returns the exit code for a class of reasons.
func ClassCode(c lro.Class) int { return classCodes[c] }

var classCodes = map[lro.Class]int{
	lro.ClassNone:        ExitOK,
	lro.ClassOperation:   ExitNo,
	lro.ClassTransport:   ExitUnreachable,
	lro.ClassRefused:     ExitRefused,
	lro.ClassServer:      ExitServer,
	lro.ClassProtocol:    ExitProtocol,
	lro.ClassCancelled:   ExitCancelled,
	lro.ClassGone:        ExitGone,
	lro.ClassDeadline:    ExitTimeout,
	lro.ClassInterrupted: exitInterrupted,
}

var cancelCodes = map[lro.CancelAnswer]int{
	lro.CancelTooLate:     ExitNo,
	lro.CancelUnsupported: ExitRefused,
	lro.CancelGone:        ExitGone,
	lro.CancelRefused:     ExitRefused,
}
