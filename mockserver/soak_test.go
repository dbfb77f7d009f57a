package mockserver_test

import (
	"io"
	"net/http/httptest"
	"slices"
	"sync"
	"testing"

	"github.com/asyncctl/asyncctl/mockserver"
)

// TestConcurrentUseWithFaults is for the race detector: everything is on, and
// no operation may be lost.
func TestConcurrentUseWithFaults(t *testing.T) {
	const callers, rounds = 8, 40
	server := &mockserver.Server{
		Workers: 3, Journal: 50, Stranger: "http://stranger.test",
		Scenario: mockserver.Scenario{Duration: ms, Distribution: mockserver.Distribution{Curve: mockserver.CurveExponential}},
	}
	slow := []string{"status", "latency", "bandwidth", "slow_close", "timeout", "slicer", "body-stalled", "body-gigantic"}
	for _, info := range mockserver.Faults() {
		if !slices.Contains(slow, info.Name) {
			server.Faults = append(server.Faults, mockserver.Fault{Name: info.Name, P: 0.1})
		}
	}
	send := func(method, path string) {
		server.ServeHTTP(httptest.NewRecorder(), httptest.NewRequest(method, path, nil))
	}
	api := server.Admin()
	var wg sync.WaitGroup
	for caller := range callers {
		wg.Go(func() {
			for range rounds {
				send("POST", "/operations")
				all := server.Operations()
				path := "/operations/" + all[(7*caller)%len(all)].ID
				send("GET", path)
				send("GET", path+"/result")
				send("DELETE", path)
				api.ServeHTTP(httptest.NewRecorder(), httptest.NewRequest("POST", mockserver.AdminPrefix+path[1:]+"/"+[]string{"freeze", "thaw", "fail", "expire"}[caller%4], nil))
				server.StrangerHandler().ServeHTTP(httptest.NewRecorder(), httptest.NewRequest("GET", path, nil))
			}
			if err := server.Grade().WriteJSON(io.Discard); err != nil {
				t.Error(err)
			}
		})
	}
	wg.Wait()
	if got := server.Stats(); got.Stored != callers*rounds || got.Submits != callers*rounds || len(server.Truths()) != callers*rounds {
		t.Errorf("got %+v, want %d operations", got, callers*rounds)
	}
}
