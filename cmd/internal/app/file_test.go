package app

import (
	"bytes"
	"context"
	"errors"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// put writes a file in one go.
func put(path string, access Access, content string) error {
	return WriteFile(context.Background(), path, access, []byte(content))
}

// want checks what a path leads to, and with which mode.
func want(t *testing.T, path, content string, mode os.FileMode) {
	t.Helper()
	got, err := os.ReadFile(path)
	if err != nil || string(got) != content {
		t.Errorf("%s holds %q (%v), want %q", filepath.Base(path), got, err, content)
	}
	if info, err := os.Stat(path); err != nil || info.Mode().Perm() != mode {
		t.Errorf("%s has mode %v, want %v", filepath.Base(path), info.Mode(), mode)
	}
}

// alone checks that nothing is left beside the files of a directory.
func alone(t *testing.T, dir string, names ...string) {
	t.Helper()
	entries, err := os.ReadDir(dir)
	if err != nil {
		t.Fatal(err)
	}
	var got []string
	for _, e := range entries {
		got = append(got, e.Name())
	}
	if strings.Join(got, " ") != strings.Join(names, " ") {
		t.Errorf("the directory holds %q, want %q", got, names)
	}
}

func TestFileIsWholeOrNotThere(t *testing.T) {
	dir := t.TempDir()
	path := filepath.Join(dir, "result")
	f, err := Create(context.Background(), path, Public)
	if err != nil {
		t.Fatal(err)
	}
	io.WriteString(f, "half")
	if _, err := os.Stat(path); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("the file is there before it is whole: %v", err)
	}
	f.Abandon()
	alone(t, dir)
	if err := put(path, Private, "whole"); err != nil {
		t.Fatal(err)
	}
	want(t, path, "whole", 0o600)
	f, _ = Create(context.Background(), path, Public)
	io.WriteString(f, "new")
	f.Abandon()
	want(t, path, "whole", 0o600)
	alone(t, dir, "result")
}

func TestFileKeepsTheModeOfTheOneBefore(t *testing.T) {
	for _, c := range []struct {
		name   string
		before os.FileMode
		access Access
		want   os.FileMode
	}{
		{"a public file stays private", 0o600, Public, 0o600},
		{"a group's file stays one", 0o664, Public, 0o664},
		{"an executable stays one", 0o755, Public, 0o755},
		{"a secret is nobody else's", 0o664, Private, 0o600},
		{"a read-only file stays one", 0o440, Public, 0o440},
	} {
		path := filepath.Join(t.TempDir(), "f")
		if err := os.WriteFile(path, []byte("old"), 0o600); err != nil {
			t.Fatal(err)
		}
		if err := os.Chmod(path, c.before); err != nil {
			t.Fatal(err)
		}
		if err := put(path, c.access, "new"); err != nil {
			t.Errorf("%s: %v", c.name, err)
			continue
		}
		want(t, path, "new", c.want)
	}
}

func TestFileFollowsLinks(t *testing.T) {
	dir := t.TempDir()
	for _, d := range []string{"here", "there"} {
		if err := os.Mkdir(filepath.Join(dir, d), 0o700); err != nil {
			t.Fatal(err)
		}
	}
	target := filepath.Join(dir, "there", "target")
	links := []string{filepath.Join(dir, "here", "relative"), filepath.Join(dir, "here", "absolute"), filepath.Join(dir, "here", "twice")}
	for i, to := range []string{"../there/target", target, "relative"} {
		if err := os.Symlink(to, links[i]); err != nil {
			t.Skip("no symbolic links: ", err)
		}
	}
	for _, link := range links { // the first one dangles
		if err := put(link, Public, link); err != nil {
			t.Fatal(err)
		}
		if got, _ := os.ReadFile(target); string(got) != link {
			t.Errorf("through %s the target holds %q", filepath.Base(link), got)
		}
		if info, err := os.Lstat(link); err != nil || info.Mode()&fs.ModeSymlink == 0 {
			t.Errorf("%s is no link any more", filepath.Base(link))
		}
	}
	alone(t, filepath.Join(dir, "there"), "target")
	loop := filepath.Join(dir, "loop")
	os.Symlink("loop", loop)
	if err := put(loop, Public, "x"); err == nil || !strings.Contains(err.Error(), "too many levels") {
		t.Errorf("a loop of links: %v", err)
	}
}

func TestWhatCannotBeWrittenIsAUsageError(t *testing.T) {
	dir := t.TempDir()
	file := filepath.Join(dir, "file")
	if err := os.WriteFile(file, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct{ path, want string }{
		{dir, "it is a directory"},
		{filepath.Join(dir, "no", "such"), "no such file or directory"},
		{filepath.Join(file, "below"), "not a directory"},
		{dir + "/new/", "no such directory"},
	} {
		_, err := Create(context.Background(), c.path, Public)
		var usage *UsageError
		if !errors.As(err, &usage) || !strings.Contains(err.Error(), c.want) || !strings.HasPrefix(err.Error(), "cannot write "+c.path+": ") {
			t.Errorf("%s: got %v, want %q", c.path, err, c.want)
		}
		if err := Writable(c.path); err == nil {
			t.Errorf("%s can be written, it is said", c.path)
		}
	}
	if err := Writable(filepath.Join(dir, "new")); err != nil {
		t.Error(err)
	}
	alone(t, dir, "file")
}

func TestLeftoversAreCleared(t *testing.T) {
	dir := t.TempDir()
	ours := filepath.Join(dir, ".old.ABCDEF"+partSuffix)
	if err := os.WriteFile(ours, []byte("half"), 0o600); err != nil {
		t.Fatal(err)
	}
	os.WriteFile(filepath.Join(dir, ".others.ABCDEF.tmp"), nil, 0o600)
	live, err := createTemp(filepath.Join(dir, "live"), 0o600)
	if err != nil {
		t.Fatal(err)
	}
	defer live.Close()
	if err := put(filepath.Join(dir, "new"), Public, "x"); err != nil {
		t.Fatal(err)
	}
	alone(t, dir, filepath.Base(live.Name()), ".others.ABCDEF.tmp", "new")
}

// short takes a few bytes and then fails.
type short struct{ room int }

func (s *short) Write(p []byte) (int, error) {
	n := min(len(p), s.room)
	if s.room -= n; n < len(p) {
		return n, errors.New("no space left on device")
	}
	return n, nil
}

func TestStdoutRemembersItsFirstError(t *testing.T) {
	to := &short{room: 5}
	out := NewStdout(to)
	if _, err := io.WriteString(out, "12345"); err != nil || out.Err() != nil {
		t.Fatalf("%v, %v", err, out.Err())
	}
	io.WriteString(out, "6")
	to.room = 100
	if _, err := io.WriteString(out, "7"); err == nil || to.room != 100 {
		t.Errorf("it went on after an error: %v", err)
	}
	if err := out.Err(); err == nil || err.Error() != "cannot write to stdout: no space left on device" {
		t.Errorf("got %v", err)
	}
	var said bytes.Buffer
	w := World{Stdout: out, Stderr: &said}
	for err, want := range map[error]int{nil: ExitOutput, Exit(ExitUnreachable): ExitOutput, Exit(ExitPending): ExitOutput} {
		if got := ExitCode(t.Context(), w, err); got != want {
			t.Errorf("%v: the exit code is %d, want %d", err, got, want)
		}
	}
}
