//go:build unix

package main

import (
	"context"
	"fmt"
	"math"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"
)

// example is one block of commands in a page, and the output that stands below it.
type example struct {
	line   int
	script string
	output []string
}

// TestPagesRun runs every block of commands in the README and the guides, and compares
// what the pages say comes out: each line shown must come out, but for numbers and ids.
// Of what begins with go only the programs of the repository are run here, built already.
func TestPagesRun(t *testing.T) {
	if testing.Short() {
		t.Skip("it builds the program")
	}
	bin := t.TempDir()
	if out, err := exec.Command("go", "build", "-o", filepath.Join(bin, "asyncctl"), ".").CombinedOutput(); err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	if out, err := exec.Command("go", "build", "-C", "docs/examples/server", "-o", filepath.Join(bin, "reports-server"), ".").CombinedOutput(); err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	pages, err := filepath.Glob("docs/guide/*.md")
	if err != nil {
		t.Fatal(err)
	}
	for _, page := range append([]string{"README.md"}, pages...) {
		t.Run(page, func(t *testing.T) {
			t.Parallel()
			text, err := os.ReadFile(page)
			if err != nil {
				t.Fatal(err)
			}
			runPage(t, page, bin, examples(string(text)))
		})
	}
}

// chosen is a port that a page chooses, and not the system: readers want to type it.
var chosen = regexp.MustCompile(`(?:listen|results) 127\.0\.0\.1:([1-9][0-9]*)`)

// elsewhere returns a script with free ports in place of those that the page chooses: another run of the
// tests may be at the same page.
func elsewhere(t *testing.T, script string) string {
	t.Helper()
	free := map[string]string{}
	for _, m := range chosen.FindAllStringSubmatch(script, -1) {
		if free[m[1]] != "" {
			continue
		}
		l, err := net.Listen("tcp", "127.0.0.1:0")
		if err != nil {
			t.Fatal(err)
		}
		defer l.Close()
		_, free[m[1]], _ = net.SplitHostPort(l.Addr().String())
	}
	for from, to := range free {
		script = strings.ReplaceAll(script, ":"+from, ":"+to)
	}
	return script
}

// built replaces the commands that fetch the repository, or build a program of it and run it.
var built = strings.NewReplacer("git clone https://github.com/asyncctl/asyncctl && cd asyncctl\n", "", "go run . ", "asyncctl ", "go run -C docs/examples/server . ", "reports-server ")

// examples returns the blocks that are marked as sh. A block without a mark that follows one is its output.
func examples(page string) []example {
	var all []example
	var in string
	after := false // only blank lines since the last commands
	for n, line := range strings.Split(page, "\n") {
		mark, fence := strings.CutPrefix(line, "```")
		switch {
		case fence && in == "":
			in = "other"
			if mark == "sh" {
				in = "sh"
				all = append(all, example{line: n + 1})
			} else if mark == "" && after {
				in = "output"
			}
		case fence:
			in, after = "", in == "sh"
		case in == "sh":
			all[len(all)-1].script += line + "\n"
		case in == "output":
			all[len(all)-1].output = append(all[len(all)-1].output, line)
		case in == "" && strings.TrimSpace(line) != "":
			after = false
		}
	}
	return all
}

// runPage runs the blocks of a page in one shell, as a reader would who copies one after the other.
func runPage(t *testing.T, page, bin string, blocks []example) {
	var script strings.Builder
	for i, e := range blocks {
		if !e.ofRepository() {
			fmt.Fprintf(&script, "echo %s%d\n%s", separator, i, built.Replace(e.script))
		}
	}
	ctx, cancel := context.WithTimeout(t.Context(), 5*time.Minute)
	defer cancel()
	dir := t.TempDir()
	c := exec.CommandContext(ctx, "sh", "-eu", "-c", elsewhere(t, script.String()))
	c.Dir = dir
	c.Env = []string{"PATH=" + bin + ":" + os.Getenv("PATH"), "HOME=" + dir, "LANG=C.UTF-8"}
	c.SysProcAttr = &syscall.SysProcAttr{Setpgid: true} // so that servers in the background end with it
	c.Cancel = func() error { return syscall.Kill(-c.Process.Pid, syscall.SIGKILL) }
	log, err := os.CreateTemp(t.TempDir(), "output")
	if err != nil {
		t.Fatal(err)
	}
	defer log.Close()
	c.Stdout, c.Stderr = log, log // a file: a server in the background may hold it open
	failure := c.Run()
	syscall.Kill(-c.Process.Pid, syscall.SIGTERM) // whatever it left in the background
	out, err := os.ReadFile(log.Name())
	if err != nil {
		t.Fatal(err)
	}
	said := map[int]string{}
	last := 0
	for part := range strings.SplitSeq(string(out), separator) {
		number, text, _ := strings.Cut(part, "\n")
		if n, err := strconv.Atoi(number); err == nil {
			last, said[n] = n, text
		}
	}
	if failure != nil {
		t.Fatalf("%s:%d: %v\n%s\n%s", page, blocks[last].line, failure, blocks[last].script, said[last])
	}
	for i, e := range blocks {
		if !e.ofRepository() {
			e.compare(t, page, said[i])
		}
	}
}

