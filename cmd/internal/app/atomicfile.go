package app

import (
	"errors"
	"os"
	"path/filepath"
)

// AtomicFile is written beside its final place and moved there when it is whole: nobody ever sees a
// half-written one.
type AtomicFile struct {
	*os.File
	Path string
	done bool
}

// NewAtomicFile begins a file. What would make its last step fail is found out here, before anything
// has been sent for it.
func NewAtomicFile(path string, mode os.FileMode) (*AtomicFile, error) {
	if info, err := os.Stat(path); err == nil && info.IsDir() {
		return nil, Usagef("cannot write %s: it is a directory", path)
	}
	f, err := os.CreateTemp(filepath.Dir(path), "."+filepath.Base(path)+".*")
	if err != nil {
		return nil, cannotWrite(path, err)
	}
	a := &AtomicFile{File: f, Path: path}
	if err := f.Chmod(mode); err != nil {
		a.Abandon()
		return nil, cannotWrite(path, err)
	}
	return a, nil
}

// Commit moves the file to its place.
func (a *AtomicFile) Commit() error {
	err := a.Sync()
	if closing := a.Close(); err == nil {
		err = closing
	}
	if err == nil {
		err = os.Rename(a.Name(), a.Path)
	}
	if err != nil {
		os.Remove(a.Name())
		return cannotWrite(a.Path, err)
	}
	a.done = true
	return nil
}

// Abandon removes the file unless it was committed.
func (a *AtomicFile) Abandon() {
	if !a.done {
		a.Close()
		os.Remove(a.Name())
	}
}

// cannotWrite says why a file cannot be written, without the name of the one beside it.
func cannotWrite(path string, err error) error {
	var at *os.PathError
	var move *os.LinkError
	switch {
	case errors.As(err, &at):
		err = at.Err
	case errors.As(err, &move):
		err = move.Err
	}
	return Usagef("cannot write %s: %v", path, err)
}
