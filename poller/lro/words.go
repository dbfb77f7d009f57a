package lro

// word is one entry of the state vocabulary.
type word struct {
	state State
	// risky words name a state of many ordinary resources ("active", "open"): they count only where
	// the server has already spoken as a status document.
	risky bool
	// bare words ("done") say that it ended but not how: a non-empty error beside them decides.
	bare bool
}

// vocabulary holds the words that servers use for states, normalised as [Word] does. Source: the
// dialects of Azure, Google, FHIR, OData, Redfish, OGC, OSB, UWS, Durable Functions, Replicate,
// OpenAI, fal, RunPod, Jenkins, Splunk, Salesforce, Jira and others.
var vocabulary = map[string]word{
	"pending": {state: StatePending}, "queued": {state: StatePending}, "inqueue": {state: StatePending},
	"enqueued": {state: StatePending}, "accepted": {state: StatePending}, "notstarted": {state: StatePending},
	"notrunning": {state: StatePending}, "blocked": {state: StatePending}, "scheduled": {state: StatePending},
	"validating": {state: StatePending}, "validatingfiles": {state: StatePending}, "submitted": {state: StatePending},
	"uploadcomplete": {state: StatePending}, "initialized": {state: StatePending}, "starting": {state: StatePending},
	"unknown": {state: StatePending},
	"waiting": {state: StatePending, risky: true}, "created": {state: StatePending, risky: true},
	"open": {state: StatePending, risky: true}, "new": {state: StatePending, risky: true},

	"running": {state: StateRunning}, "inprogress": {state: StateRunning}, "processing": {state: StateRunning},
	"executing": {state: StateRunning}, "provisioning": {state: StateRunning}, "updating": {state: StateRunning},
	"deleting": {state: StateRunning}, "creating": {state: StateRunning}, "finalizing": {state: StateRunning},
	"parsing": {state: StateRunning}, "continuedasnew": {state: StateRunning}, "building": {state: StateRunning},
	"stopping": {state: StateRunning}, "uploading": {state: StateRunning},
	"started": {state: StateRunning, risky: true}, "active": {state: StateRunning, risky: true},

	"held": {state: StateWaiting}, "suspended": {state: StateWaiting, risky: true}, "paused": {state: StateWaiting, risky: true},

	"cancelling": {state: StateCancelling}, "canceling": {state: StateCancelling},
	"cancelrequested": {state: StateCancelling}, "cancellationrequested": {state: StateCancelling},

	"succeeded": {state: StateSucceeded}, "success": {state: StateSucceeded}, "successful": {state: StateSucceeded},
	"jobcomplete": {state: StateSucceeded, bare: true}, "complete": {state: StateSucceeded, bare: true},
	"completed": {state: StateSucceeded, bare: true}, "done": {state: StateSucceeded, bare: true},
	"finished": {state: StateSucceeded, bare: true},
	"ok":       {state: StateSucceeded, bare: true, risky: true}, "ready": {state: StateSucceeded, bare: true, risky: true},

	"failed": {state: StateFailed}, "fail": {state: StateFailed}, "failure": {state: StateFailed}, "error": {state: StateFailed},
	"errored": {state: StateFailed}, "exception": {state: StateFailed}, "fatal": {state: StateFailed},
	"dead": {state: StateFailed}, "timedout": {state: StateFailed}, "timeout": {state: StateFailed},
	"expired": {state: StateFailed},

	"cancelled": {state: StateCancelled}, "canceled": {state: StateCancelled}, "aborted": {state: StateCancelled},
	"terminated": {state: StateCancelled}, "dismissed": {state: StateCancelled}, "killed": {state: StateCancelled},
	"revoked": {state: StateCancelled},

	"incomplete": {state: StatePartial}, "partiallysucceeded": {state: StatePartial}, "unstable": {state: StatePartial},
	"partial": {state: StatePartial}, "completedwitherrors": {state: StatePartial},
}

// longestWord is the length of the longest word of the vocabulary.
const longestWord = len("cancellationrequested")

// Word returns the state that a server's word stands for, and StateUnknown for one that is not in
// the vocabulary. Case, blanks, "-" and "_" do not matter: "In progress" is "in_progress".
func Word[T ~string | ~[]byte](w T) State { return lookupWord(w).state }

func lookupWord[T ~string | ~[]byte](w T) word {
	var folded [longestWord]byte
	n := 0
	for i := 0; i < len(w); i++ {
		c := w[i]
		switch {
		case c == ' ' || c == '-' || c == '_' || c == '\t':
			continue
		case c >= 'A' && c <= 'Z':
			c += 'a' - 'A'
		}
		if n == len(folded) {
			return word{}
		}
		folded[n] = c
		n++
	}
	return vocabulary[string(folded[:n])]
}
