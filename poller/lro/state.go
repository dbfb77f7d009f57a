package lro

import "github.com/asyncctl/asyncctl/poller/lro/internal/document"

// State is what the server says about an operation.
type State uint8

// The states, from "no word yet" over those that go on to those that end.
const (
	StateUnknown    State = iota // the server has said nothing that we understand
	StatePending                 // accepted, not started
	StateRunning                 // at work
	StateWaiting                 // held, suspended, paused: it waits for somebody
	StateCancelling              // being cancelled
	StateSucceeded
	StateFailed
	StatePartial // ended with a part of the work done
	StateCancelled
)

var stateNames = [...]string{"unknown", "pending", "running", "waiting", "cancelling", "succeeded", "failed", "partial", "cancelled"}

// String returns the state's word: "running".
func (s State) String() string {
	if int(s) < len(stateNames) {
		return stateNames[s]
	}
	return stateNames[StateUnknown]
}

// Word returns the state that a server's word stands for, and StateUnknown for one that is not in
// the vocabulary or that does not say how the operation stands ("stopped", "shipped"). Case, blanks,
// "-" and "_" do not matter: "In progress" is "in_progress". Words that are made of known ones count as these
// ("JOB_STATE_RUNNING", "cancelled by admin"). Words of other languages than English are understood in answers, and are
// not in the vocabulary.
func Word[T ~string | ~[]byte](w T) State { return State(document.Word(w)) }

// Terminal reports whether the state is an end.
func (s State) Terminal() bool { return s >= StateSucceeded }

// stateByName is the inverse of String.
func stateByName(name string) (State, bool) {
	for i, n := range stateNames {
		if n == name {
			return State(i), true
		}
	}
	return StateUnknown, false
}

// Outcome is how an operation ended for us.
type Outcome uint8

// The outcomes. The first three are the server's word; Refused means that no operation was ever
// begun, and NotSent that nothing of the submit left; the others mean that its fate, or its result, is not known.
const (
	Undecided Outcome = iota // not over
	Succeeded
	Failed
	Cancelled
	Refused // the server rejected the submit
	Lost    // no status URL, an unreadable answer, a broken connection: the work may still be running
	Gone    // the status URL or the result is no longer there
	Timeout // the deadline passed; set by the shells, never by Next
	NotSent // no request of the submit has left: nothing was started
)

var outcomeNames = [...]string{"undecided", "succeeded", "failed", "cancelled", "refused", "lost", "gone", "timeout", "not-sent"}

// String returns the outcome's word: "succeeded".
func (o Outcome) String() string {
	if int(o) < len(outcomeNames) {
		return outcomeNames[o]
	}
	return outcomeNames[Undecided]
}

// Phase is what the next request is for.
type Phase uint8

// The phases, in their usual order.
const (
	Submitting Phase = iota // the submit has no answer yet
	Polling                 // the status URL is asked until it tells the end
	Following               // a redirect is being followed; what lies there may be a status or the result
	Fetching                // the operation is over, its result is being fetched
	Ended                   // nothing left to send
)

var phaseNames = [...]string{"submit", "poll", "follow", "fetch", "ended"}

// String returns the phase's word: "poll".
func (p Phase) String() string {
	if int(p) < len(phaseNames) {
		return phaseNames[p]
	}
	return phaseNames[Ended]
}

// Style is which of the two readings of "200 at the status URL" a server has shown.
type Style uint8

// The styles.
const (
	StyleUnknown Style = iota
	Style200           // 200 is a status document, the end is in it or a redirect (arr-200)
	Style202           // 202 while it works, any other 2xx is the result (arr-202)
)

var styleNames = [...]string{"", "arr-200", "arr-202"}

// String returns "arr-200", "arr-202", or "" while the server has shown neither.
func (s Style) String() string {
	if int(s) < len(styleNames) {
		return styleNames[s]
	}
	return ""
}
