package rules

import (
	"fmt"
	"net/http"
	"slices"
	"strings"

	"github.com/asyncctl/asyncctl/conformance/internal/evidence"
)

// need says what a target must offer: which probe shows that it does, and what is said if none did.
type need struct {
	probe string
	lacks string
}

var needs = map[Need]need{
	NeedSlow:      {evidence.ProbeSlow, "there was no submit of work that takes some seconds"},
	NeedFail:      {evidence.ProbeFail, "no submit is known whose operation fails (examples.fail of the API file)"},
	NeedInvalid:   {evidence.ProbeInvalid, "no submit is known that must be refused (examples.invalid of the API file)"},
	NeedCancel:    {evidence.ProbeCancel, "cancellation is not supported, or was not tried (cancel of the API file)"},
	NeedKey:       {evidence.ProbeIdempotency, "idempotency keys are not supported, or were not tried (submit.key of the API file)"},
	NeedAuth:      {evidence.ProbeAuth, "the submit carries no credentials, so that nothing can be left out"},
	NeedUnknown:   {evidence.ProbeUnknown, "no status URL could be made that was never handed out (checks.unknown of the API file)"},
	NeedBurst:     {evidence.ProbeBurst, "bursts of polls are not allowed (checks.burst of the API file)"},
	NeedRetention: {evidence.ProbeRetention, "the end of the retention is not waited for (limits.retention and checks.wait of the API file)"},
	NeedPrefer:    {evidence.ProbePrefer, "no submit was tried with Prefer"},
}

// lacks says why a need is not met; "" if it is.
func (e *facts) lacks(n Need) string {
	if e.talk(needs[n].probe) == nil {
		return needs[n].lacks
	}
	return ""
}

// cutShort reports whether a conversation that a rule judges stopped before it was through, because its
// time was up or nobody answered any more. Only then is it inconclusive that something was not seen.
func (e *facts) cutShort(rule *Rule) bool {
	return slices.ContainsFunc(e.judgedBy(rule), func(c *conversation) bool { return c.Ended != "" || c.silent() })
}

// judgedBy returns the conversations that a rule judges, and that with the slow operation, to which
// others are compared.
func (e *facts) judgedBy(rule *Rule) []*conversation {
	if len(rule.Probes) == 0 {
		return e.talks()
	}
	return e.talks(append([]string{evidence.ProbeSlow}, rule.Probes...)...)
}

// silent reports whether the last request of a conversation got no answer.
func (c *conversation) silent() bool {
	n := len(c.Exchanges)
	return n > 0 && c.Exchanges[n-1].Response.Status == 0
}

// cause names what took the time of the conversations that a rule judges; "" if nobody knows.
func (e *facts) cause(rule *Rule) string {
	for _, c := range e.judgedBy(rule) {
		if c.Ended != "" && c.Cause != "" {
			return "; " + c.Cause
		}
	}
	return ""
}

// methods are what requests of a role are sent with, where that does not depend on the dialect.
var methods = map[evidence.Role]string{
	evidence.RoleHead: http.MethodHead, evidence.RolePut: http.MethodPut, evidence.RolePatch: http.MethodPatch,
}

// forbidden says why a rule could not be judged, if it needs requests that may not be sent; "" if it
// does not.
func (e *facts) forbidden(rule *Rule) string {
	if e.Methods == nil {
		return ""
	}
	var missing []string
	for _, role := range rule.Asks {
		method := methods[role]
		if role == evidence.RoleCancel || role == evidence.RoleCancelLate {
			method = e.cancelMethod()
		}
		if method != "" && !slices.Contains(e.Methods, method) && !slices.Contains(missing, method) {
			missing = append(missing, method)
		}
	}
	if len(missing) == 0 {
		return ""
	}
	return fmt.Sprintf("it needs %s, and only %s may be sent", strings.Join(missing, " and "), strings.Join(e.Methods, ", "))
}

// cancelMethod is how the operations of the target are cancelled.
func (e *facts) cancelMethod() string {
	if c := e.talk(evidence.ProbeSlow); c != nil && c.accepted >= 0 {
		if req, ok := c.dialect.Cancel(c.after[c.accepted]); ok {
			return req.Method
		}
	}
	return http.MethodDelete
}

// MethodOf is what requests of a role are sent with, where that does not depend on the dialect; "" where
// it does, or where it is GET or a submit.
func MethodOf(role evidence.Role) string { return methods[role] }
