package poller_test

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http/httptest"
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