// ofRepository reports whether a block is about the repository itself: .ci/run runs those.
func (e example) ofRepository() bool {
	return strings.HasPrefix(e.script, "go test") || strings.HasPrefix(e.script, ".ci/")
}

// separator stands before the output of each block.
const separator = "==== block "

// compare looks for each line that the page shows in what came out. Words must be the same, and figures
// of the same size: a page that says 4.32 polls must not be about a program that needs 1.7.
func (e example) compare(t *testing.T, page, said string) {
	came := map[string][]string{}
	for line := range strings.SplitSeq(said, "\n") {
		came[alike(line)] = append(came[alike(line)], line)
	}
	for _, line := range e.output {
		if strings.TrimSpace(line) == "" || strings.TrimSpace(line) == "..." {
			continue
		}
		same := came[alike(line)]
		if len(same) == 0 {
			t.Errorf("%s:%d: this does not come out: %q\nbut this:\n%s", page, e.line, line, said)
			return
		}
		if !slices.ContainsFunc(same, func(other string) bool { return near(line, other) }) {
			t.Errorf("%s:%d: the figures of %q are not those that come out: %q", page, e.line, line, same)
		}
	}
}

// near reports whether the figures of two lines are of one size: within half and twice, whole counts within three;
// times, which a busy machine stretches, within a tenth and ten times; shares within 40 points. Addresses,
// ids and dates differ from run to run.
func near(shown, came string) bool {
	x, y := figures(shown), figures(came)
	if len(x) != len(y) {
		return false
	}
	for i, a := range x {
		b := y[i]
		switch {
		case strings.HasSuffix(a.unit, "%"):
			if math.Abs(a.value-b.value) > 40 {
				return false
			}
		case a.unit != "":
			if a.seconds() > 10*b.seconds()+0.05 || b.seconds() > 10*a.seconds()+0.05 {
				return false
			}
		case a.whole() && b.whole() && math.Abs(a.value-b.value) <= 3:
		case a.value > 2*b.value || b.value > 2*a.value:
			return false
		}
	}
	return true
}

// figure is a number with its unit.
type figure struct {
	value float64
	unit  string
}

func (f figure) whole() bool { return f.value == math.Trunc(f.value) }

// seconds is a time in seconds; of bytes it is their number in millions.
func (f figure) seconds() float64 {
	return f.value * map[string]float64{"ns": 1e-9, "µs": 1e-6, "us": 1e-6, "ms": 1e-3, "s": 1, "m": 60, "h": 3600, "B": 1e-6, "KiB": 1e-3, "MiB": 1}[f.unit]
}

// figures are the numbers of a line that say how much: not those of addresses, paths, dates and ids.
func figures(line string) (all []figure) {
	for _, m := range measured.FindAllStringSubmatch(passed.ReplaceAllString(ids.ReplaceAllString(line, " "), " "), -1) {
		if v, err := strconv.ParseFloat(m[1], 64); err == nil {
			all = append(all, figure{v, strings.TrimSpace(m[2])})
		}
	}
	return all
}

var (
	ids     = regexp.MustCompile(`[0-9a-f]{16,}|[A-Z0-9]{20,}|[A-Za-z0-9_-]{40,}|[0-9A-Za-z]{4,}…`) // pages may cut them short
	numbers = regexp.MustCompile(`[0-9]+([.,:][0-9]+)*(ns|µs|us|ms|s|m|h|KiB|MiB|B|%)?`)
	// passed are places whose numbers say nothing about how much, and measured is a number that may.
	passed   = regexp.MustCompile(`(https?|file)://[^ "]*|\d{4}-\d\d-\d\d\S*|\d\d:\d\d:\d\d(\.\d+)?`)
	measured = regexp.MustCompile(`(\d+(?:\.\d+)?)(ns|µs|us|ms|s|m|h|KiB|MiB|B|%| ms\b| s\b)?`)
	blanks   = regexp.MustCompile(`[ \t]+`)
)

// alike is a line without what differs from run to run.
func alike(line string) string {
	return blanks.ReplaceAllString(strings.TrimSpace(numbers.ReplaceAllString(ids.ReplaceAllString(line, "#"), "#")), " ")
}

func TestFiguresOfPages(t *testing.T) {
	tests := []struct {
		name, shown, came string
		near              bool
	}{
		{"the same", "4.32 polls", "4.32 polls", true},
		{"of the same size", "4.32 polls an operation", "5.1 polls an operation", true},
		{"an average of another size", "4.32 polls an operation", "1.7 polls an operation", false},
		{"of another size", "432 polls", "170 polls", false},
		{"a small count", "3 polls", "6 polls", true},
		{"a small count that is not", "3 polls", "7 polls", false},
		{"a busy machine", "after 2.1s", "after 9s", true},
		{"a busy machine, with a blank", "< EOF [0 ms]", "< EOF [14 ms]", true},
		{"another unit", "after 900ms", "after 2s", true},
		{"not the same time at all", "after 20ms", "after 3s", false},
		{"shares", "78% of", "40% of", true},
		{"other shares", "78% of", "20% of", false},
		{"ports, ids and dates", "http://127.0.0.1:1234/x bf93… 2026-01-02", "http://127.0.0.1:45678/x ae0b00000000000000000000 2026-11-27", true},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			if got := near(test.shown, test.came); got != test.near {
				t.Errorf("got %v", got)
			}
		})
	}
}
