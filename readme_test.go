//go:build unix

package main

import (
	"context"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
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

// built replaces the commands that build a program and run it.
var built = strings.NewReplacer("go run . ", "asyncctl ", "go run -C docs/examples/server . ", "reports-server ")

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
	c := exec.CommandContext(ctx, "sh", "-eu", "-c", script.String())
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

// ofRepository says whether a block is about the repository itself: .ci/run runs those.
func (e example) ofRepository() bool {
	return strings.HasPrefix(e.script, "go test") || strings.HasPrefix(e.script, ".ci/")
}

// separator stands before the output of each block.
const separator = "==== block "

// compare looks for each line that the page shows in what came out.
func (e example) compare(t *testing.T, page, said string) {
	came := map[string]bool{}
	for line := range strings.SplitSeq(said, "\n") {
		came[alike(line)] = true
	}
	for _, line := range e.output {
		if !came[alike(line)] && strings.TrimSpace(line) != "..." {
			t.Errorf("%s:%d: this does not come out: %q\nbut this:\n%s", page, e.line, line, said)
			return
		}
	}
}

var (
	ids     = regexp.MustCompile(`[0-9a-f]{16,}|[A-Z0-9]{20,}|[A-Za-z0-9_-]{40,}|[0-9A-Za-z]{4,}…`) // pages may cut them short
	numbers = regexp.MustCompile(`[0-9]+([.,:][0-9]+)*(ns|µs|us|ms|s|m|h|KiB|MiB|B|%)?`)
	blanks  = regexp.MustCompile(`[ \t]+`)
)

// alike is a line without what differs from run to run.
func alike(line string) string {
	return blanks.ReplaceAllString(strings.TrimSpace(numbers.ReplaceAllString(ids.ReplaceAllString(line, "#"), "#")), " ")
}
