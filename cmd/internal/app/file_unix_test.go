//go:build unix

package app

import (
	"context"
	"errors"
	"io"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"
)

func TestUmaskIsRespected(t *testing.T) {
	old := syscall.Umask(0o077)
	defer syscall.Umask(old)
	dir := t.TempDir()
	for _, c := range []struct {
		umask  int
		access Access
		want   os.FileMode
	}{{0o077, Public, 0o600}, {0o002, Public, 0o664}, {0o022, Public, 0o644}, {0, Private, 0o600}} {
		syscall.Umask(c.umask)
		path := filepath.Join(dir, "f")
		os.Remove(path)
		if err := put(path, c.access, "x"); err != nil {
			t.Fatal(err)
		}
		want(t, path, "x", c.want)
	}
}

func TestFIFOIsAStream(t *testing.T) {
	dir := t.TempDir()
	path := filepath.Join(dir, "pipe")
	if err := syscall.Mkfifo(path, 0o600); err != nil {
		t.Skip(err)
	}
	link := filepath.Join(dir, "link")
	os.Symlink("pipe", link)
	got := make(chan string)
	go func() {
		content, _ := os.ReadFile(path)
		got <- string(content)
	}()
	if err := put(link, Public, "through the pipe"); err != nil {
		t.Fatal(err)
	}
	if text := <-got; text != "through the pipe" {
		t.Errorf("the reader got %q", text)
	}
	if info, err := os.Lstat(path); err != nil || info.Mode()&os.ModeNamedPipe == 0 {
		t.Error("the FIFO was replaced")
	}
	if err := Writable(path); err != nil { // without a reader
		t.Error(err)
	}
	ctx, cancel := context.WithTimeout(t.Context(), 30*time.Millisecond)
	defer cancel()
	if _, err := Create(ctx, path, Public); err == nil || !strings.Contains(err.Error(), "no process reads") {
		t.Errorf("without a reader: %v", err)
	}
	alone(t, dir, "link", "pipe")
}

// TestFIFOThatIsGone is no reason to wait for a reader.
func TestFIFOThatIsGone(t *testing.T) {
	ctx, cancel := context.WithTimeout(t.Context(), 10*time.Second)
	defer cancel()
	f := &File{}
	f.place.target = filepath.Join(t.TempDir(), "pipe")
	if err := f.openFIFO(ctx); !errors.Is(err, os.ErrNotExist) || ctx.Err() != nil {
		t.Errorf("got %v", err)
	}
}

func TestSocketIsAStream(t *testing.T) {
	path := filepath.Join(t.TempDir(), "s")
	listener, err := net.Listen("unix", path)
	if err != nil {
		t.Skip(err)
	}
	defer listener.Close()
	got := make(chan string)
	go func() {
		conn, err := listener.Accept()
		if err != nil {
			got <- err.Error()
			return
		}
		content, _ := io.ReadAll(conn)
		got <- string(content)
	}()
	if err := put(path, Public, "through the socket"); err != nil {
		t.Fatal(err)
	}
	if text := <-got; text != "through the socket" {
		t.Errorf("the listener got %q", text)
	}
}

func TestDescriptorIsAStream(t *testing.T) {
	if os.Getenv("WRITE_TO_DESCRIPTOR") != "" {
		if err := put("/dev/fd/3", Public, "new"); err != nil {
			t.Fatal(err)
		}
		var closed *UsageError
		if err := put("/dev/fd/97", Public, "new"); !errors.As(err, &closed) {
			t.Fatal(err)
		}
		return
	}
	if _, err := os.Stat("/dev/fd/0"); err != nil {
		t.Skip(err)
	}
	log := filepath.Join(t.TempDir(), "log")
	f, err := os.OpenFile(log, os.O_CREATE|os.O_APPEND|os.O_WRONLY, 0o640)
	if err != nil {
		t.Fatal(err)
	}
	io.WriteString(f, "old ")
	c := exec.Command(os.Args[0], "-test.run", "^TestDescriptorIsAStream$")
	c.Env = append(os.Environ(), "WRITE_TO_DESCRIPTOR=1")
	c.ExtraFiles = []*os.File{f}
	if out, err := c.CombinedOutput(); err != nil {
		t.Fatalf("%v: %s", err, out)
	}
	if text, _ := os.ReadFile(log); string(text) != "old new" {
		t.Errorf("the log holds %q", text)
	}
}

func TestOwnDescriptorIsNotOpenForThePerson(t *testing.T) {
	f, err := os.Create(filepath.Join(t.TempDir(), "own"))
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	if _, err := Create(t.Context(), "/dev/fd/"+strconv.Itoa(int(f.Fd())), Public); err == nil {
		t.Error("a file that only this process knows can be named")
	}
}
