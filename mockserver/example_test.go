package mockserver_test

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"time"

	"github.com/asyncctl/asyncctl/mockserver"
)

// A test of a client: the mock is done when it was polled three times, so the
// test needs no clock.
func Example() {
	mock := &mockserver.Server{Scenario: mockserver.Scenario{
		Duration: mockserver.AtOnce,
		Polls:    3,
		Result:   "hello",
	}}
	server := httptest.NewServer(mock)
	defer server.Close()

	accepted, err := http.Post(server.URL+"/operations", "application/json", strings.NewReader(`{"order":7}`))
	if err != nil {
		panic(err)
	}
	accepted.Body.Close()
	fmt.Println(accepted.Status, "Retry-After:", accepted.Header.Get("Retry-After"))

	// http.Get follows the redirect at the end to the result.
	for range 3 {
		answer, err := http.Get(server.URL + accepted.Header.Get("Location"))
		if err != nil {
			panic(err)
		}
		body, _ := io.ReadAll(answer.Body)
		answer.Body.Close()
		if answer.Header.Get("Retry-After") == "" {
			fmt.Printf("%s\n", body)
		}
	}
	fmt.Println("early polls:", mock.Stats().EarlyPolls)
	// Output:
	// 202 Accepted Retry-After: 1
	// hello
	// early polls: 3
}

func ExampleScenario_At() {
	sc := mockserver.Scenario{Queue: time.Second, Duration: 4 * time.Second}
	for _, age := range []time.Duration{0, 2 * time.Second, 5 * time.Second} {
		now := sc.At(age, 0)
		fmt.Println(age, now.Status, now.Percent, now.Remaining)
	}
	// Output:
	// 0s Pending 0 5s
	// 2s Running 25 3s
	// 5s Succeeded 100 0s
}

func ExampleParseScenario() {
	values, _ := url.ParseQuery("duration=10s&outcome=failed&retry-after=2")
	sc, err := mockserver.ParseScenario(mockserver.Scenario{}, values)
	fmt.Println(sc.Duration, sc.Outcome, sc.RetryAfter, err)

	_, err = mockserver.ParseScenario(sc, url.Values{"outcome": {"maybe"}})
	fmt.Println(err)
	// Output:
	// 10s failed 2 <nil>
	// parameter "outcome": bad value "maybe": use succeeded, failed, cancelled, partial or never
}

func ExampleServer_Operations() {
	now := time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC)
	mock := &mockserver.Server{Now: func() time.Time { return now }}
	mock.ServeHTTP(httptest.NewRecorder(), httptest.NewRequest("POST", "/operations", nil))

	now = now.Add(time.Minute)
	for _, op := range mock.Operations() {
		fmt.Println(op.Status, "after", op.Done.Sub(op.Accepted), "seen by", op.Polls, "polls")
	}
	// Output:
	// Succeeded after 3s seen by 0 polls
}

// A client that does not heed Retry-After is caught.
func ExampleNewServer() {
	mock := mockserver.NewServer(nil, &mockserver.Server{ // in a test, pass t instead of nil
		Scenario: mockserver.Scenario{Duration: mockserver.AtOnce, Polls: 4},
	})
	defer mock.Close()

	accepted, err := mock.Client().Post(mock.URL+"/operations", "text/plain", nil)
	if err != nil {
		panic(err)
	}
	accepted.Body.Close()
	for range 4 {
		answer, err := mock.Client().Get(mock.URL + accepted.Header.Get("Location"))
		if err != nil {
			panic(err)
		}
		answer.Body.Close()
	}

	for _, f := range mock.Grade().Findings { // in a test: mock.WantClean(t)
		fmt.Println(f.ID, f.Severity, "-", f.Title)
	}
	// Output:
	// ignored-retry-after error - ignored Retry-After: most polls came before it allowed them
}

// The answer to the submit is lost, though the operation was accepted.
func ExampleParseFault() {
	fault, err := mockserver.ParseFault("lost-202:nth=1")
	if err != nil {
		panic(err)
	}
	mock := mockserver.NewServer(nil, &mockserver.Server{Faults: []mockserver.Fault{fault}})
	defer mock.Close()

	_, err = mock.Client().Post(mock.URL+"/operations", "text/plain", nil)
	fmt.Println("answered:", err == nil, "- operations:", len(mock.Operations()))

	_, err = mockserver.ParseFault("latency:delay=soon")
	fmt.Println(err)
	// Output:
	// answered: false - operations: 1
	// fault "latency": parameter "delay": bad value "soon": use a duration such as 500ms, at most 720h
}

