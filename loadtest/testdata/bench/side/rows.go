//go:build linux

package main

import (
	"context"
	"fmt"
	"log"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"
)

// row is one comparison: its first side is ours, and the others are held against it.
type row struct {
	name  string
	unit  string // of what is counted
	sides []side
}

// side is one program that does the work.
type side struct {
	name    string
	command []string
	env     []string
	count   *regexp.Regexp // finds how much was done; nil: once

	cpu  []float64 // microseconds for each, of all rounds
	rate []float64 // each second
}

var (
	wrkCount    = regexp.MustCompile(`(\d+) requests in`)
	h2loadCount = regexp.MustCompile(`requests: .* (\d+) done`)
	k6Count     = regexp.MustCompile(`iterations\.*: (\d+)`)
	requests    = regexp.MustCompile(`requests (\d+) `)
	operations  = regexp.MustCompile(`succeeded (\d+) `)
)

func allRows(dir string) []row {
	load, asyncctl := filepath.Join(dir, "load"), filepath.Join(dir, "asyncctl")
	d := duration.String()
	ours := func(name, mode, url string, count *regexp.Regexp, more ...string) side {
		return side{name: name, command: append([]string{load, "-mode", mode, "-d", d, "-url", url}, more...), count: count}
	}
	wrk := func(url string) side {
		return side{name: "wrk", command: []string{"wrk", "-t1", "-c64", "-d" + d, url + "/p/1"}, count: wrkCount}
	}
	h2load := func(url string) side {
		return side{name: "h2load", command: []string{"h2load", "-t1", "-c4", "-m32", "-D" + fmt.Sprint(duration.Seconds()), url + "/p/1"}, count: h2loadCount}
	}
	k6 := func(name, url string, env ...string) side {
		return side{
			name: name, command: []string{"k6", "run", "-q", "--no-usage-report", "k6.js"}, count: k6Count,
			env: append(env, "BASE="+url, "DURATION="+d),
		}
	}
	const bare, plain, secure = "http://127.0.0.1:9999", "http://127.0.0.1:9990", "https://127.0.0.1:9991"
	return []row{
		{"polls, plain", "request", []side{ours("asyncctl", "polls", bare, requests), wrk(bare)}},
		{"operations, plain", "operation", []side{ours("asyncctl", "quick", bare, operations), k6("k6, names for URLs", bare, "NAMES=1"), k6("k6", bare)}},
		{"polls, TLS beside plain", "request", []side{
			ours("asyncctl, TLS", "polls", secure, requests), ours("asyncctl, plain", "polls", plain, requests), wrk(secure),
		}},
		{"operations, TLS", "operation", []side{ours("asyncctl", "quick", secure, operations), k6("k6, names for URLs", secure, "NAMES=1", "GODEBUG=http2client=0")}},
		{"polls, h2 without TLS", "request", []side{ours("asyncctl", "polls", plain, requests, "-h2", "-c", "4"), h2load(plain)}},
		{"polls, h2", "request", []side{ours("asyncctl", "polls", secure, requests, "-h2", "-c", "4"), h2load(secure)}},
		{"operations, h2", "operation", []side{ours("asyncctl", "quick", secure, operations, "-h2"), k6("k6, names for URLs", secure, "NAMES=1")}},
		{"low rate: 200 polls a second", "request", []side{ours("asyncctl", "slow", bare, requests), ours("asyncctl, h2", "slow", plain, requests, "-h2")}},
		{"low rate: a run of 4 operations in 4 s", "run", []side{{
			name: "asyncctl loadtest", command: []string{asyncctl, "loadtest", bare + "/q", "--rate", "1/s", "--duration", "4s", "--progress", "none"},
		}}},
	}
}

// run measures once.
func (s *side) run() {
	ctx, cancel := context.WithTimeout(context.Background(), 10**duration+time.Minute)
	defer cancel()
	cmd := exec.CommandContext(ctx, "taskset", append([]string{"-c", "1"}, s.command...)...)
	cmd.Env = append(append(os.Environ(), "GOMAXPROCS=1"), s.env...)
	began := time.Now()
	out, err := cmd.CombinedOutput()
	took := time.Since(began).Seconds()
	if ctx.Err() != nil { // h2load hangs now and then where the machine is too busy
		log.Printf("%s did not end: left out", strings.Join(s.command, " "))
		return
	}
	if err != nil {
		log.Fatalf("%s: %v\n%s", strings.Join(s.command, " "), err, out)
	}
	n := 1.0
	if s.count != nil {
		found := s.count.FindSubmatch(out)
		if found == nil {
			log.Fatalf("%s: how much did it do?\n%s", strings.Join(s.command, " "), out)
		}
		n, _ = strconv.ParseFloat(string(found[1]), 64)
		took = duration.Seconds()
	}
	cpu := cmd.ProcessState.UserTime() + cmd.ProcessState.SystemTime()
	s.cpu = append(s.cpu, float64(cpu.Microseconds())/max(n, 1))
	s.rate = append(s.rate, n/took)
}

func (r *row) print() {
	fmt.Printf("\n%s\n", r.name)
	for i := range r.sides {
		s := &r.sides[i]
		if len(s.cpu) == 0 {
			continue
		}
		fmt.Printf("  %-22s %10.0f a second  %10.1f us of CPU for a %s (%.1f to %.1f)", s.name, median(s.rate), median(s.cpu), r.unit, slices.Min(s.cpu), slices.Max(s.cpu))
		if i > 0 {
			fmt.Printf("  ours: %.2f times the rate, %.2f times the CPU", median(r.sides[0].rate)/median(s.rate), median(r.sides[0].cpu)/median(s.cpu))
		}
		fmt.Println()
	}
}

func median(of []float64) float64 {
	sorted := slices.Sorted(slices.Values(of))
	n := len(sorted)
	return (sorted[(n-1)/2] + sorted[n/2]) / 2
}
