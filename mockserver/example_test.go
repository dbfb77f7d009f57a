package mockserver_test

import (
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
	// parameter "outcome": bad value "maybe": use succeeded, failed, cancelled or never
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
