//go:build unix

package batch

import (
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
)

func TestJournalRefusesAFIFO(t *testing.T) {
	fifo := filepath.Join(t.TempDir(), "fifo")
	if err := syscall.Mkfifo(fifo, 0o600); err != nil {
		t.Skip(err)
	}
	if _, err := Open(fifo); err == nil || !strings.Contains(err.Error(), "not a regular file") {
		t.Errorf("got %v", err)
	}
	if _, err := readBody(fifo); err == nil || !strings.Contains(err.Error(), "not a regular file") {
		t.Errorf("as body_file: got %v", err)
	}
}

// What was kept of the disk for later is given back.
func TestJournalTakesNoMoreThanItHolds(t *testing.T) {
	path := filepath.Join(t.TempDir(), "journal")
	j := open(t, path)
	for i := range 10 {
		if err := j.Add(Mark{Line: i, Stage: Sending}); err != nil {
			t.Fatal(err)
		}
	}
	j.Close()
	info, err := os.Stat(path)
	if err != nil || info.Size() != j.end {
		t.Errorf("%d bytes, %v; want %d", info.Size(), err, j.end)
	}
	if stat, ok := info.Sys().(*syscall.Stat_t); ok && stat.Blocks*512 > 1<<19 {
		t.Errorf("it takes %d bytes of the disk", stat.Blocks*512)
	}
}
