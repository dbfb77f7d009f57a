package mockserver

import "github.com/asyncctl/asyncctl/mockserver/internal/fault"

// A Fault is one way in which a [Server] misbehaves, and when. The names and
// what each does are in [Faults]; [ParseFault] makes one from a text.
type Fault = fault.Fault

// A FaultInfo describes a fault of the catalogue.
type FaultInfo = fault.FaultInfo

// A Repost is a submit that was sent again, without an idempotency key, after
// the answer to the first one was lost by a fault. The work is done twice.
type Repost = fault.Repost

// FaultHeader names the response header that tells of a broken connection where
// there is no connection to break, as in a [net/http/httptest.ResponseRecorder]:
// there the status is 504.
const FaultHeader = fault.FaultHeader

// Faults returns the catalogue: first the faults of the wire, then those of the
// pattern in the order in which a client meets them.
func Faults() []FaultInfo { return fault.Faults() }

// ParseFault reads the name of a fault and its parameters:
//
//	status-404
//	latency:delay=2s,jitter=500ms,p=0.1
//	429-storm:from=2,first=6
//
// Parameters that are not given have the defaults of the catalogue. A | may
// stand for a comma. The error names what is wrong and what is allowed.
func ParseFault(text string) (Fault, error) { return fault.ParseFault(text) }
