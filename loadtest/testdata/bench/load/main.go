//go:build linux

// Command load runs one measurement of the load generator against the server bare, and prints one line
// of figures about itself.
package main

import (
	"bytes"
	"context"
	"crypto/tls"
	"flag"
	"fmt"
	"log"
	"os"
	"runtime"
	"runtime/pprof"
	"strings"
	"syscall"
	"time"

	"github.com/asyncctl/asyncctl/loadtest"
	"github.com/asyncctl/asyncctl/poller/lro"
)

func main() {
	url := flag.String("url", "http://127.0.0.1:9999", "origin of the server")
	mode := flag.String("mode", "polls", "polls: as many as it can; quick: whole operations; slow: 200 polls a second; pending: hold operations")
	pending := flag.Int("n", 1000, "operations that are pending")
	connections := flag.Int("c", 64, "connections")
	duration := flag.Duration("d", 5*time.Second, "how long")
	interval := flag.Duration("every", 30*time.Second, "between the polls of an operation, when they are held")
	h2 := flag.Bool("h2", false, "speak HTTP/2")
	profile := flag.String("profile", "", "write a CPU profile to this file")
	flag.Parse()

	runtime.GOMAXPROCS(2) // as the command does: one beside the worker's
	p := loadtest.Plan{Workers: 1, Connections: *connections, Drain: -1, Patience: time.Hour}
	p.TLS = &tls.Config{InsecureSkipVerify: true} // the servers here have certificates that nobody trusts
	p.Protocols.SetHTTP1(!*h2)
	p.Protocols.SetHTTP2(*h2)
	p.Protocols.SetUnencryptedHTTP2(*h2)
	switch *mode {
	case "polls": // all at once, then each again and again
		p.Request = lro.Request{URL: *url + "/p"}
		p.Load = loadtest.Load{Rate: 1e6, Operations: int64(*pending)}
		p.Strategies = strategies("fixed:1ms")
		p.Drain = *duration
	case "quick":
		p.Request = lro.Request{URL: *url + "/q", Body: []byte(`{"n":1}`)}
		p.Load = loadtest.Load{Concurrency: *connections, Duration: *duration}
		p.Strategies = strategies("fixed:1ms")
	case "slow":
		p.Request = lro.Request{URL: *url + "/p"}
		p.Load = loadtest.Load{Rate: 200, Operations: 200}
		p.Strategies = strategies("fixed:1s")
		p.Drain = *duration - time.Second
	case "pending": // spread over an interval, then held
		p.Request = lro.Request{URL: *url + "/p"}
		p.Load = loadtest.Load{Rate: float64(*pending) / interval.Seconds(), Operations: int64(*pending), MaxInFlight: *pending}
		// Each interval is drawn, so that operations do not begin to march in step.
		p.Strategies = strategies(fmt.Sprintf("decorrelated:%v,%v", *interval/2, *interval*3/2))
		p.Drain = *duration
	}
	var held hold
	p.Every, p.Observe = 100*time.Millisecond, held.observe
	if *profile != "" {
		f, err := os.Create(*profile)
		if err != nil {
			log.Fatal(err)
		}
		if err := pprof.StartCPUProfile(f); err != nil {
			log.Fatal(err)
		}
		defer pprof.StopCPUProfile()
	}
	var memory, after runtime.MemStats
	runtime.ReadMemStats(&memory)
	before := used()
	r, err := loadtest.Run(context.Background(), p)
	if err != nil {
		log.Fatal(err)
	}
	spent := used() - before
	runtime.ReadMemStats(&after)
	report(r, spent, float64(after.Mallocs-memory.Mallocs)/float64(r.Series[0].Counts.Requests))
	if *mode == "pending" {
		held.report()
	}
}

// hold looks at the time after the last arrival alone.
type hold struct {
	cpu        time.Duration
	at         time.Duration
	polls, was int64
	last       loadtest.Snapshot
	end        time.Duration
}

func (h *hold) observe(e loadtest.Event) {
	s := e.Snapshot
	if s == nil || !s.Draining {
		return
	}
	c := s.Series[0].Counts
	if h.cpu == 0 {
		h.cpu, h.at, h.was = used(), s.Elapsed, c.PollsSent
	}
	h.polls, h.last, h.end = c.PollsSent-h.was, *s, used()
}

func (h *hold) report() {
	seconds := (h.last.Elapsed - h.at).Seconds()
	fmt.Printf("held %d for %.1fs: polls/s %.0f cpu_us/poll %.2f\n", h.last.InFlight, seconds, float64(h.polls)/seconds, (h.end-h.cpu).Seconds()*1e6/float64(h.polls))
}

func strategies(text string) []loadtest.Strategy {
	s, err := loadtest.ParseStrategy(text)
	if err != nil {
		log.Fatal(err)
	}
	return []loadtest.Strategy{s}
}

// used is the CPU time of this process.
func used() time.Duration {
	var u syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &u); err != nil {
		log.Fatal(err)
	}
	return time.Duration(u.Utime.Nano() + u.Stime.Nano())
}

func report(r *loadtest.Result, cpu time.Duration, allocations float64) {
	s := &r.Series[0]
	c := &s.Counts
	seconds := r.Elapsed.Seconds()
	fmt.Printf("requests %d succeeded %d requests/s %.0f cpu_us/request %.2f polls %d polls/s %.0f operations %d operations/s %.0f cpu_us/operation %.1f allocations/request %.2f cpu %.0f%% memory_MB %d late_p50 %v late_p99 %v poll_p50 %v poll_p99 %v errors %d\n",
		c.Requests, c.Succeeded, float64(c.Requests)/seconds, cpu.Seconds()*1e6/float64(c.Requests), c.PollsSent, float64(c.PollsSent)/seconds,
		c.Submitted, float64(c.Succeeded)/seconds, cpu.Seconds()*1e6/float64(max(c.Succeeded, 1)), allocations, 100*cpu.Seconds()/seconds, memory(),
		s.Late.Quantile(.5), s.Late.Quantile(.99), s.Poll.Quantile(.5), s.Poll.Quantile(.99), len(s.Errors))
	for _, w := range r.Warnings {
		fmt.Fprintln(os.Stderr, w)
	}
}

// memory is the most that this process has held, in MB.
func memory() int {
	text, _ := os.ReadFile("/proc/self/status")
	for line := range bytes.Lines(text) {
		if rest, ok := strings.CutPrefix(string(line), "VmHWM:"); ok {
			kb := 0
			if _, err := fmt.Sscan(rest, &kb); err == nil {
				return kb / 1000
			}
		}
	}
	return 0
}
