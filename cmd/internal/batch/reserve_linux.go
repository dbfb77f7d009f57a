package batch

import (
	"errors"
	"os"
	"syscall"
)

// keepSize is FALLOC_FL_KEEP_SIZE: the file has the blocks, and does not end later for it.
const keepSize = 1

// reserve makes sure that a file can grow by so many bytes from a place. A file system that cannot say so is
// taken at its word when it is written to.
func reserve(f *os.File, from, size int64) error {
	err := syscall.Fallocate(int(f.Fd()), keepSize, from, size)
	if errors.Is(err, syscall.ENOSPC) || errors.Is(err, syscall.EDQUOT) || errors.Is(err, syscall.EFBIG) {
		return err
	}
	return nil
}

// datasync waits until the content of a file is on the disk, and as much about it as is needed to read it.
func datasync(f *os.File) error {
	for {
		err := syscall.Fdatasync(int(f.Fd()))
		if !errors.Is(err, syscall.EINTR) {
			return err
		}
	}
}
