package mockserver_test

import (
	"context"
	"io"
	"net/http"
	"slices"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/asyncctl/asyncctl/mockserver"
	"github.com/asyncctl/asyncctl/poller"
	"github.com/asyncctl/asyncctl/poller/dialect"
	"github.com/asyncctl/asyncctl/poller/lro"
)

// TestFaultsInEveryDialect lets each fault affect the real client in each
// dialect: it is refused, or it is seen to act; and the client does nothing wrong.
func TestFaultsInEveryDialect(t *testing.T) {
	for _, info := range mockserver.Dialects() {
		d, known := dialect.ByName(info.Name)
		for _, fault := range mockserver.Faults() {
			if slices.Contains(info.Without, fault.Name) {
				checkRefused(t, info, fault.Name)
				continue
			}
			if known && !slices.Contains(unasked[info.Name], fault.Name) {
				t.Run(info.Name+"/"+fault.Name, func(t *testing.T) { affect(t, info, d, fault.Name) })
			}
		}
	}
}

// unasked is the faults that the client gives no occasion: it does not ask for
// the result, or a poll cannot be repeated with a mere GET.
var unasked = map[string][]string{
	"azure-oploc":      {"result-not-ready", "result-gone"}, // that of an action is in its monitor
	"fhir-bulk":        {"result-not-ready", "result-gone"},
	"osb":              {"result-not-ready", "result-gone"},
	"jenkins-queue":    {"result-not-ready", "result-gone", "terminal-reverts", "cancel-overwritten"}, // the item is not the end
	"gce-operation":    {"result-not-ready", "result-gone"},
	"dropbox-async":    {"terminal-reverts"},
	"box-commit":       {"terminal-reverts"},
	"salesforce-bulk2": {"cancel-overwritten"}, // the client of the test does not cancel it before it begins
	"jsonapi-async":    {"completion-302"},     // the recommendation has 303 only
}

// checkRefused sees that a fault that has no place in a dialect is named as such.
func checkRefused(t *testing.T, info mockserver.DialectInfo, fault string) {
	t.Helper()
	server := &mockserver.Server{Dialect: info.Name, Stranger: "http://other.test", Faults: []mockserver.Fault{{Name: fault}}}
	if err := server.Check(); err == nil || !strings.Contains(err.Error(), "no place in the dialect "+info.Name) {
		t.Errorf("%s in %s: got %v", fault, info.Name, err)
	}
}

// affect follows one operation among a fault.
func affect(t *testing.T, info mockserver.DialectInfo, d lro.Dialect, name string) {
	synctest.Test(t, func(t *testing.T) {
		var mu sync.Mutex
		acted := map[string]bool{}
		fault := mockserver.Fault{Name: name}
		if name == "result-not-ready" {
			fault.First = 1 // the client may come later than 2 s after the end
		}
		mock := &mockserver.Server{
			Dialect: info.Name, Seed: 1, Journal: 100, Faults: []mockserver.Fault{fault},
			Scenario: mockserver.Scenario{Duration: 9 * time.Second, Result: answer},
			Log: func(x mockserver.Exchange) {
				mu.Lock()
				defer mu.Unlock()
				acted[x.Fault] = true
			},
		}
		if info.Name == "jenkins-queue" && strings.HasPrefix(name, "cancel-") {
			mock.Scenario.Queue = 5 * time.Second // what has left the queue cannot be cancelled there
		}
		live := mockserver.NewInMemory(t, mock)
		if err := mock.Check(); err != nil {
			t.Fatal(err)
		}
		op := pursue(live, info, d, strings.HasPrefix(name, "cancel-"))
		report := mock.Grade()
		if name == "terminal-reverts" || name == "cancel-overwritten" {
			askAgain(live, info, op)
		}
		time.Sleep(time.Minute) // until the server has let go of what it holds
		live.Close()
		mu.Lock()
		defer mu.Unlock()
		if !acted[name] {
			t.Errorf("the fault did nothing: %v", acted)
		}
		if !report.Clean() {
			t.Errorf("the client is graded: %v", report.Err())
		}
		if t.Failed() {
			for _, r := range mock.Requests() {
				t.Logf("%s %s %s -> %d %s %s", r.Time.Format("15:04:05.000"), r.Method, r.Path, r.Code, r.Status, r.Fault)
			}
		}
	})
}

// askAgain polls after the end, as no good client does.
func askAgain(live *mockserver.Live, info mockserver.DialectInfo, op lro.Operation) {
	for range 3 {
		poll, _ := http.NewRequest("GET", op.StatusURL, nil)
		for name, values := range request("", info).Header {
			poll.Header[name] = values
		}
		if answer, err := live.Client().Do(poll); err == nil {
			answer.Body.Close()
		}
	}
}

// pursue lets the real client submit the example of a dialect, call the operation
// off if it is to, and wait for its end; whatever it makes of that.
func pursue(live *mockserver.Live, info mockserver.DialectInfo, d lro.Dialect, cancel bool) lro.Operation {
	transport := live.Client().Transport
	client := &poller.Client{Transport: transport, Foreign: transport, Dialect: d, Header: http.Header{"Authorization": {"Bearer secret"}}}
	ctx, stop := context.WithTimeout(context.Background(), 10*time.Minute)
	defer stop()
	req := request(live.URL, info)
	req.Header.Set("Idempotency-Key", `"7"`)
	op, res, err := client.Submit(ctx, req)
	if start := trips[info.Name].start; err == nil && start != "" {
		begin, _ := http.NewRequest("PATCH", op.StatusURL, strings.NewReader(start))
		if answer, err := live.Client().Do(begin); err == nil {
			answer.Body.Close()
		}
	}
	if err == nil && res == nil && cancel {
		op, _, _ = client.Cancel(ctx, op)
	}
	if err == nil && res == nil {
		res, _ = client.Wait(ctx, op)
	}
	if res != nil {
		io.Copy(io.Discard, res.Body) // a fault may have cut it
		res.Body.Close()
	}
	return op
}

// TestFaultsWithIdempotentMethods lets each fault affect the real client where it
// may send a submit again as it is: it is never blamed for that.
func TestFaultsWithIdempotentMethods(t *testing.T) {
	for _, info := range mockserver.Dialects() {
		methods := map[string][]string{"generic": {"PUT"}, "arm-async": {"PUT", "DELETE"}}[info.Name]
		d, _ := dialect.ByName(info.Name)
		for _, method := range methods {
			for _, fault := range mockserver.Faults() {
				skip := method == "DELETE" && strings.HasPrefix(fault.Name, "result-") // there is none
				if skip || slices.Contains(info.Without, fault.Name) || slices.Contains(unasked[info.Name], fault.Name) {
					continue
				}
				other := info
				other.Method = method
				t.Run(info.Name+"/"+method+"/"+fault.Name, func(t *testing.T) { affect(t, other, d, fault.Name) })
			}
		}
	}
}
