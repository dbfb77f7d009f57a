//go:build unix

package app

import (
	"context"
	"errors"
	"io/fs"
	"net"
	"os"
	"syscall"
	"time"
)

// lastWrite is how long a reader has for the rest once the command was interrupted.
const lastWrite = 2 * time.Second

// lockFile holds a file until it is closed. Where a file system has no locks it stays unlocked.
func lockFile(f *os.File) { syscall.Flock(int(f.Fd()), syscall.LOCK_EX) }

// removeLeftover removes a file that no process has locked.
func removeLeftover(name string) {
	f, err := os.OpenFile(name, os.O_RDONLY|syscall.O_NOFOLLOW|syscall.O_NONBLOCK, 0)
	if err != nil {
		return
	}
	defer f.Close()
	if syscall.Flock(int(f.Fd()), syscall.LOCK_EX|syscall.LOCK_NB) == nil {
		os.Remove(name)
	}
}

// keepOwner gives a file the owner of the one that it replaces, where that is allowed.
func keepOwner(f *os.File, old os.FileInfo) {
	if s, ok := old.Sys().(*syscall.Stat_t); ok && (int(s.Uid) != os.Geteuid() || int(s.Gid) != os.Getegid()) {
		f.Chown(int(s.Uid), int(s.Gid))
	}
}

// openStream opens what is written in place.
func (f *File) openStream(ctx context.Context) error {
	p := f.place
	switch {
	case p.descriptor >= 0:
		return f.openDescriptor()
	case p.info.Mode()&fs.ModeSocket != 0:
		var dial net.Dialer
		conn, err := dial.DialContext(ctx, "unix", p.target)
		if err != nil {
			return errors.Unwrap(err)
		}
		f.out = conn
		f.stop = context.AfterFunc(ctx, func() { conn.SetWriteDeadline(time.Now().Add(lastWrite)) })
		return nil
	case p.info.Mode()&fs.ModeNamedPipe != 0:
		return f.openFIFO(ctx)
	}
	file, err := os.OpenFile(p.target, os.O_WRONLY|syscall.O_NOCTTY, 0)
	if err != nil {
		return err
	}
	f.out, f.fresh = file, p.info.Mode().IsRegular()
	return nil
}

// openDescriptor writes to a file that the caller of this process opened, where that stands.
func (f *File) openDescriptor() error {
	n := f.place.descriptor
	flags, _, failed := syscall.Syscall(syscall.SYS_FCNTL, uintptr(n), syscall.F_GETFD, 0)
	if failed != 0 || n > 2 && flags&syscall.FD_CLOEXEC != 0 { // our own files are closed on exec
		return syscall.EBADF
	}
	copied, err := syscall.Dup(n)
	if err != nil {
		return err
	}
	syscall.CloseOnExec(copied)
	f.out = os.NewFile(uintptr(copied), f.Path)
	return nil
}

// openFIFO waits for somebody who reads.
func (f *File) openFIFO(ctx context.Context) error {
	for {
		file, err := os.OpenFile(f.place.target, os.O_WRONLY|syscall.O_NONBLOCK, 0)
		if err == nil {
			f.out = file
			f.stop = context.AfterFunc(ctx, func() { file.SetWriteDeadline(time.Now().Add(lastWrite)) })
			return nil
		}
		if !errors.Is(err, syscall.ENXIO) {
			return err
		}
		select {
		case <-ctx.Done():
			return errors.New("no process reads from this FIFO")
		case <-time.After(20 * time.Millisecond):
		}
	}
}
