package rules

import (
	"net/http"

	"github.com/asyncctl/asyncctl/conformance/internal/evidence"
	"github.com/asyncctl/asyncctl/internal/jsontext"
	"github.com/asyncctl/asyncctl/poller/lro"
)

// dialectRules are what the texts of one family of APIs ask for besides, and where they say otherwise
// than the pattern. Each family has a file.
type dialectRules struct {
	name string
	// rules have ids that begin with the name.
	rules []Rule
	// otherwise has, for the ids of generic rules that do not apply, what the text says instead.
	otherwise map[string]string
}

// ways are the rules about how the pattern says something, where every dialect has its own way. Those about
// what is said, and when, are for all.
var ways = map[string]bool{
	"submit-202": true, "status-url-present": true, "accepted-body-describes-status": true, "retry-after-present": true,
	"retry-after-while-pending": true, "state-recognisable": true, "completion-303": true, "failure-structured": true,
}

// foreign reports whether the target speaks a dialect whose text nobody read for rules.
func (e *facts) foreign() bool { return !written(e.Dialect) }

// families are the dialects with a written specification that was read.
func families() []dialectRules {
	return []dialectRules{azureOploc, googleLRO, fhirBulk, odataAsync, redfishTask, ogcJob, osbBroker}
}

// eachPending calls f for each answer of a status URL that says that the operation goes on.
func (e *facts) eachPending(f func(s *seen, c *conversation, i int, x *evidence.Exchange)) *seen {
	s := &seen{}
	e.pendings(func(c *conversation, i int, x *evidence.Exchange) {
		s.look(x)
		f(s, c, i, x)
	})
	return s
}

// eachAccepted calls f for each answer that accepted an operation.
func (e *facts) eachAccepted(f func(s *seen, c *conversation, i int, x *evidence.Exchange)) *seen {
	s := &seen{}
	e.submits(func(c *conversation, i int, x *evidence.Exchange) {
		s.look(x)
		f(s, c, i, x)
	}, evidence.ProbeSlow)
	return s
}

// eachEnd calls f for each answer that told an end with the outcome.
func (e *facts) eachEnd(outcome lro.Outcome, f func(s *seen, c *conversation, i int, x *evidence.Exchange), probes ...string) *seen {
	s := &seen{}
	for _, c := range e.talks(probes...) {
		if c.told >= 0 && c.last().Outcome == outcome {
			s.look(&c.Exchanges[c.told])
			f(s, c, c.told, &c.Exchanges[c.told])
		}
	}
	return s
}

// eachError calls f for each 4xx and 5xx with content, but for those of gateways, 502 to 504.
func (e *facts) eachError(f func(s *seen, c *conversation, i int, x *evidence.Exchange)) *seen {
	s := &seen{}
	e.answers(func(c *conversation, i int, x *evidence.Exchange) {
		if x.Response.Status >= 400 && x.Response.Status < 502 && x.Request.Method != http.MethodHead && x.Err == "" {
			s.look(x)
			f(s, c, i, x)
		}
	})
	return s
}

// cancelledThen404 judges families whose status is gone once an operation was cancelled.
func cancelledThen404(e *facts) Verdict {
	var s seen
	for _, c := range e.talks(evidence.ProbeCancel) {
		cancels := c.polls(evidence.RoleCancel)
		if len(cancels) == 0 || c.Exchanges[cancels[0]].Response.Status/100 != 2 {
			continue
		}
		last := -1
		for _, i := range c.polls(evidence.RolePoll, evidence.RoleAgain) {
			if i > cancels[0] && c.Exchanges[i].Response.Status != 0 {
				last = i
			}
		}
		if last < 0 {
			continue
		}
		s.look(&c.Exchanges[last])
		if x := &c.Exchanges[last]; x.Response.Status != http.StatusNotFound && x.Response.Status != http.StatusGone {
			s.add(c, last, statusLine(x), "after an accepted cancellation the status URL is answered with %d instead of 404", x.Response.Status)
		}
	}
	return s.verdict("404", notCancelled(e))
}

// document is the content of an answer as a JSON value.
func document(x *evidence.Exchange) jsontext.Value { return jsontext.Value(x.Response.Body) }

// has reports whether a JSON document has a member of a kind: '"' a string, '0' a number, '{' an object,
// '[' an array, 't' true or false.
func has(doc jsontext.Value, pointer string, kind byte) bool {
	value, ok := doc.At(pointer)
	if !ok || len(value) == 0 {
		return false
	}
	switch kind {
	case '0':
		_, isNumber := value.Number()
		return isNumber
	case 't':
		return value[0] == 't' || value[0] == 'f'
	}
	return value[0] == kind
}