// A job of two hours is over when the clock says so.
// An API with paths and documents of its own, as data.
func ExampleShape() {
	mock := &mockserver.Server{
		Scenario: mockserver.Scenario{Duration: mockserver.AtOnce, Result: "a,b"},
		Shape: &mockserver.Shape{Base: "/v2", Kinds: []mockserver.Kind{{
			Submit: []mockserver.Endpoint{{Path: "/reports"}},
			Status: []mockserver.Endpoint{{Path: "/jobs/{{id}}"}},
			Result: []mockserver.Endpoint{{Path: "/reports/{{id}}.csv"}},
			Answers: map[string]mockserver.Answer{
				"succeeded": {JSON: json.RawMessage(`{"state": "Done", "year": "{{request:/year}}", "pct": "{{percent}}"}`)},
				"result":    {Text: "a,b", Header: map[string]string{"Content-Type": "text/csv"}},
			},
		}}},
	}
	server := httptest.NewServer(mock)
	defer server.Close()

	accepted, err := http.Post(server.URL+"/v2/reports", "application/json", strings.NewReader(`{"year":2026}`))
	if err != nil {
		panic(err)
	}
	accepted.Body.Close()
	status := accepted.Header.Get("Location")
	answer, err := http.Get(status)
	if err != nil {
		panic(err)
	}
	body, _ := io.ReadAll(answer.Body)
	answer.Body.Close()
	wrong, err := http.Post(server.URL+"/reports", "application/json", nil)
	if err != nil {
		panic(err)
	}
	wrong.Body.Close()
	fmt.Println(accepted.StatusCode, strings.HasPrefix(status, server.URL+"/v2/jobs/"))
	fmt.Println(strings.TrimSpace(string(body)))
	fmt.Println(wrong.StatusCode)
	// Output:
	// 202 true
	// {"state":"Done","year":2026,"pct":100}
	// 404
}

// A receiver of callbacks is tested with one that is signed with its secret, and with one that is not: it
// refuses that, and is not asked again.
func ExampleCallback() {
	receiver := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		body, _ := io.ReadAll(r.Body)
		mac := hmac.New(sha256.New, []byte("shared"))
		mac.Write(body)
		if want := "sha256=" + hex.EncodeToString(mac.Sum(nil)); !hmac.Equal([]byte(r.Header.Get("X-Signature")), []byte(want)) {
			w.WriteHeader(http.StatusUnauthorized)
		}
	}))
	defer receiver.Close()
	for _, secret := range []string{"shared", "another"} {
		mock := &mockserver.Server{
			Scenario: mockserver.Scenario{Duration: mockserver.AtOnce},
			Shape: &mockserver.Shape{Kinds: []mockserver.Kind{{
				Submit: []mockserver.Endpoint{{Path: "/reports"}},
				Callback: &mockserver.Callback{
					URL: "{{request:/notify}}", JSON: json.RawMessage(`{"event": "report.{{state}}"}`), Before: true,
					Sign: &mockserver.Sign{Header: "X-Signature", Prefix: "sha256=", Secret: []byte(secret)},
				},
			}}},
		}
		server := httptest.NewServer(mock)
		response, err := http.Post(server.URL+"/reports", "application/json", strings.NewReader(`{"notify":"`+receiver.URL+`"}`))
		if err != nil {
			panic(err)
		}
		response.Body.Close()
		server.Close()
		mock.Close()
		for _, sent := range mock.Callbacks() {
			fmt.Println(strings.TrimSpace(sent.Body), "attempt", sent.Attempt, "is answered with", sent.Status)
		}
	}
	// Output:
	// {"event":"report.succeeded"} attempt 1 is answered with 200
	// {"event":"report.succeeded"} attempt 1 is answered with 401
}

func ExampleClock() {
	clock := &mockserver.Clock{}
	mock := &mockserver.Server{Clock: clock, Scenario: mockserver.Scenario{Duration: 2 * time.Hour}}
	mock.ServeHTTP(httptest.NewRecorder(), httptest.NewRequest("POST", "/operations", nil))

	fmt.Println(mock.Operations()[0].Status)
	clock.Advance(2 * time.Hour)
	fmt.Println(mock.Operations()[0].Status)
	// Output:
	// Running
	// Succeeded
}
