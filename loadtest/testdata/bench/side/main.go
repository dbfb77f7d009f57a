//go:build linux

// Command side measures the load generator beside wrk, h2load and k6, as far as they are in PATH, against the
// servers bare and standard: the server on one core, the client on the other, in rounds that are interleaved.
// It prints medians, and their ratios, which are what to look at: absolute figures are those of one machine
// and of what else ran on it.
//
//	go run ./side [-rounds 4] [-d 3s] [-only h2] [-pending 1000000]
package main

import (
	"flag"
	"fmt"
	"log"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"time"
)

var (
	rounds   = flag.Int("rounds", 4, "rounds")
	duration = flag.Duration("d", 3*time.Second, "of each measurement")
	only     = flag.String("only", "", "the rows whose name has this in it")
	pending  = flag.Int("pending", 0, "hold so many operations at the end, polled every 30 s; 0: none")
	bin      = flag.String("bin", "", "directory of the programs of an earlier run")
)

func main() {
	log.SetFlags(0)
	flag.Parse()
	dir := build()
	stop := start(filepath.Join(dir, "bare"), "-listen", "127.0.0.1:9999")
	defer stop()
	defer start(filepath.Join(dir, "standard"), "-port", "9990")()
	time.Sleep(500 * time.Millisecond)
	rows := selected(allRows(dir))
	for round := range *rounds {
		for i := range rows {
			for j := range rows[i].sides {
				rows[i].sides[j].run()
			}
		}
		fmt.Fprintf(os.Stderr, "round %d of %d done, load average %s\n", round+1, *rounds, busy())
	}
	for i := range rows {
		if *rounds > 0 {
			rows[i].print()
		}
	}
	if *pending > 0 {
		hold(dir)
	}
}

// build makes the programs, unless they are there.
func build() string {
	dir := *bin
	if dir == "" {
		var err error
		if dir, err = os.MkdirTemp("", "bench"); err != nil {
			log.Fatal(err)
		}
	}
	for name, source := range map[string]string{"bare": "./bare", "standard": "./standard", "load": "./load", "asyncctl": "../../.."} {
		to := filepath.Join(dir, name)
		if _, err := os.Stat(to); err == nil && *bin != "" {
			continue
		}
		if out, err := exec.Command("go", "build", "-o", to, source).CombinedOutput(); err != nil {
			log.Fatalf("%s: %v\n%s(run it in the directory of this benchmark)", name, err, out)
		}
	}
	return dir
}

// start runs a server on the first core until stop is called.
func start(name string, args ...string) (stop func()) {
	cmd := exec.Command("taskset", append([]string{"-c", "0", name}, args...)...)
	cmd.Stderr = os.Stderr
	if err := cmd.Start(); err != nil {
		log.Fatal(err)
	}
	return func() {
		_ = cmd.Process.Kill()
		_ = cmd.Wait()
	}
}

func selected(all []row) (some []row) {
	for _, r := range all {
		if !strings.Contains(r.name, *only) {
			continue
		}
		var there []side
		for _, s := range r.sides {
			if _, err := exec.LookPath(s.command[0]); err == nil {
				there = append(there, s)
			}
		}
		r.sides = there
		some = append(some, r)
	}
	return some
}

// busy is the load average of the last minute.
func busy() string {
	b, _ := os.ReadFile("/proc/loadavg")
	first, _, _ := strings.Cut(string(b), " ")
	return first
}

// hold has so many operations pending, each of them polled every 30 s.
func hold(dir string) {
	cmd := exec.Command("taskset", "-c", "1", filepath.Join(dir, "load"), "-mode", "pending", "-n", fmt.Sprint(*pending), "-every", "30s", "-d", "30s")
	cmd.Env = append(os.Environ(), "GOMAXPROCS=1")
	out, err := cmd.CombinedOutput()
	if err != nil {
		log.Fatal(err)
	}
	memory := regexp.MustCompile(`memory_MB \d+ late_p50 \S+ late_p99 \S+`).Find(out)
	held := regexp.MustCompile(`held .*`).Find(out)
	fmt.Printf("\n%d pending: %s; %s\n", *pending, memory, held)
}
