package app

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
)

// Access says who may read a file that did not exist before.
type Access os.FileMode

// The accesses. The umask applies to both; a file that exists keeps its mode, as far as the access
// allows.
const (
	Public  Access = 0o666
	Private Access = 0o600 // handles, recordings, and what else may hold a secret
)

// WriteError reports output that could not be written, to a file or to stdout.
type WriteError struct {
	Path string // as the person named it, or "to stdout"
	Err  error
}

func (e *WriteError) Error() string { return fmt.Sprintf("cannot write %s: %v", e.Path, e.Err) }

// Unwrap returns the cause.
func (e *WriteError) Unwrap() error { return e.Err }

// File is output to a path that a person named. A regular file appears whole or not at all: it is
// written beside its place and renamed by Commit. Anything else (a device, a FIFO, a socket, an open
// descriptor, a mount point) is written as a stream.
type File struct {
	Path string // as the person named it

	place place
	out   io.WriteCloser
	temp  *os.File // nil for a stream
	fresh bool     // a stream over a regular file, of which nothing is written yet
	done  bool
	stop  func() bool // ends the watch over ctx
}

// Create begins a file. What would make a later step fail is reported here, as far as it can be known,
// so that callers create before they send anything. The end of ctx ends the wait for a reader of a
// FIFO, and gives one that is slow two seconds more.
func Create(ctx context.Context, path string, access Access) (*File, error) {
	p, err := resolve(path)
	if err != nil {
		return nil, err
	}
	f := &File{Path: path, place: p, stop: func() bool { return true }}
	if p.stream {
		if err := f.openStream(ctx); err != nil {
			return nil, usageOf(&WriteError{path, plain(err)})
		}
		return f, nil
	}
	clearLeftovers(filepath.Dir(p.target))
	if f.temp, err = createTemp(p.target, p.createMode(access)); err != nil {
		return nil, usageOf(&WriteError{path, plain(err)})
	}
	f.out = f.temp
	if p.exists {
		err = f.temp.Chmod(p.mode(access))
		keepOwner(f.temp, p.info)
	}
	if err != nil {
		f.Abandon()
		return nil, usageOf(&WriteError{path, plain(err)})
	}
	return f, nil
}

// Writable reports, as a usage error, why Create would fail. It opens no stream and leaves no file.
func Writable(path string) error {
	p, err := resolve(path)
	if err != nil || p.stream {
		return err
	}
	f, err := Create(context.Background(), path, Private)
	if err == nil {
		f.Abandon()
	}
	return err
}

// WriteFile writes a whole file.
func WriteFile(ctx context.Context, path string, access Access, content []byte) error {
	f, err := Create(ctx, path, access)
	if err != nil {
		return err
	}
	defer f.Abandon()
	if _, err := f.Write(content); err != nil {
		return err
	}
	return f.Commit()
}

// Write appends to the file. Its error is a *WriteError.
func (f *File) Write(p []byte) (int, error) {
	if err := f.begin(); err != nil {
		return 0, err
	}
	n, err := f.out.Write(p)
	if err != nil {
		err = &WriteError{f.Path, plain(err)}
	}
	return n, err
}

// begin empties a regular file that is written in place, just before something is written.
func (f *File) begin() error {
	file, ok := f.out.(*os.File)
	if !f.fresh || !ok {
		return nil
	}
	f.fresh = false
	if err := file.Truncate(0); err != nil {
		return &WriteError{f.Path, plain(err)}
	}
	return nil
}

// Commit ends the file and moves it to its place.
func (f *File) Commit() error {
	err := f.begin()
	if err == nil && f.temp != nil {
		err = f.temp.Sync()
	}
	f.stop()
	f.done = true
	if closing := f.out.Close(); err == nil {
		err = closing
	}
	if f.temp != nil {
		if err == nil {
			err = os.Rename(f.temp.Name(), f.place.target)
		}
		if err != nil {
			os.Remove(f.temp.Name())
		}
	}
	var said *WriteError
	if err != nil && !errors.As(err, &said) {
		err = &WriteError{f.Path, plain(err)}
	}
	return err
}

// Abandon leaves what stood there before, unless the file was committed. What went into a stream stays
// there.
func (f *File) Abandon() {
	if f.done {
		return
	}
	f.done = true
	f.stop()
	f.out.Close()
	if f.temp != nil {
		os.Remove(f.temp.Name())
	}
}

// usageOf makes a usage error of one that was found before anything was done.
func usageOf(err error) error { return &UsageError{err.Error()} }

// plain is an error of the file system without the names in it: that of the file beside the place
// means nothing to the person.
func plain(err error) error {
	var at *os.PathError
	var move *os.LinkError
	switch {
	case errors.As(err, &at):
		return at.Err
	case errors.As(err, &move):
		return move.Err
	}
	return err
}
