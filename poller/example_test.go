package poller_test

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync/atomic"
	"time"

	"github.com/asyncctl/asyncctl/mockserver"
	"github.com/asyncctl/asyncctl/poller"
	"github.com/asyncctl/asyncctl/poller/lro"
)

// Submit, wait, read the result.
func ExampleClient_Do() {
	server := httptest.NewServer(&mockserver.Server{Scenario: mockserver.Scenario{Duration: mockserver.AtOnce, Result: "a report"}})
	defer server.Close()

	ctx, cancel := context.WithTimeout(context.Background(), time.Minute)
	defer cancel()
	client := &poller.Client{}
	result, err := client.Do(ctx, lro.Request{Method: "POST", URL: server.URL + "/reports"})
	if err != nil {
		fmt.Println(err)
		return
	}
	defer result.Body.Close()
	report, err := io.ReadAll(result.Body)
	fmt.Println(string(report), err)
	// Output: a report <nil>
}

// A failure tells whether the operation failed or only our question about it.
func ExampleError() {
	server := httptest.NewServer(&mockserver.Server{Scenario: mockserver.Scenario{
		Duration: mockserver.AtOnce, Outcome: mockserver.OutcomeFailed, FailTitle: "No such year", FailDetail: "2206 is in the future",
	}})
	defer server.Close()

	_, err := (&poller.Client{}).Do(context.Background(), lro.Request{URL: server.URL + "/reports"})
	var failed *poller.Error
	if errors.As(err, &failed) {
		fmt.Println(failed.Operation.Outcome, failed.Operation.Reason)
		fmt.Println(failed)
	}
	// Output:
	// failed operation-failed
	// the server says that the operation failed (HTTP 422): No such year: 2206 is in the future
}

// Watch what happens.
func ExampleClient_observe() {
	server := httptest.NewServer(&mockserver.Server{Scenario: mockserver.Scenario{Duration: mockserver.AtOnce}})
	defer server.Close()

	client := &poller.Client{Observe: func(e poller.Event) {
		switch {
		case e.Reply != nil:
			fmt.Println(e.Reply.Phase, e.Reply.Status)
		case e.End != nil:
			fmt.Println(e.End.Outcome, "early polls:", e.End.Early)
		}
	}}
	result, err := client.Do(context.Background(), lro.Request{URL: server.URL + "/reports"})
	if err != nil {
		fmt.Println(err)
		return
	}
	result.Body.Close()
	// Output:
	// submit 202
	// poll 303
	// fetch 200
	// succeeded early polls: 0
}

// Decode the result.
func ExampleResult_Decode() {
	server := httptest.NewServer(&mockserver.Server{Scenario: mockserver.Scenario{Duration: mockserver.AtOnce, Result: `{"rows":3}`}})
	defer server.Close()

	result, err := (&poller.Client{}).Do(context.Background(), lro.Request{Method: "POST", URL: server.URL + "/reports"})
	if err != nil {
		fmt.Println(err)
		return
	}
	var report struct{ Rows int }
	err = result.Decode(&report) // it closes the body
	fmt.Println(report.Rows, err)
	// Output: 3 <nil>
}

// Cancel an operation. An accepted cancellation is a wish: the wait tells how it ended.
func ExampleClient_Cancel() {
	server := httptest.NewServer(&mockserver.Server{Scenario: mockserver.Scenario{Duration: time.Hour, RetryAfter: mockserver.RetryAfter{Form: mockserver.RetrySeconds, Delay: mockserver.AtOnce}}})
	defer server.Close()

	ctx := context.Background()
	client := &poller.Client{Dialect: deletes{}} // this API cancels by DELETE
	op, _, err := client.Submit(ctx, lro.Request{Method: "POST", URL: server.URL + "/reports"})
	if err != nil {
		fmt.Println(err)
		return
	}
	op, answer, err := client.Cancel(ctx, op)
	fmt.Println(answer, err)
	_, err = client.Wait(ctx, op)
	fmt.Println(errors.Is(err, poller.ErrCancelled))
	// Output:
	// accepted <nil>
	// true
}

