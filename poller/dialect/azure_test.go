package dialect_test

import (
	"net/http"
	"testing"

	"github.com/asyncctl/asyncctl/poller/dialect"
	"github.com/asyncctl/asyncctl/poller/lro"
)

// A 400 at the monitor says nothing of the operation (Azure Resource Manager RPC, Asynchronous
// Operations). It is the last word when it says what is wrong with the poll and stays so.
func TestAzureMonitorRefusesThePoll(t *testing.T) {
	const unknown = `{"error": {"code": "UnsupportedApiVersionValue", "message": "unknown version"}}`
	answer := func(status int, body string) lro.Reply { return lro.Reply{Status: status, Body: []byte(body)} }
	for _, c := range []struct {
		name    string
		replies []lro.Reply
		want    lro.Reason
	}{
		{"once, twice", []lro.Reply{answer(400, unknown), answer(400, unknown)}, ""},
		{"three times", []lro.Reply{answer(400, unknown), answer(400, unknown), answer(400, unknown)}, lro.PollRefused},
		{"a success between", []lro.Reply{answer(400, unknown), answer(400, unknown), answer(200, `{"status":"Running"}`), answer(400, unknown)}, ""},
		{"a proxy's page", []lro.Reply{answer(400, ""), answer(400, ""), answer(400, "")}, ""},
		{"a conflict", []lro.Reply{answer(409, unknown), answer(409, unknown), answer(409, unknown)}, ""},
	} {
		t.Run(c.name, func(t *testing.T) {
			d, _ := dialect.ByName("azure-oploc")
			op := lro.Begin(d, lro.Request{Method: "POST", URL: "https://x.cognitiveservices.azure.com/documents:analyze?api-version=1"})
			op = lro.Next(d, op, lro.Reply{Status: 202, Header: http.Header{"Operation-Location": {"/operations/22?api-version=1"}}})
			for _, r := range c.replies {
				op = lro.Next(d, op, r)
			}
			if op.Reason != c.want {
				t.Errorf("reason %q, want %q", op.Reason, c.want)
			}
			if c.want != "" && (op.Outcome != lro.Lost || op.Problem.String() != "unknown version (UnsupportedApiVersionValue)") {
				t.Errorf("got %v, problem %q", op.Outcome, op.Problem)
			}
		})
	}
}
