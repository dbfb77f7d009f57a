package reports

import (
	"fmt"
	"strings"
	"time"
)

// Race is a mistake that is easily made, put back on purpose: conformance checks and clients can be
// tried against it. The zero value is a server without any.
type Race string

// The mistakes. Each has the place where the right order is kept, marked with "Rule:".
const (
	StatusLate       Race = "status-late"       // the 202 is sent before the operation is stored
	ResultLate       Race = "result-late"       // "Succeeded" is stored before the result
	Unconditional    Race = "unconditional"     // the worker overwrites whatever is stored, a cancel too
	KeyRace          Race = "key-race"          // an Idempotency-Key does not stop a second request
	ExpiredSignature Race = "expired-signature" // the URL of the result is no longer valid
)

// raceTime is how far apart two steps are that should be one.
const raceTime = 1500 * time.Millisecond

// ParseRace reads the name of a race; empty is none.
func ParseRace(name string) (Race, error) {
	all := []Race{StatusLate, ResultLate, Unconditional, KeyRace, ExpiredSignature}
	var names []string
	for _, r := range all {
		if string(r) == name || name == "" {
			return Race(name), nil
		}
		names = append(names, string(r))
	}
	return "", fmt.Errorf("unknown race %q; there are %s", name, strings.Join(names, ", "))
}
