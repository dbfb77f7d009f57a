package app

import (
	"bytes"
	"errors"
	"io"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
)

// device makes a device node in a directory of the test: the ones of the machine are not touched.
func device(t *testing.T, name string, minor int) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), name)
	if err := syscall.Mknod(path, syscall.S_IFCHR|0o666, 1<<8|minor); err != nil {
		t.Skip("no device nodes: ", err)
	}
	f, err := os.OpenFile(path, os.O_WRONLY, 0)
	if err != nil {
		t.Skip("no devices on this file system: ", err)
	}
	f.Close()
	return path
}

func TestDeviceIsAStream(t *testing.T) {
	path := device(t, "null", 3)
	before, _ := os.Stat(path)
	if err := put(path, Public, "gone"); err != nil {
		t.Fatal(err)
	}
	after, err := os.Lstat(path)
	if err != nil || !os.SameFile(before, after) || after.Mode()&os.ModeDevice == 0 {
		t.Errorf("the device was replaced: %v", after.Mode())
	}
	alone(t, filepath.Dir(path), "null")
}

func TestFullDevice(t *testing.T) {
	err := put(device(t, "full", 7), Public, "x")
	var output *WriteError
	if !errors.As(err, &output) || !strings.Contains(err.Error(), "no space left on device") {
		t.Errorf("got %v", err)
	}
}

// mounted makes a mount of the test's own; it is gone when the test is over.
func mounted(t *testing.T, source, target, kind string, flags uintptr, data string) {
	t.Helper()
	if err := syscall.Mount(source, target, kind, flags, data); err != nil {
		t.Skip("no mounts: ", err)
	}
	t.Cleanup(func() { syscall.Unmount(target, syscall.MNT_DETACH) })
}

func TestFullDisk(t *testing.T) {
	dir := t.TempDir()
	mounted(t, "tmpfs", dir, "tmpfs", 0, "size=64k")
	path := filepath.Join(dir, "f")
	if err := put(path, Private, "old"); err != nil {
		t.Fatal(err)
	}
	f, err := Create(t.Context(), path, Public)
	if err != nil {
		t.Fatal(err)
	}
	_, err = io.Copy(f, bytes.NewReader(make([]byte, 1<<20)))
	if err == nil {
		err = f.Commit()
	}
	f.Abandon()
	var output *WriteError
	if !errors.As(err, &output) || !strings.Contains(err.Error(), "no space left on device") {
		t.Errorf("got %v", err)
	}
	want(t, path, "old", 0o600)
	alone(t, dir, "f")
}

func TestMountPointIsWrittenInPlace(t *testing.T) {
	dir := t.TempDir()
	source, target := filepath.Join(dir, "source"), filepath.Join(dir, "a target")
	for _, path := range []string{source, target} {
		if err := os.WriteFile(path, []byte("a long old text"), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	mounted(t, source, target, "", syscall.MS_BIND, "")
	f, err := Create(t.Context(), target, Public)
	if err != nil {
		t.Fatal(err)
	}
	f.Abandon()
	want(t, source, "a long old text", 0o644)
	if err := put(target, Public, "new"); err != nil {
		t.Fatal(err)
	}
	want(t, source, "new", 0o644)
	alone(t, dir, "a target", "source")
}

func TestReadOnlyFolder(t *testing.T) {
	dir := t.TempDir()
	mounted(t, "tmpfs", dir, "tmpfs", 0, "size=64k")
	if err := syscall.Mount("", dir, "", syscall.MS_REMOUNT|syscall.MS_RDONLY, ""); err != nil {
		t.Skip(err)
	}
	err := put(filepath.Join(dir, "f"), Public, "x")
	var usage *UsageError
	if !errors.As(err, &usage) || !strings.Contains(err.Error(), "read-only file system") {
		t.Errorf("got %v", err)
	}
}
