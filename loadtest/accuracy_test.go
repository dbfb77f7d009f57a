package loadtest_test

import (
	"math"
	"net/http"
	"net/http/httptest"
	"slices"
	"sync/atomic"
	"testing"
	"time"

	"github.com/asyncctl/asyncctl/internal/measure"
	"github.com/asyncctl/asyncctl/loadtest"
	"github.com/asyncctl/asyncctl/mockserver"
	"github.com/asyncctl/asyncctl/poller/lro"
)

// TestAccuracy compares what a run reports with what the mock knows to be true, for servers of several
// kinds. The figures may differ by the resolution of a histogram, by what the run says that the
// clocks leave open, and by what one exchange takes, which the run measures too.
func TestAccuracy(t *testing.T) {
	for name, mock := range map[string]*mockserver.Server{
		"constant":  {Scenario: mockserver.Scenario{Duration: 500 * time.Millisecond}},
		"lognormal": {Seed: 3, Scenario: mockserver.Scenario{Duration: 400 * time.Millisecond, Distribution: mockserver.Distribution{Curve: mockserver.CurveLognormal}}},
		"saturated": {Workers: 20, Scenario: mockserver.Scenario{Duration: 250 * time.Millisecond}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			server := httptest.NewServer(mock)
			defer server.Close()
			r, err := loadtest.Run(t.Context(), loadtest.Plan{
				Request:    lro.Request{URL: server.URL + "/reports?asyncctl.retry-after=0"},
				Load:       loadtest.Load{Rate: 100, Duration: 3 * time.Second},
				Strategies: []loadtest.Strategy{loadtest.ServerPace(lro.Pace{Min: 100 * time.Millisecond, Max: 400 * time.Millisecond})},
			})
			if err != nil {
				t.Fatal(err)
			}
			s := &r.Series[0]
			var work, lag, done []time.Duration
			for _, truth := range mock.Truths() {
				work = append(work, truth.Done.Sub(truth.Accepted))
				lag = append(lag, truth.Told.Sub(truth.Done))
				done = append(done, truth.Told.Sub(truth.Accepted))
			}
			if len(work) != 300 || s.Counts.Succeeded != 300 || s.Truth != measure.TruthServer || !r.Clock.Known {
				t.Fatalf("the mock had %d operations; %s, %+v, %+v", len(work), s.Truth, r.Clock, s.Counts)
			}
			slack := r.Clock.Uncertainty + s.Poll.Max() + s.Accept.Max() + time.Millisecond
			for _, m := range []struct {
				name  string
				got   *measure.Histogram
				truth []time.Duration
			}{{"work", &s.Work, work}, {"lag", &s.Lag, lag}, {"done", &s.Done, done}} {
				slices.Sort(m.truth)
				for _, q := range []float64{0.5, 0.9, 0.99} {
					want := m.truth[int(math.Ceil(q*float64(len(m.truth))))-1]
					got := m.got.Quantile(q)
					if off := (got - want).Abs(); off > slack+want/500 {
						t.Errorf("%s p%v: %v, the truth is %v; allowed are %v", m.name, 100*q, got, want, slack)
					}
				}
			}
		})
	}
}

// staller holds all answers while it stalls.
type staller struct {
	http.Handler
	until atomic.Pointer[chan struct{}]
}

func (s *staller) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	if c := s.until.Load(); c != nil {
		<-*c
	}
	s.Handler.ServeHTTP(w, r)
}

// stallFor begins a stall in a while.
func (s *staller) stallFor(after, length time.Duration) {
	time.AfterFunc(after, func() {
		c := make(chan struct{})
		s.until.Store(&c)
		time.AfterFunc(length, func() { s.until.Store(nil); close(c) })
	})
}

// TestStall runs an open and a closed load beside each other against a server that holds all answers
// for a while: those who arrive meanwhile wait, and the open load says so. The closed one stops asking
// and hardly notices.
func TestStall(t *testing.T) {
	s := &staller{Handler: &mockserver.Server{Scenario: mockserver.Scenario{Duration: mockserver.AtOnce}}}
	server := httptest.NewServer(s)
	defer server.Close()
	const stall = 1500 * time.Millisecond
	s.stallFor(time.Second, stall)
	results := make(chan *loadtest.Result, 2)
	for _, load := range []loadtest.Load{{Rate: 100, Duration: 4 * time.Second}, {Concurrency: 2, Duration: 4 * time.Second}} {
		go func() {
			r, err := loadtest.Run(t.Context(), loadtest.Plan{
				Request: lro.Request{URL: server.URL + "/reports?asyncctl.retry-after=0"}, Load: load, Strategies: quick, Connections: 400,
			})
			if err != nil {
				t.Error(err)
			}
			results <- r
		}()
	}
	open, closed := <-results, <-results
	if open.Load[0] == '2' {
		open, closed = closed, open
	}
	// Three eighths of the arrivals meet the stall; they wait for what is left of it.
	accept := &open.Series[0].Accept
	if got := accept.Quantile(0.9); got < stall/2 {
		t.Errorf("open: p90 of accept is %v though a third of the arrivals met a stall of %v", got, stall)
	}
	if got := accept.Max(); got < stall*9/10 {
		t.Errorf("open: the longest wait is %v, the stall was %v", got, stall)
	}
	if got := closed.Series[0].Accept.Quantile(0.9); got > stall/4 {
		t.Errorf("closed: p90 of accept is %v; a tool that waits for the server does not see a stall", got)
	}
}
