//go:build !unix

package app

import (
	"context"
	"os"
)

// lockFile has nothing to do: an open file cannot be removed here.
func lockFile(*os.File) {}

func removeLeftover(name string) { os.Remove(name) }

func keepOwner(*os.File, os.FileInfo) {}

// openStream opens what is written in place.
func (f *File) openStream(context.Context) error {
	if n := f.place.descriptor; n >= 0 {
		f.out = os.NewFile(uintptr(n), f.Path)
		return nil
	}
	file, err := os.OpenFile(f.place.target, os.O_WRONLY, 0)
	if err != nil {
		return err
	}
	f.out, f.fresh = file, f.place.info.Mode().IsRegular()
	return nil
}
