package conformance_test

import (
	"maps"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/asyncctl/asyncctl/conformance"
	"github.com/asyncctl/asyncctl/mockserver"
)

// counted counts what a run asks of a faultless server, by method, and how many operations ran at a time.
type counted struct {
	mu      sync.Mutex
	methods map[string]int
	begun   map[string]bool
	sent    []time.Time

	admitted func() bool // if not nil, refuses requests with 429
}

func (c *counted) around(h http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if c.admitted != nil && !c.admitted() {
			w.Header().Set("Retry-After", "1")
			w.Header().Set("Content-Type", "application/problem+json")
			w.WriteHeader(http.StatusTooManyRequests)
			w.Write([]byte(`{"title":"Too many requests","status":429,"detail":"Three a second, please."}`))
			return
		}
		record := httptest.NewRecorder()
		h.ServeHTTP(record, r)
		c.mu.Lock()
		c.methods[r.Method]++
		c.sent = append(c.sent, time.Now())
		if r.Method == http.MethodPost && record.Code == http.StatusAccepted {
			c.begun[record.Header().Get("Location")] = true // a key that is used again begins nothing
		}
		c.mu.Unlock()
		maps.Copy(w.Header(), record.Header())
		w.WriteHeader(record.Code)
		w.Write(record.Body.Bytes())
	})
}

// run judges the mock, whose operations take four seconds, and returns what it was asked.
func (c *counted) run(t *testing.T, suite conformance.Suite) *conformance.Report {
	c.methods, c.begun = map[string]int{}, map[string]bool{}
	world := inMemory()
	l, host, err := world.Listen("counted.test")
	if err != nil {
		t.Fatal(err)
	}
	server := &http.Server{Handler: c.around(&mockserver.Server{})}
	var serving sync.WaitGroup
	serving.Go(func() { server.Serve(l) })
	defer serving.Wait()
	defer server.Close()
	suite.Transport = world.Transport
	suite.Level = conformance.May
	at := func(scenario string) string {
		return "http://" + host + "/operations?" + mockserver.ControlPrefix + scenario
	}
	url := at("duration=4s")
	return suite.Run(t.Context(), conformance.Target{
		Slow: &conformance.Submit{URL: url, Body: []byte(`{"report":7}`)}, Fast: &conformance.Submit{URL: url, Body: []byte(`{"report":8}`)},
		Fail: &conformance.Submit{URL: at("outcome=failed"), Body: []byte(`{"report":9}`)}, Invalid: &conformance.Submit{URL: at("outcome=misspelt"), Body: []byte(`{}`)},
		Cancel: conformance.Supported, Keys: conformance.Supported,
	})
}

// The traffic of a run is what the guide says: users have to be able to rely on it.
func TestTrafficOfARun(t *testing.T) {
	for _, tt := range []struct {
		name     string
		limits   conformance.Limits
		requests [2]int // at least, and at most
		begun    int    // operations, at most
		methods  []string
		rate     int // requests within one second, at most
	}{
		{"by default", conformance.Limits{}, [2]int{90, 130}, 16, []string{"DELETE", "GET", "HEAD", "PATCH", "POST", "PUT"}, 21},
		{"GET and POST alone", conformance.Limits{Methods: []string{"GET", "POST"}}, [2]int{70, 110}, 14, []string{"GET", "POST"}, 21},
		{"slowly", conformance.Limits{Rate: 2}, [2]int{60, 130}, 16, []string{"DELETE", "GET", "HEAD", "PATCH", "POST", "PUT"}, 13},
	} {
		t.Run(tt.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				var c counted
				report := c.run(t, conformance.Suite{Limits: tt.limits})
				if got := slices.Sorted(maps.Keys(c.methods)); !slices.Equal(got, tt.methods) {
					t.Errorf("the methods were %q, want %q", got, tt.methods)
				}
				if n := len(c.sent); n < tt.requests[0] || n > tt.requests[1] {
					t.Errorf("%d requests were sent, want %d to %d: %v", n, tt.requests[0], tt.requests[1], c.methods)
				}
				if len(c.begun) > tt.begun {
					t.Errorf("%d operations were begun, want %d at most", len(c.begun), tt.begun)
				}
				for i := range c.sent {
					n := 0
					for _, at := range c.sent[i:] {
						if at.Sub(c.sent[i]) < time.Second {
							n++
						}
					}
					if n > tt.rate {
						t.Errorf("%d requests were sent within a second, want %d at most", n, tt.rate)
						break
					}
				}
				t.Logf("%d requests, %v, %d operations, in %v", len(c.sent), c.methods, len(c.begun), report.Elapsed)
				for _, r := range report.Results {
					if r.Outcome == conformance.Fail || r.Outcome == conformance.Warn {
						t.Errorf("%s %s: %s", r.Outcome, r.ID, r.Reason)
					}
				}
			})
		})
	}
}

// What may not be sent costs rules, and each says which method it lacks.
func TestForbiddenMethodsCostRulesByName(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var c counted
		report := c.run(t, conformance.Suite{Limits: conformance.Limits{Methods: []string{"GET", "POST"}}})
		for id, method := range map[string]string{"head-no-content": "HEAD", "method-not-allowed-allow": "PUT and PATCH", "cancel-accepted": "DELETE"} {
			for _, r := range report.Results {
				if r.ID == id && (r.Outcome != conformance.Skip || !strings.Contains(r.Reason, "it needs "+method)) {
					t.Errorf("%s: got %s: %s", id, r.Outcome, r.Reason)
				}
			}
		}
		plan := conformance.Suite{Limits: conformance.Limits{Methods: []string{"GET", "POST"}}}.Plan(conformance.Target{Slow: &conformance.Submit{URL: "http://api.test/reports"}}).String()
		for _, words := range []string{"Nothing but GET, POST is sent", "not judged: head-no-content needs HEAD"} {
			if !strings.Contains(plan, words) {
				t.Errorf("the plan does not say %q:\n%s", words, plan)
			}
		}
	})
}

// One rule alone sends what it needs: a rule about the submit sends the submit, and cancels what it began.
func TestOneRuleSendsWhatItNeeds(t *testing.T) {
	for _, tt := range []struct {
		rule    string
		most    int
		methods []string
	}{
		{"preference-applied-truthful", 7, []string{"DELETE", "POST"}},
		{"head-no-content", 10, []string{"DELETE", "GET", "HEAD", "POST"}},
		{"validates-synchronously", 3, []string{"DELETE", "POST"}},
		{"submit-202", 12, []string{"GET", "POST"}},
	} {
		t.Run(tt.rule, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				var c counted
				report := c.run(t, conformance.Suite{Select: func(r conformance.Rule) bool { return r.ID == tt.rule }})
				if got := slices.Sorted(maps.Keys(c.methods)); len(c.sent) > tt.most || !slices.Equal(got, tt.methods) {
					t.Errorf("%d requests were sent, %v; want %d at most, of %q", len(c.sent), c.methods, tt.most, tt.methods)
				}
				for _, r := range report.Results {
					if r.ID == tt.rule && r.Outcome != conformance.Pass && r.Outcome != conformance.NotApplicable {
						t.Errorf("%s: %s", r.Outcome, r.Reason)
					}
				}
			})
		})
	}
}
