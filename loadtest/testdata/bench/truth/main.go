// Command truth runs the load generator against mock servers of several kinds, and prints what it
// reports beside what the mock knows to be true; then, against a server that holds all answers for 5 s
// in the middle, what an open load reports beside a closed one.
package main

import (
	"context"
	"flag"
	"fmt"
	"log"
	"math"
	"net/http"
	"net/http/httptest"
	"slices"
	"sync/atomic"
	"time"

	"github.com/asyncctl/asyncctl/internal/measure"
	"github.com/asyncctl/asyncctl/loadtest"
	"github.com/asyncctl/asyncctl/mockserver"
	"github.com/asyncctl/asyncctl/poller/lro"
)

var duration = flag.Duration("d", 20*time.Second, "how long operations arrive, for each server")

func main() {
	flag.Parse()
	for _, server := range []struct {
		name string
		mock *mockserver.Server
	}{
		{"constant 2s", &mockserver.Server{Scenario: mockserver.Scenario{Duration: 2 * time.Second}}},
		{"lognormal, median 1.5s", &mockserver.Server{Seed: 3, Scenario: mockserver.Scenario{Duration: 1500 * time.Millisecond, Distribution: mockserver.Distribution{Curve: mockserver.CurveLognormal}}}},
		{"saturated, 90 workers of 1s at 100/s", &mockserver.Server{Workers: 90, Scenario: mockserver.Scenario{Duration: time.Second}}},
	} {
		compare(server.name, server.mock)
	}
	stall()
}

func run(url string, l loadtest.Load) *loadtest.Result {
	r, err := loadtest.Run(context.Background(), loadtest.Plan{Request: lro.Request{URL: url}, Load: l, Connections: 2000})
	if err != nil {
		log.Fatal(err)
	}
	for _, w := range r.Warnings {
		fmt.Println("  warning:", w)
	}
	return r
}

func compare(name string, mock *mockserver.Server) {
	server := httptest.NewServer(mock)
	defer server.Close()
	fmt.Println(name)
	r := run(server.URL+"/jobs", loadtest.Load{Rate: 100, Duration: *duration, Poisson: true, Seed: 1})
	var work, lag, done []time.Duration
	for _, t := range mock.Truths() {
		work = append(work, t.Done.Sub(t.Accepted))
		lag = append(lag, t.Told.Sub(t.Done))
		done = append(done, t.Told.Sub(t.Accepted))
	}
	s := &r.Series[0]
	fmt.Printf("  %d operations, truth reported by the %s, clock off by %v give or take %v, polls answered within %v (p99)\n",
		s.Counts.Succeeded, s.Truth, r.Clock.Offset.Round(time.Microsecond), r.Clock.Uncertainty.Round(time.Microsecond), s.Poll.Quantile(0.99))
	line("work", &s.Work, work)
	line("done", &s.Done, done)
	line("lag", &s.Lag, lag)
	f := r.Flow()
	fmt.Printf("  in flight %.1f on average, by Little's law %.1f; backlog grows by %.2f/s\n", f.InFlight, f.Little, f.Slope)
}

func line(name string, got *measure.Histogram, truth []time.Duration) {
	slices.Sort(truth)
	fmt.Printf("  %-5s", name)
	for _, q := range []float64{0.5, 0.9, 0.99} {
		want := truth[int(math.Ceil(q*float64(len(truth))))-1]
		fmt.Printf("  p%v %v, truth %v", 100*q, got.Quantile(q).Round(100*time.Microsecond), want.Round(100*time.Microsecond))
	}
	fmt.Println()
}

func stall() {
	var gate atomic.Pointer[chan struct{}]
	mock := &mockserver.Server{Scenario: mockserver.Scenario{Duration: 100 * time.Millisecond}}
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if c := gate.Load(); c != nil {
			<-*c
		}
		mock.ServeHTTP(w, r)
	}))
	defer server.Close()
	time.AfterFunc(*duration/2, func() {
		c := make(chan struct{})
		gate.Store(&c)
		time.AfterFunc(5*time.Second, func() { gate.Store(nil); close(c) })
	})
	fmt.Printf("all answers held for 5s in the middle of %v\n", *duration)
	closed := make(chan *loadtest.Result)
	go func() { closed <- run(server.URL+"/jobs", loadtest.Load{Concurrency: 20, Duration: *duration}) }()
	open := run(server.URL+"/jobs", loadtest.Load{Rate: 100, Duration: *duration})
	for i, r := range []*loadtest.Result{open, <-closed} {
		s := &r.Series[0]
		fmt.Printf("  %-6s accept p50 %v p90 %v p99 %v max %v; poll p50 %v p90 %v p99 %v max %v\n", []string{"open", "closed"}[i],
			s.Accept.Quantile(.5), s.Accept.Quantile(.9), s.Accept.Quantile(.99), s.Accept.Max(),
			s.Poll.Quantile(.5), s.Poll.Quantile(.9), s.Poll.Quantile(.99), s.Poll.Max())
	}
}
