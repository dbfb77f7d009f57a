package rules

import "github.com/asyncctl/asyncctl/conformance/internal/evidence"

// need says what a target must offer: which probe shows that it does, and what is said if none did.
type need struct {
	probe string
	lacks string
}

var needs = map[Need]need{
	NeedSlow:      {evidence.ProbeSlow, "there was no submit of work that takes some seconds"},
	NeedFail:      {evidence.ProbeFail, "no submit is known whose operation fails (fail: in the target file)"},
	NeedInvalid:   {evidence.ProbeInvalid, "no submit is known that must be refused (invalid: in the target file)"},
	NeedCancel:    {evidence.ProbeCancel, "cancellation is not supported, or was not tried (cancel: in the target file)"},
	NeedKey:       {evidence.ProbeIdempotency, "idempotency keys are not supported, or were not tried (keys: in the target file)"},
	NeedAuth:      {evidence.ProbeAuth, "the submit carries no credentials, so that nothing can be left out"},
	NeedUnknown:   {evidence.ProbeUnknown, "no status URL could be made that was given to nobody (unknown: in the target file)"},
	NeedBurst:     {evidence.ProbeBurst, "bursts of polls are not allowed (burst: in the target file)"},
	NeedRetention: {evidence.ProbeRetention, "the end of the retention is not waited for (retention: and wait: in the target file)"},
	NeedPrefer:    {evidence.ProbePrefer, "no submit was tried with Prefer"},
}

// lacks says why a need is not met; "" if it is.
func (e *facts) lacks(n Need) string {
	if e.talk(needs[n].probe) == nil {
		return needs[n].lacks
	}
	return ""
}
