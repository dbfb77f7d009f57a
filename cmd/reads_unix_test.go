//go:build unix

package cmd_test

import (
	"bytes"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"
)

// reads are all flags and arguments that name a file to be read: FILE stands for it. Where an extension or a place
// decides, it is a link in the directory, of that name.
var reads = map[string]string{
	"content":          "submit mock: -d @FILE",
	"JSON":             "submit mock: --json @FILE",
	"form":             "submit mock: -F a=@FILE",
	"text of a form":   "submit mock: -F a=<FILE",
	"encoded":          "submit mock: --data-urlencode a@FILE",
	"header":           "submit mock: -H @FILE",
	"password":         "submit mock: -u me:@FILE",
	"token":            "submit mock: --token-file FILE",
	"netrc":            "submit mock: --netrc-file FILE",
	"API file":         "submit order --api FILE",
	"CA":               "submit mock: --cacert FILE",
	"certificate":      "submit mock: -E FILE",
	"handle":           "wait FILE",
	"handle, status":   "status FILE",
	"handle, cancel":   "cancel FILE",
	"list":             "batch FILE --no-journal",
	"journal":          "batch list.ndjson --journal FILE",
	"mock, TLS":        "mockserver --listen 127.0.0.1:0 --tls FILE,FILE",
	"mock, admin":      "mockserver --listen 127.0.0.1:0 --admin-token-file FILE",
	"mock, bearer":     "mockserver --listen 127.0.0.1:0 --auth bearer:@FILE",
	"mock, key":        "mockserver --listen 127.0.0.1:0 --stateless --key-file FILE",
	"mock, API file":   "mockserver --listen 127.0.0.1:0 --api FILE",
	"OpenAPI":          "conformance mock: --openapi FILE",
	"waivers":          "conformance mock: --waivers FILE",
	"mock, events":     "mockserver --listen 127.0.0.1:0 --replay FILE",
	"transcripts":      "conformance --replay FILE",
	"judged API file":  "conformance mock: --api FILE",
	"feed":             "loadtest mock: --rate 5 --duration 200ms --feed FILE --json {}",
	"loaded API file":  "loadtest mock: --api FILE --rate 5 --duration 200ms",
	"result":           "loadtest report FILE",
	"result, advise":   "loadtest advise FILE",
	"result, merge":    "loadtest merge FILE",
	"result, compare":  "loadtest compare FILE FILE",
	"OpenAPI, init":    "init --openapi FILE -o -",
	"HAR, init":        "init x.har -o -",
	"checked API file": "api check FILE",
	"events":           "replay FILE",
	"project":          "submit mock:",
}

// reading runs a command that reads a file.
func reading(t *testing.T, line, file string) (*exec.Cmd, *bytes.Buffer) {
	t.Helper()
	dir := t.TempDir()
	if err := os.WriteFile(filepath.Join(dir, "list.ndjson"), []byte(`{"url":"mock:?duration=1ms"}`+"\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	for _, name := range []string{"x.har", ".asyncctl.yaml"} {
		if name == "x.har" && strings.Contains(line, name) || name != "x.har" && !strings.Contains(line, "FILE") && !strings.Contains(line, "x.har") {
			if err := os.Symlink(file, filepath.Join(dir, name)); err != nil {
				t.Fatal(err)
			}
		}
	}
	var said bytes.Buffer
	c := exec.Command("asyncctl", strings.Fields(strings.ReplaceAll(line, "FILE", file))...)
	c.Dir, c.Stderr = dir, &said
	c.WaitDelay = time.Second
	return c, &said
}

// What a person names may be a FIFO in which nothing comes: the command ends at the first signal, with its code.
func TestReadingEndsAtTheFirstSignal(t *testing.T) {
	for what, line := range reads {
		t.Run(what, func(t *testing.T) {
			t.Parallel()
			fifo := filepath.Join(t.TempDir(), "silent")
			if err := syscall.Mkfifo(fifo, 0o600); err != nil {
				t.Skip(err)
			}
			c, said := reading(t, line, fifo)
			if err := c.Start(); err != nil {
				t.Fatal(err)
			}
			ended := make(chan string, 1)
			go func() { ended <- exitStatus(c.Wait()) }()
			defer time.AfterFunc(time.Minute, func() { c.Process.Kill() }).Stop()
			for {
				select {
				case got := <-ended:
					if got != "2" { // a FIFO that the command does not take is wrong usage
						t.Errorf("exited with %s before the signal: %s", got, said)
					}
					return
				case <-time.After(10 * time.Millisecond):
				}
				writer, err := os.OpenFile(fifo, os.O_WRONLY|syscall.O_NONBLOCK, 0)
				if err != nil {
					continue // nobody reads yet
				}
				defer writer.Close()
				c.Process.Signal(syscall.SIGTERM)
				if got := <-ended; got != "143" && got != "2" {
					t.Errorf("exited with %s: %s", got, said)
				}
				return
			}
		})
	}
}

// It may have no end, or be much larger than anything that it could be.
func TestReadingIsBounded(t *testing.T) {
	large := filepath.Join(t.TempDir(), "large")
	f, err := os.Create(large)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	if err := f.Truncate(10 << 30); err != nil {
		t.Skip(err)
	}
	for what, line := range reads {
		if what == "feed" { // it is read by the line
			continue
		}
		t.Run(what, func(t *testing.T) {
			t.Parallel()
			c, said := reading(t, line, large)
			kill := time.AfterFunc(time.Minute, func() { c.Process.Kill() })
			defer kill.Stop()
			if got := exitStatus(c.Run()); got != "2" {
				t.Errorf("exited with %s: %s", got, said)
			}
			if len(said.String()) > 2000 || strings.Contains(said.String(), "\x00") {
				t.Errorf("what it says holds the file: %.200q", said)
			}
			if used := peak(c.ProcessState); used > 400<<20 {
				t.Errorf("it took %d MB", used>>20)
			}
		})
	}
}

// peak is the largest size in memory that a process had, in bytes; 0 where that is not known.
func peak(s *os.ProcessState) int64 {
	usage, ok := s.SysUsage().(*syscall.Rusage)
	if !ok {
		return 0
	}
	return int64(usage.Maxrss) << 10
}
