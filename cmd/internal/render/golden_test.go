package render

import (
	"bytes"
	"flag"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/asyncctl/asyncctl/poller"
)

var update = flag.Bool("update", false, "rewrite the goldens")

// streams returns the recorded streams by name.
func streams(t testing.TB) map[string][]poller.Event {
	t.Helper()
	paths, err := filepath.Glob("testdata/*.jsonl")
	if err != nil || len(paths) == 0 {
		t.Fatalf("no recorded streams: %v", err)
	}
	all := map[string][]poller.Event{}
	for _, path := range paths {
		content, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		for e, err := range ReadEvents(bytes.NewReader(content)) {
			if err != nil {
				t.Fatalf("%s: %v", path, err)
			}
			name := strings.TrimSuffix(filepath.Base(path), ".jsonl")
			all[name] = append(all[name], e)
		}
	}
	return all
}

// golden compares with testdata/name. Escape bytes are shown as ␛, to be read.
func golden(t *testing.T, name, got string) {
	t.Helper()
	got = strings.ReplaceAll(got, "\x1b", "␛")
	path := filepath.Join("testdata", name)
	if *update {
		if err := os.WriteFile(path, []byte(got), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if got != string(want) {
		t.Errorf("%s differs; look, and run with -update if it is meant\n got:\n%s\nwant:\n%s", path, got, want)
	}
}
