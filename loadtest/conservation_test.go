package loadtest_test

import (
	"context"
	"errors"
	"net"
	"net/http"
	"net/http/httptest"

	"testing"
	"time"

	"github.com/asyncctl/asyncctl/internal/measure"
	"github.com/asyncctl/asyncctl/loadtest"
	"github.com/asyncctl/asyncctl/mockserver"
	"github.com/asyncctl/asyncctl/poller/lro"
)

// quick polls without the patience that people have.
var quick = []loadtest.Strategy{loadtest.ServerPace(lro.Pace{Min: 20 * time.Millisecond, Max: 100 * time.Millisecond})}

// TestConservation runs against servers that hurt: whatever they do, every operation is accounted
// for, no submit reaches them twice by accident, and the run comes to its end.
func TestConservation(t *testing.T) {
	for _, test := range []struct {
		faults []string
		check  func(c *measure.Counts) bool
		want   string
	}{
		{nil, func(c *measure.Counts) bool { return c.Succeeded == c.Submitted }, "all succeed"},
		{[]string{"reset_peer:p=0.2"}, func(c *measure.Counts) bool { return c.Lost > 0 && c.Succeeded > 0 }, "some are lost"},
		{[]string{"429-storm:p=0.3"}, func(c *measure.Counts) bool { return c.Throttled > 0 && c.Succeeded > 0 }, "some are throttled"},
		{[]string{"lost-202:p=0.3"}, func(c *measure.Counts) bool { return c.Lost > 0 && c.Succeeded > 0 }, "some are lost"},
		{[]string{"body-truncated:p=0.2"}, func(c *measure.Counts) bool { return c.Succeeded > 0 }, "most succeed"},
		{[]string{"slicer:bytes=7,delay=1ms"}, func(c *measure.Counts) bool { return c.Succeeded == c.Submitted }, "all succeed"},
		{[]string{"status-404:p=0.3"}, func(c *measure.Counts) bool { return c.Succeeded > 0 }, "some succeed"},
		{[]string{"reset_peer:p=0.1", "429-storm:p=0.1", "lost-202:p=0.1", "slow_close:p=0.2,delay=10ms"}, func(c *measure.Counts) bool { return c.Succeeded > 0 }, "some succeed"},
	} {
		t.Run(test.want, func(t *testing.T) {
			t.Parallel()
			mock := &mockserver.Server{Seed: 5, Scenario: mockserver.Scenario{Duration: 50 * time.Millisecond}}
			for _, text := range test.faults {
				f, err := mockserver.ParseFault(text)
				if err != nil {
					t.Fatal(err)
				}
				mock.Faults = append(mock.Faults, f)
			}
			server := httptest.NewServer(mock)
			defer server.Close()
			r, err := loadtest.Run(t.Context(), loadtest.Plan{
				Request:        lro.Request{URL: server.URL + "/reports?asyncctl.retry-after=0", Body: []byte("{}")},
				Load:           loadtest.Load{Rate: 300, Operations: 200, Poisson: true, Seed: 1},
				Policy:         lro.Policy{MaxHint: 50 * time.Millisecond, Misses: 3, Grace: time.Second},
				RequestTimeout: 5 * time.Second, Drain: 20 * time.Second, Connections: 20, Strategies: quick,
			})
			if err != nil {
				t.Fatal(err)
			}
			c := &r.Series[0].Counts
			if c.Submitted != 200 || c.Pending != 0 || !test.check(c) {
				t.Errorf("%v: %+v, want that %s; errors %+v", test.faults, *c, test.want, r.Series[0].Errors)
			}
			if stats := mock.Stats(); stats.Submits > c.Submitted {
				t.Errorf("%v: the server took %d operations, %d were submitted", test.faults, stats.Submits, c.Submitted)
			}
		})
	}
}

// TestInterrupted stops a run in the middle: the result is whole, and says why it is short.
func TestInterrupted(t *testing.T) {
	server := httptest.NewServer(&mockserver.Server{Scenario: mockserver.Scenario{Duration: time.Hour}})
	defer server.Close()
	ctx, cancel := context.WithCancelCause(t.Context())
	time.AfterFunc(300*time.Millisecond, func() { cancel(errors.New("abort-on p99(done)>1s")) })
	r, err := loadtest.Run(ctx, loadtest.Plan{
		Request: lro.Request{URL: server.URL + "/reports"},
		Load:    loadtest.Load{Rate: 100, Duration: time.Hour},
	})
	if err != nil {
		t.Fatal(err)
	}
	c := &r.Series[0].Counts
	if r.Stopped != "abort-on p99(done)>1s" || c.Submitted == 0 || c.Pending != c.Submitted {
		t.Errorf("stopped %q, %+v", r.Stopped, *c)
	}
}

// TestMaxErrors ends a run against a port where nobody listens.
func TestMaxErrors(t *testing.T) {
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	_ = listener.Close()
	r, err := loadtest.Run(t.Context(), loadtest.Plan{
		Request:   lro.Request{URL: "http://" + listener.Addr().String()},
		Load:      loadtest.Load{Rate: 100, Duration: time.Hour},
		MaxErrors: 10,
	})
	if err != nil {
		t.Fatal(err)
	}
	s := &r.Series[0]
	if r.Stopped == "" || s.Counts.Lost < 10 || len(s.Errors) == 0 || s.Errors[0].Reason != "connection-refused" {
		t.Errorf("stopped %q, %+v, %+v", r.Stopped, s.Counts, s.Errors)
	}
}

// TestOtherOriginsAreRefused neither begins against one, nor is led to one.
func TestOtherOriginsAreRefused(t *testing.T) {
	plan := loadtest.Plan{Request: lro.Request{URL: "https://api.example.com/x"}, Load: loadtest.Load{Rate: 1, Operations: 1}}
	var forbidden *loadtest.ForbiddenTargetError
	if _, err := loadtest.Run(t.Context(), plan); !errors.As(err, &forbidden) {
		t.Errorf("error %v", err)
	}
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Location", "http://api.example.com/status")
		w.WriteHeader(http.StatusAccepted)
	}))
	defer server.Close()
	plan.Request.URL = server.URL
	r, err := loadtest.Run(t.Context(), plan)
	if err != nil {
		t.Fatal(err)
	}
	if s := &r.Series[0]; s.Counts.Lost != 1 || s.Counts.Requests != 1 || s.Errors[0].Reason != string(lro.ForbiddenHop) {
		t.Errorf("%+v %+v", s.Counts, s.Errors)
	}
}
