package dialect

import (
	"net/http"
	"strings"

	"github.com/asyncctl/asyncctl/poller/internal/message"
	"github.com/asyncctl/asyncctl/poller/lro"
)

var odataFamily = []builtin{{Info: Info{
	Name:       "odata-async",
	Result:     "the last answer itself, or the content of the message within it (application/http)",
	Looks:      "202 with Location and OData-Version; 202 while it works, then 200 with AsyncResult: the real status",
	Source:     "OData 4.01 Part 1: Protocol, sections 11.6, 8.2.8 and 8.3.1",
	Evidence:   Primary,
	Unverified: "a cancellation that is itself asynchronous (DELETE answered by 202 with another Location) is not followed",
}, dialect: &odata{rules{Rules: Rules{
	Name: "odata-async",
	// With another Accept the answer would be a whole HTTP message (section 11.6).
	Header: map[string]string{"Prefer": "respond-async", "Accept": "application/json"},
	Poll:   Poll{Header: map[string]string{"Accept": "application/json"}},
	Status: []string{"{{header:Location}}"}, Cancel: Call{Method: "DELETE", URL: []string{"{{status}}"}},
}}}}}

// odata reads the real status behind a 200.
type odata struct{ rules }

// Read says what the reply means.
func (d *odata) Read(op lro.Operation, r lro.Reply) (lro.Reading, error) {
	got, err := d.rules.Read(op, r)
	if op.Phase == lro.Submitting || op.Phase == lro.Fetching || r.Status != http.StatusOK {
		return got, err
	}
	status, wrapped := statusCode(field(r, "Asyncresult")), r
	inner, _, enclosed := message.Enclosed(r) // what a 4.0 service sends, or one that was asked for application/http
	if enclosed {
		wrapped = inner
		if status == 0 {
			status = inner.Status
		}
	}
	switch {
	case status >= 400: // also a cancellation on the server's side: 200 around a 5xx
		got.State = lro.StateFailed
		wrapped.Status = status
		got.Problem = lro.ReadProblem(wrapped)
	case status >= 200:
		got.State, got.Enclosed = lro.StateSucceeded, enclosed
	}
	return got, nil
}

// statusCode reads a status code that a reason phrase may follow ("500 Internal Server Error", as
// Planning Analytics has it); 0: there is none.
func statusCode(text string) int {
	text = strings.TrimSpace(text)
	if len(text) < 3 || text[0] < '1' || text[0] > '9' {
		return 0
	}
	code := 0
	for i := range 3 {
		if text[i] < '0' || text[i] > '9' {
			return 0
		}
		code = code*10 + int(text[i]-'0')
	}
	return code
}