// deletes is a dialect of one's own: HTTP's common meaning, and how this API cancels.
type deletes struct{ lro.Generic }

func (deletes) Cancel(op lro.Operation) (lro.Request, bool) {
	return lro.Request{Method: "DELETE", URL: op.StatusURL}, true
}

// Give up after a while, and go on later: in this process, or in another one that has the operation's JSON.
func ExampleClient_Wait_again() {
	server := httptest.NewServer(&mockserver.Server{Scenario: mockserver.Scenario{Duration: time.Hour, RetryAfter: mockserver.RetryAfter{Form: mockserver.RetrySeconds, Delay: time.Hour}}})
	defer server.Close()

	ctx, cancel := context.WithTimeout(context.Background(), time.Second)
	defer cancel()
	client := &poller.Client{Origin: server.URL} // for which the credentials are, also after the operation was read back
	_, err := client.Do(ctx, lro.Request{Method: "POST", URL: server.URL + "/reports"})
	fmt.Println(errors.Is(err, context.DeadlineExceeded))

	var failed *poller.Error
	if errors.As(err, &failed) {
		handle, err := json.Marshal(failed.Operation) // holds no credentials
		fmt.Println(len(handle) > 0, err)
	}
	// Output:
	// true
	// true <nil>
}

// Follow many operations at once.
func ExampleMany() {
	server := httptest.NewServer(&mockserver.Server{Scenario: mockserver.Scenario{Duration: mockserver.AtOnce}})
	defer server.Close()

	var succeeded atomic.Int32
	tasks := func(yield func(poller.Task) bool) {
		for n := range 100 {
			task := poller.Task{
				Number:    n,
				Operation: lro.Begin(lro.Generic{}, lro.Request{Method: "POST", URL: server.URL + "/reports"}),
				Done: func(result *poller.Result, err error) {
					if err == nil {
						result.Body.Close()
						succeeded.Add(1)
					}
				},
			}
			if !yield(task) {
				return
			}
		}
	}
	(&poller.Many{Client: &poller.Client{}}).Run(context.Background(), tasks)
	fmt.Println(succeeded.Load(), "succeeded")
	// Output: 100 succeeded
}

// Send through a transport of one's own, as for measuring or signing.
func ExampleClient_transport() {
	server := httptest.NewServer(&mockserver.Server{Scenario: mockserver.Scenario{Duration: mockserver.AtOnce}})
	defer server.Close()

	sent := 0
	client := &poller.Client{Transport: transport(func(r *http.Request) (*http.Response, error) {
		sent++
		return http.DefaultTransport.RoundTrip(r)
	})}
	result, err := client.Do(context.Background(), lro.Request{Method: "POST", URL: server.URL + "/reports"})
	if err != nil {
		fmt.Println(err)
		return
	}
	result.Body.Close()
	fmt.Println(sent, "requests: submit, poll, result")
	// Output: 3 requests: submit, poll, result
}

type transport func(*http.Request) (*http.Response, error)

func (t transport) RoundTrip(r *http.Request) (*http.Response, error) { return t(r) }

// Take a request from elsewhere.
func ExampleNewRequest() {
	server := httptest.NewServer(&mockserver.Server{Scenario: mockserver.Scenario{Duration: mockserver.AtOnce, Result: "a report"}})
	defer server.Close()

	h, err := http.NewRequest("POST", server.URL+"/reports", strings.NewReader(`{"year":2026}`))
	if err != nil {
		fmt.Println(err)
		return
	}
	req, err := poller.NewRequest(h)
	if err != nil {
		fmt.Println(err)
		return
	}
	result, err := (&poller.Client{}).Do(context.Background(), req)
	if err != nil {
		fmt.Println(err)
		return
	}
	defer result.Body.Close()
	report, err := io.ReadAll(result.Body)
	fmt.Println(string(report), err)
	// Output: a report <nil>
}
