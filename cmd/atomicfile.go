package cmd

import (
	"errors"
	"os"
	"path/filepath"
)

// atomicFile is written beside its final place and moved there when it is whole: nobody ever sees a
// half-written one.
type atomicFile struct {
	*os.File
	path string
	done bool
}

// newAtomicFile begins a file. What would make its last step fail is found out here, before anything
// has been sent for it.
func newAtomicFile(path string, mode os.FileMode) (*atomicFile, error) {
	if info, err := os.Stat(path); err == nil && info.IsDir() {
		return nil, usagef("cannot write %s: it is a directory", path)
	}
	f, err := os.CreateTemp(filepath.Dir(path), "."+filepath.Base(path)+".*")
	if err != nil {
		return nil, cannotWrite(path, err)
	}
	a := &atomicFile{File: f, path: path}
	if err := f.Chmod(mode); err != nil {
		a.abandon()
		return nil, cannotWrite(path, err)
	}
	return a, nil
}

// commit moves the file to its place.
func (a *atomicFile) commit() error {
	err := a.Sync()
	if closing := a.Close(); err == nil {
		err = closing
	}
	if err == nil {
		err = os.Rename(a.Name(), a.path)
	}
	if err != nil {
		os.Remove(a.Name())
		return cannotWrite(a.path, err)
	}
	a.done = true
	return nil
}

// abandon removes the file unless it was committed.
func (a *atomicFile) abandon() {
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
	return usagef("cannot write %s: %v", path, err)
}
