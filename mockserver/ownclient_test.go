package mockserver_test

import (
	"context"
	"errors"
	"io"
	"net/http"
	"testing"
	"testing/synctest"
	"time"

	"github.com/asyncctl/asyncctl/mockserver"
	"github.com/asyncctl/asyncctl/poller"
	"github.com/asyncctl/asyncctl/poller/dialect"
	"github.com/asyncctl/asyncctl/poller/lro"
)

// TestTheRealClientIsCleanUnderEveryFault lets the client of this project follow
// three operations under each fault, with credentials that it must keep to
// itself. It may fail, with a reason; it may do nothing that the report names.
func TestTheRealClientIsCleanUnderEveryFault(t *testing.T) {
	for _, info := range mockserver.Faults() {
		t.Run(info.Name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) { followThree(t, info.Name) })
		})
	}
}

func followThree(t *testing.T, name string) {
	fault := mockserver.Fault{Name: name}
	if name == "body-gigantic" {
		fault.Bytes = 4 << 20
	}
	mock := mockserver.NewInMemory(t, &mockserver.Server{
		Seed: 7, Journal: 100, Faults: []mockserver.Fault{fault},
		Scenario: mockserver.Scenario{Duration: 20 * s, RetryAfter: mockserver.RetryAfter{Delay: s}},
	})
	client := &poller.Client{
		Transport: mock.Client().Transport, Foreign: mock.Client().Transport, Dialect: &dialect.Auto{},
		Credentials: func(_ context.Context, renew bool) (http.Header, error) {
			token := map[bool]string{true: "new", false: "old"}[renew]
			return http.Header{"Authorization": {"Bearer " + token}}, nil
		},
	}
	affected := 0
	for range 3 {
		ctx, cancel := context.WithTimeout(context.Background(), 10*time.Minute)
		result, err := client.Do(ctx, lro.Request{
			Method: "POST", URL: mock.URL + "/operations",
			Header: http.Header{"Idempotency-Key": {lroKey(affected)}, "Content-Type": {"application/json"}}, Body: []byte(`{"n":1}`),
		})
		affected++
		var failure *poller.Error
		switch {
		case err == nil:
			io.Copy(io.Discard, result.Body) // a result that breaks off is no matter of the report
			result.Body.Close()
		case !errors.As(err, &failure):
			t.Errorf("it ended with %v, which has no reason", err)
		}
		cancel()
	}
	time.Sleep(time.Hour) // whoever still polls would be seen
	if report := mock.Grade(); len(report.Findings) > 0 {
		t.Errorf("the report says %v", report.Findings)
	}
	seen := false
	for _, r := range mock.Requests() {
		seen = seen || r.Fault != ""
	}
	if !seen && unmet[name] == "" {
		t.Error("the fault affected no request")
	}
}

// unmet are the faults that a client which stops at the end, and calls nothing
// off, never meets.
var unmet = map[string]string{
	"terminal-reverts":   "it does not ask again after the end",
	"cancel-ignored":     "it calls nothing off",
	"cancel-race":        "it calls nothing off",
	"cancel-overwritten": "it calls nothing off",
}

// lroKey is an idempotency key for each of a few operations.
func lroKey(n int) string { return string(rune('a'+n)) + "-key" }
