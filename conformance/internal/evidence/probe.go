package evidence

// The names of the probes.
const (
	ProbeSlow        = "slow"
	ProbeFail        = "fail"
	ProbeInvalid     = "invalid"
	ProbeAside       = "aside"
	ProbeUnknown     = "unknown"
	ProbeAuth        = "auth"
	ProbeRapid       = "rapid"
	ProbeCancel      = "cancel"
	ProbeIdempotency = "idempotency"
	ProbePrefer      = "prefer"
	ProbeBurst       = "burst"
	ProbeRetention   = "retention"
	// ProbeRare follows an operation that is polled rarely, to compare with one that is polled often.
	ProbeRare = "rare"
	// ProbeCleanup cancels what the others left running.
	ProbeCleanup = "cleanup"
)

// The reasons for which a probe stops before it is through, as [Transcript].Ended has them.
const (
	EndedBudget      = "budget"
	EndedInterrupted = "interrupted"
)

// What probes send that checks know by heart.
const (
	// BurstPolls is how many polls are sent at the same time, ConcurrentSubmits how many submits with
	// one key.
	BurstPolls        = 50
	ConcurrentSubmits = 10
	// UnknownPreference is one that no server knows, AsyncPreference the wish not to wait.
	UnknownPreference = "x-asyncctl-unknown=1; a=b"
	AsyncPreference   = "respond-async, wait=2"
)
