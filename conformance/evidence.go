package conformance

import (
	"io"

	"github.com/asyncctl/asyncctl/conformance/internal/evidence"
	"github.com/asyncctl/asyncctl/conformance/internal/probe"
	"github.com/asyncctl/asyncctl/poller/lro"
)

// What is asked of a target, and what came back.
type (
	Evidence   = evidence.Evidence
	Transcript = evidence.Transcript
	Exchange   = evidence.Exchange
	Request    = evidence.Request
	Response   = evidence.Response
	Role       = evidence.Role
	Fields     = evidence.Fields
	Field      = evidence.Field
	Content    = evidence.Content
	Target     = evidence.Target
	Submit     = evidence.Submit
	Support    = evidence.Support
)

// The kinds of support.
const (
	SupportUnknown = evidence.SupportUnknown
	Supported      = evidence.Supported
	Unsupported    = evidence.Unsupported
)

// UUIDMark stands, in a submit, where each submit that is sent is to have a UUID of its own.
const UUIDMark = evidence.UUIDMark

// ProbeSlow is the probe that does what a client does: its transcript is the one to read first.
// RoleSubmit is the role of the request that starts an operation.
const (
	ProbeSlow  = evidence.ProbeSlow
	RoleSubmit = evidence.RoleSubmit
)

// The steps of a run, for whoever watches.
type (
	Event   = probe.Event
	Began   = probe.Began
	Asked   = probe.Asked
	Waiting = probe.Waiting
	Through = probe.Through
	Ended   = probe.Ended
	Noted   = probe.Noted
	Found   = probe.Found
)

// Record writes evidence to a directory, which it makes if need be: a file for each transcript, and
// one that names them. Secrets that can be told by the names of their fields and parameters are left out;
// [Report.Evidence] has none of those that were configured either.
func Record(dir string, e *Evidence) error {
	return evidence.Record(dir, evidence.NewRedactor(e).Evidence(e))
}

// Replay reads the evidence that [Record] wrote.
func Replay(dir string) (*Evidence, error) { return evidence.Replay(dir) }

// ImportHAR reads an HTTP archive (HAR 1.2), as browsers and proxies record it, and finds the
// operations in it: each submit that was accepted, and the requests that followed it. Everything
// else is left out. The values of secret fields are not: judge first, and record afterwards. It is an error if there is no operation.
func ImportHAR(r io.Reader, d lro.Dialect) (*Evidence, error) { return evidence.ImportHAR(r, d) }
