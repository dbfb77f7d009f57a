package cmd_test

import (
	"bytes"
	"fmt"
	"math/rand/v2"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/asyncctl/asyncctl/mockserver"
)

// smallDisk is a file system of its own, of so many bytes, made in memory.
func smallDisk(t *testing.T, size int) string {
	t.Helper()
	dir := t.TempDir()
	if err := syscall.Mount("tmpfs", dir, "tmpfs", 0, fmt.Sprintf("size=%d,mode=700", size)); err != nil {
		t.Skipf("a file system of its own cannot be made here: %v", err)
	}
	t.Cleanup(func() {
		if err := syscall.Unmount(dir, 0); err != nil {
			t.Errorf("the file system stays: %v", err)
		}
	})
	return dir
}

// A batch whose disk is full at times, and that is killed at any instant, submits each line exactly once and has each
// result exactly once, and leaves no file behind but its journal.
func TestBatchSurvivesAFullDisk(t *testing.T) {
	dir := smallDisk(t, 4<<20+*batchLines*2<<10)
	seed := rand.Uint64()
	t.Logf("seed %d", seed)
	dice := rand.New(rand.NewPCG(seed, 1))
	mock := &mockserver.Server{Scenario: mockserver.Scenario{Duration: 20 * time.Millisecond, RetryAfter: mockserver.RetryAfter{Form: mockserver.RetrySeconds, Delay: mockserver.AtOnce}}}
	server := httptest.NewServer(&unreliable{mock: mock, dice: rand.New(rand.NewPCG(seed, 2))})
	defer server.Close()

	list, results, filler := filepath.Join(dir, "list.ndjson"), filepath.Join(dir, "results"), filepath.Join(dir, "filler")
	var text bytes.Buffer
	for i := range *batchLines {
		fmt.Fprintf(&text, `{"id":"line-%d","url":"%s/orders","json":{"n":%d}}`+"\n", i+1, server.URL, i+1)
	}
	if err := os.WriteFile(list, text.Bytes(), 0o600); err != nil {
		t.Fatal(err)
	}
	args := []string{"batch", list, "--idempotency-key", "auto", "--concurrency", "32", "--interval", "5ms", "--poll-retries", "50", "--progress", "none"}
	full := 0
	for range *batchKills {
		fill(t, filler, dir, dice.IntN(24<<10))
		with := args
		if dice.IntN(2) == 0 {
			with = append(args[:len(args):len(args)], "--output-dir", results)
		}
		var stderr bytes.Buffer
		c := exec.Command("asyncctl", with...)
		c.Stderr = &stderr
		if err := c.Start(); err != nil {
			t.Fatal(err)
		}
		kill := time.AfterFunc(time.Duration(dice.IntN(250)+5)*time.Millisecond, func() { c.Process.Kill() })
		c.Wait()
		kill.Stop()
		if strings.Contains(stderr.String(), "no space left") || strings.Contains(stderr.String(), "no room") {
			full++
		}
	}
	os.Remove(filler)
	os.RemoveAll(results)
	checkRecordsOnce(t, runToTheEnd(t, args), *batchLines)
	if got := int(mock.Stats().Submits); got != *batchLines {
		t.Errorf("the server accepted %d operations, want %d", got, *batchLines)
	}
	left, _ := os.ReadDir(dir)
	for _, f := range left {
		if f.Name() != "list.ndjson" && f.Name() != "list.ndjson.journal" {
			t.Errorf("%s is left behind", f.Name())
		}
	}
	t.Logf("%d runs, %d of them found the disk full", *batchKills, full)
}

// fill leaves about so much room on the file system.
func fill(t *testing.T, filler, dir string, room int) {
	t.Helper()
	os.Remove(filler)
	var s syscall.Statfs_t
	if err := syscall.Statfs(dir, &s); err != nil {
		t.Fatal(err)
	}
	free := int(s.Bavail) * int(s.Bsize)
	if err := os.WriteFile(filler, make([]byte, max(0, free-room)), 0o600); err != nil {
		t.Fatal(err)
	}
}

// checkRecordsOnce checks that each line has one record, of a success: its result may be in a file that is gone.
func checkRecordsOnce(t *testing.T, out []byte, want int) {
	t.Helper()
	if got := bytes.Count(out, []byte(`"outcome":"succeeded"`)); got != want || bytes.Count(out, []byte("\n")) != want {
		t.Errorf("%d successes in %d records, want %d", got, bytes.Count(out, []byte("\n")), want)
	}
	for line := 1; line <= want; line++ {
		if bytes.Count(out, fmt.Appendf(nil, `"line":%d,`, line)) != 1 {
			t.Errorf("line %d has not exactly one record", line)
		}
	}
}
