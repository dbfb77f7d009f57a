package rules

import (
	"net/http"
	"strings"

	"github.com/asyncctl/asyncctl/conformance/internal/evidence"
	"github.com/asyncctl/asyncctl/poller/lro"
)

const (
	aip151 = "AIP-151, Long-running operations"
	lroPB  = "google/longrunning/operations.proto"
)

// googleLRO is AIP-151: an Operation that is done or not, in 200s.
var googleLRO = dialectRules{
	name: "google-lro",
	otherwise: map[string]string{
		"submit-202":                     "the submit is answered with 200 and an Operation",
		"status-url-present":             "the status URL is made from the member name",
		"retry-after-present":            "nothing is said about when to ask",
		"retry-after-while-pending":      "nothing is said about when to ask",
		"accepted-body-describes-status": "the content is an Operation: see google-lro/operation-name",
		"state-recognisable":             "the state is the member done",
		"failure-structured":             "a failure is a google.rpc.Status: see google-lro/error-status",
		"completion-303":                 "the end is \"done\": true; there is no redirect",
		"cancelled-visible":              "a cancellation is best effort, and may have no effect",
		"idempotent-replay":              "requests are identified by the member request_id (AIP-155)",
		"idempotency-mismatch-422":       "requests are identified by the member request_id (AIP-155)",
		"idempotency-concurrent":         "requests are identified by the member request_id (AIP-155)",
	},
	rules: []Rule{{
		ID: "google-lro/operation-name", Level: Must, Basis: BasisPattern,
		Title:   "The submit is answered with 200 and an Operation that has a name",
		Why:     "The name is all that identifies the operation: the client makes the status URL from it.",
		Breaks:  "Every client library: there is nothing to poll.",
		Fix:     "Answer 200 with {\"name\": \"operations/...\"}.",
		Sources: []string{aip151, lroPB},
		Needs:   []Need{NeedSlow}, Probes: []string{evidence.ProbeSlow},
		check: func(e *facts) Verdict {
			return e.eachAccepted(func(s *seen, c *conversation, i int, x *evidence.Exchange) {
				name := memberText(document(x), "/name")
				switch {
				case x.Response.Status != http.StatusOK:
					s.add(c, i, statusLine(x), "the submit is answered with %d instead of 200", x.Response.Status)
				case !strings.HasPrefix(name, "operations/") && !strings.Contains(name, "/operations/"):
					s.add(c, i, []string{`"name": "` + name + `"`}, "the name of the Operation is not one of the collection operations")
				}
			}).verdict("it has", noOperation())
		},
	}, {
		ID: "google-lro/done-or-not", Level: Must, Basis: BasisPattern,
		Title:   "An Operation that is done has either a response or an error, and one that is not has neither",
		Why:     "They are one field of which only one can be set (oneof result).",
		Breaks:  "Clients take a partial response for the result, or a success for a failure.",
		Fix:     "Set response or error together with done, never before.",
		Sources: []string{lroPB},
		Needs:   []Need{NeedSlow}, Probes: []string{evidence.ProbeSlow, evidence.ProbeFail, evidence.ProbeCancel},
		check: func(e *facts) Verdict {
			var s seen
			for _, c := range e.talks() {
				for _, i := range c.polls(evidence.RoleImmediate, evidence.RoleRapid, evidence.RolePoll, evidence.RoleAgain) {
					x := &c.Exchanges[i]
					doc := document(x)
					if x.Response.Status != http.StatusOK || !doc.IsObject() {
						continue
					}
					s.look(x)
					done, _ := doc.At("/done")
					_, response := doc.At("/response")
					_, failed := doc.At("/error")
					switch {
					case string(done) == "true" && response == failed:
						s.add(c, i, []string{excerpt(x)}, "an Operation that is done has both a response and an error, or neither")
					case string(done) != "true" && (response || failed):
						s.add(c, i, []string{excerpt(x)}, "an Operation that is not done has a response or an error")
					}
				}
			}
			return s.verdict("it is so", noOperation())
		},
	}, {
		ID: "google-lro/error-status", Level: Must, Basis: BasisPattern,
		Title:   "The error of an Operation is a google.rpc.Status: a code from 1 to 16 and a message",
		Why:     "The code is one of gRPC, not of HTTP; client libraries make an exception of it.",
		Breaks:  "A code such as 404 becomes UNKNOWN.",
		Fix:     "Send {\"code\": 5, \"message\": \"...\"}.",
		Sources: []string{lroPB, "AIP-193, Errors"},
		Needs:   []Need{NeedFail}, Probes: []string{evidence.ProbeFail},
		check: func(e *facts) Verdict {
			return e.eachEnd(lro.Failed, func(s *seen, c *conversation, i int, x *evidence.Exchange) {
				value, _ := document(x).At("/error/code")
				code, isNumber := value.Number()
				switch {
				case !isNumber || code < 1 || code > 16:
					s.add(c, i, []string{`"code": ` + string(value)}, "the code of the error is none of gRPC")
				case memberText(document(x), "/error/message") == "":
					s.add(c, i, []string{excerpt(x)}, "the error has no message")
				}
			}, evidence.ProbeFail).verdict("it is", noFailure(e))
		},
	}, {
		ID: "google-lro/http-error", Level: Should, Basis: BasisPattern,
		Title:   "HTTP errors have error.code with the HTTP status, error.message and error.status",
		Why:     "Errors of the request look alike in all APIs, and differ from those of an operation.",
		Breaks:  "Client libraries lose the message.",
		Fix:     "Send {\"error\": {\"code\": 404, \"message\": \"...\", \"status\": \"NOT_FOUND\"}}.",
		Sources: []string{"AIP-193, Errors"},
		check: func(e *facts) Verdict {
			return e.eachError(func(s *seen, c *conversation, i int, x *evidence.Exchange) {
				value, _ := document(x).At("/error/code")
				code, _ := value.Number()
				if int(code) != x.Response.Status || !has(document(x), "/error/message", '"') || !has(document(x), "/error/status", '"') {
					s.add(c, i, []string{statusLine(x)[0], excerpt(x)}, "HTTP %d has no error with its code, a message and a status", x.Response.Status)
				}
			}).verdict("they have", notApplicable("no error occurred"))
		},
	}, {
		ID: "google-lro/cancel-empty", Level: Must, Basis: BasisPattern,
		Title:   "POST to the name with :cancel is answered with 200 and an empty object",
		Why:     "CancelOperation returns google.protobuf.Empty: it says that the request was accepted, and no more.",
		Breaks:  "Client libraries fail to decode anything else.",
		Fix:     "Answer 200 with {}; let the Operation end with the error code 1 (CANCELLED).",
		Sources: []string{lroPB},
		Needs:   []Need{NeedCancel}, Probes: []string{evidence.ProbeCancel},
		check: func(e *facts) Verdict {
			var s seen
			e.cancellations(func(c *conversation, i int, x *evidence.Exchange) {
				switch x.Response.Status {
				case http.StatusNotImplemented, http.StatusBadRequest, http.StatusNotFound, http.StatusConflict:
					return // it may leave cancellation out, or the Operation may be over
				}
				s.look(x)
				if x.Response.Status != http.StatusOK || strings.Join(strings.Fields(string(x.Response.Body)), "") != "{}" {
					s.add(c, i, []string{statusLine(x)[0], excerpt(x)}, "the cancellation is not answered with 200 and {}")
				}
			})
			return s.verdict("it is", notCancelled(e))
		},
	}},
}
