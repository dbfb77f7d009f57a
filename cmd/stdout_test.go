package cmd_test

import (
	"bytes"
	"errors"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/asyncctl/asyncctl/cmd"
	"github.com/asyncctl/asyncctl/mockserver"
)

// full is a stdout that takes nothing.
type full struct{}

func (full) Write([]byte) (int, error) { return 0, errors.New("no space left on device") }

// stdoutCommands are all commands that write to stdout, and whether an operation is behind it that
// must not be lost with the output.
func stdoutCommands(t *testing.T) []struct {
	args      string
	operation bool
} {
	mock := mockserver.NewServer(nil, &mockserver.Server{})
	t.Cleanup(mock.Close)
	dir := t.TempDir()
	write := func(name, text string) string {
		path := filepath.Join(dir, name)
		if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		return path
	}
	quick := mock.URL + "/operations?asyncctl.duration=1ms&asyncctl.retry-after=0"
	list := write("list", `{"url":"`+quick+`"}`+"\n")
	op := submitted(t, mock.URL+"/operations?asyncctl.outcome=never")
	done := submitted(t, quick)
	run := filepath.Join(dir, "run.json")
	if code := runQuietly("loadtest", "mock:?duration=1ms&retry-after=0", "--rate", "50", "--duration", "200ms", "--out", run, "-s"); code != 0 {
		t.Fatalf("loadtest exited with %d", code)
	}
	return []struct {
		args      string
		operation bool
	}{
		{"submit " + quick, true},
		{"submit " + quick + " --format json", true},
		{"submit " + quick + " --wait", true},
		{"submit " + quick + " --wait --format json", true},
		{"wait " + done, true},
		{"wait " + done + " " + done, false},
		{"wait " + done + " " + done + " --format json", false},
		{"wait " + op + " --timeout 0 --format json", false},
		{"status " + op, false},
		{"status " + op + " --format json", false},
		{"cancel " + op + " --format json", false},
		{"batch --no-journal " + list, false},
		{"mockserver --listen 127.0.0.1:0", false},
		{"mockserver --listen 127.0.0.1:0 --format json", false},
		{"mockserver dialects", false},
		{"mockserver faults", false},
		{"api show quick", false},
		{"conformance mock:?duration=1ms --rule accepted-* --settle 0 -s", false},
		{"conformance list", false},
		{"conformance list --format json", false},
		{"conformance self-test --mutant faultless -s", false},
		{"loadtest mock:?duration=1ms&retry-after=0 --rate 50 --duration 100ms -s", false},
		{"loadtest report " + run, false},
		{"loadtest report " + run + " --format json", false},
		{"loadtest advise " + run, false},
		{"loadtest compare " + run + " " + run, false},
		{"loadtest merge " + run, false},
		{"explain", false},
		{"explain gone", false},
		{"help", false},
		{"help exit-codes", false},
		{"submit --help", false},
		{"man", false},
		{"completion bash", false},
		{"version", false},
		{"version --format json", false},
	}
}

func submitted(t *testing.T, url string) string {
	t.Helper()
	var out bytes.Buffer
	if code := cmd.Main(world(&out, io.Discard, "submit", url, "-s")); code != 0 {
		t.Fatalf("submit exited with %d", code)
	}
	return strings.TrimSpace(out.String())
}

func world(out, err io.Writer, args ...string) cmd.World {
	return cmd.World{Args: args, Stdin: strings.NewReader(""), Stdout: out, Stderr: err, Env: func(string) string { return "" }}
}

func runQuietly(args ...string) int { return cmd.Main(world(io.Discard, io.Discard, args...)) }

// No command ends well whose output was lost, and none blames the network for it.
func TestOutputThatIsLost(t *testing.T) {
	for _, c := range stdoutCommands(t) {
		t.Run(c.args, func(t *testing.T) {
			t.Parallel()
			var said bytes.Buffer
			code := cmd.Main(world(full{}, &said, strings.Fields(c.args)...))
			if code != 74 {
				t.Errorf("exited with %d, want 74", code)
			}
			if n := strings.Count(said.String(), "cannot write to stdout: no space left on device"); n != 1 {
				t.Errorf("the reason is given %d times in %q", n, said.String())
			}
			if c.operation && !strings.Contains(said.String(), "asyncctl wait http") {
				t.Errorf("the operation is lost with the output: %q", said.String())
			}
		})
	}
}

// The reader of a pipe may leave at any time.
func TestClosedPipe(t *testing.T) {
	mock := mockserver.NewServer(nil, &mockserver.Server{})
	defer mock.Close()
	r, w, err := os.Pipe()
	if err != nil {
		t.Fatal(err)
	}
	r.Close()
	defer w.Close()
	var said bytes.Buffer
	c := exec.Command("asyncctl", "submit", mock.URL+"/operations", "-s")
	c.Stdout, c.Stderr = w, &said
	if got := exitStatus(c.Run()); got != "74" {
		t.Errorf("exited with %s, want 74", got)
	}
	if !strings.Contains(said.String(), "cannot write to stdout: broken pipe") || !strings.Contains(said.String(), "asyncctl wait http") {
		t.Errorf("it said %q", said.String())
	}
}
