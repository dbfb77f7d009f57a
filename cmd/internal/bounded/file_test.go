package bounded

import (
	"bufio"
	"context"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

func TestFile(t *testing.T) {
	path := filepath.Join(t.TempDir(), "f")
	if err := os.WriteFile(path, []byte("12345"), 0o600); err != nil {
		t.Fatal(err)
	}
	if got, err := File(path, 5); err != nil || string(got) != "12345" {
		t.Errorf("got %q, %v", got, err)
	}
	if got, err := File(path, 4); err == nil || got != nil || !strings.HasSuffix(err.Error(), "is larger than 4 bytes") {
		t.Errorf("got %q, %v", got, err)
	}
	if _, err := Regular(filepath.Dir(path), 5); err == nil || !strings.Contains(err.Error(), "not a regular file") {
		t.Errorf("a directory: %v", err)
	}
	if _, err := Regular(path, 5); err != nil {
		t.Error(err)
	}
	if _, err := Regular(path+"x", 5); !os.IsNotExist(err) {
		t.Errorf("got %v", err)
	}
	if _, err := File(path+"x", 5); !os.IsNotExist(err) {
		t.Errorf("got %v", err)
	}
}

func TestLine(t *testing.T) {
	in := bufio.NewReaderSize(strings.NewReader("one\n"+strings.Repeat("x", 40)+"\nrest"), 16)
	for _, want := range []string{"one\n", strings.Repeat("x", 40) + "\n"} {
		if got, err := Line(in, 41); err != nil || string(got) != want {
			t.Errorf("got %q, %v; want %q", got, err, want)
		}
	}
	if got, err := Line(in, 41); err != io.EOF || string(got) != "rest" {
		t.Errorf("the rest: %q, %v", got, err)
	}
	if got, err := Line(bufio.NewReader(strings.NewReader("12345\n")), 5); err == nil || got != nil {
		t.Errorf("a long line: %q, %v", got, err)
	}
}

func TestWaiting(t *testing.T) {
	r, w := io.Pipe()
	s := Stream(r)
	if !Waiting() {
		t.Error("nothing waits for a stream")
	}
	go w.Close()
	if _, err := s.Read(make([]byte, 1)); err != io.EOF || Waiting() {
		t.Errorf("%v, waiting: %v", err, Waiting())
	}
}

func TestUntil(t *testing.T) {
	text := strings.Repeat("0123456789", 10_000)
	if got, err := io.ReadAll(Until(t.Context(), strings.NewReader(text))); err != nil || string(got) != text {
		t.Errorf("%d bytes, %v", len(got), err)
	}
	silent, w := io.Pipe()
	defer w.Close()
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := Until(ctx, silent).Read(make([]byte, 1)); err != context.Canceled {
		t.Errorf("after the end: %v", err)
	}
}
