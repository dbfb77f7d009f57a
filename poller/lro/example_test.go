package lro_test

import (
	"encoding/json"
	"fmt"
	"net/http"
	"time"

	"github.com/asyncctl/asyncctl/poller/lro"
)

// The whole protocol, played with answers that are written down here. A real caller sends op.Next,
// and not before op.NotBefore.
func ExampleNext() {
	start := time.Date(2026, 1, 2, 12, 0, 0, 0, time.UTC)
	answers := []lro.Reply{
		{Status: 202, Header: http.Header{"Location": {"/status/1"}, "Retry-After": {"5"}}, At: start},
		{Status: 200, Header: http.Header{}, Body: []byte(`{"status": "Running", "percentComplete": 40}`), At: start.Add(5 * time.Second)},
		{Status: 303, Header: http.Header{"Location": {"/reports/1"}}, At: start.Add(10 * time.Second)},
		{Status: 200, Header: http.Header{}, Body: []byte("the report"), At: start.Add(11 * time.Second)},
	}
	dialect := lro.Generic{}
	op := lro.Begin(dialect, lro.Request{Method: "POST", URL: "https://api.example.com/reports"})
	for _, answer := range answers {
		fmt.Printf("%-6s %s %s\n", op.Phase, op.Next.Method, op.Next.URL)
		op = lro.Next(dialect, op, answer)
	}
	fmt.Println(op.Outcome, op.Done())
	// Output:
	// submit POST https://api.example.com/reports
	// poll   GET https://api.example.com/status/1
	// poll   GET https://api.example.com/status/1
	// fetch  GET https://api.example.com/reports/1
	// succeeded true
}

// A date counts from the server's own Date, so a clock that is wrong does no harm.
func ExampleRetryAfter() {
	wait, asked := lro.RetryAfter(lro.Reply{Header: http.Header{
		"Date":        {"Tue, 02 Jan 2024 12:00:00 GMT"},
		"Retry-After": {"Tue, 02 Jan 2024 12:01:30 GMT"},
	}})
	fmt.Println(wait, asked)
	wait, asked = lro.RetryAfter(lro.Reply{Header: http.Header{"Retry-After": {"1.5"}}})
	fmt.Println(wait, asked)
	// Output:
	// 1m30s true
	// 2s true
}

// A hint is a floor: the die only makes the poll later.
func ExamplePace_Due() {
	now := time.Date(2026, 1, 2, 12, 0, 0, 0, time.UTC)
	op := lro.Operation{Phase: lro.Polling, Hinted: true, Hint: 10 * time.Second, NotBefore: now.Add(10 * time.Second)}
	pace := lro.Pace{Jitter: 0.2}
	fmt.Println(pace.Due(op, now, 0).Sub(now))
	fmt.Println(pace.Due(op, now, 0.5).Sub(now))
	// Output:
	// 10s
	// 11s
}

// The JSON form is a handle: another process can go on with it. It holds nothing of the submit that
// may be secret.
func ExampleOperation_MarshalJSON() {
	op := lro.Begin(lro.Generic{}, lro.Request{
		Method: "POST", URL: "https://api.example.com/reports?key=secret",
		Header: http.Header{"Authorization": {"Bearer secret"}},
	})
	op = lro.Next(lro.Generic{}, op, lro.Reply{
		Status: 202, Header: http.Header{"Location": {"/status/1"}}, At: time.Date(2026, 1, 2, 12, 0, 0, 0, time.UTC),
	})
	text, err := json.MarshalIndent(op, "", "  ")
	fmt.Println(string(text), err)
	// Output:
	// {
	//   "asyncctl_handle": 1,
	//   "dialect": "generic",
	//   "state": "pending",
	//   "submit_method": "POST",
	//   "submit_url": "https://api.example.com/reports",
	//   "status_url": "https://api.example.com/status/1",
	//   "accepted": "2026-01-02T12:00:00Z"
	// } <nil>
}
