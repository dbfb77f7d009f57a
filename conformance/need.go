package conformance

// need says what a target must offer: which probe shows that it does, and what is said if none did.
type need struct {
	probe string
	lacks string
}

var needs = map[Need]need{
	NeedSlow:      {ProbeSlow, "there was no submit of work that takes some seconds"},
	NeedFail:      {ProbeFail, "no submit is known whose operation fails (fail: in the target file)"},
	NeedInvalid:   {ProbeInvalid, "no submit is known that must be refused (invalid: in the target file)"},
	NeedCancel:    {ProbeCancel, "cancellation is not supported, or was not tried (cancel: in the target file)"},
	NeedKey:       {ProbeIdempotency, "idempotency keys are not supported, or were not tried (keys: in the target file)"},
	NeedAuth:      {ProbeAuth, "the submit carries no credentials, so that nothing can be left out"},
	NeedUnknown:   {ProbeUnknown, "no status URL could be made that was given to nobody (unknown: in the target file)"},
	NeedBurst:     {ProbeBurst, "bursts of polls are not allowed (burst: in the target file)"},
	NeedRetention: {ProbeRetention, "the end of the retention is not waited for (retention: and wait: in the target file)"},
	NeedPrefer:    {ProbePrefer, "no submit was tried with Prefer"},
}

// lacks says why a need is not met; "" if it is.
func (e *Evidence) lacks(n Need) string {
	if e.talk(needs[n].probe) == nil {
		return needs[n].lacks
	}
	return ""
}
