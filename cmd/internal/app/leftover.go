package app

import (
	"crypto/rand"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"sync"
)

// partSuffix ends the names of files that are being written. They are locked by their process: one
// that is not was left behind by a process that was killed.
const partSuffix = ".asyncctl-part"

// createTemp makes a file beside its final place and locks it.
func createTemp(target string, mode os.FileMode) (*os.File, error) {
	dir, base := filepath.Split(target)
	base = base[:min(len(base), 100)]
	for {
		name := filepath.Join(dir, "."+base+"."+rand.Text()[:12]+partSuffix)
		f, err := os.OpenFile(name, os.O_RDWR|os.O_CREATE|os.O_EXCL, mode)
		if errors.Is(err, fs.ErrExist) {
			continue
		}
		if err != nil {
			return nil, err
		}
		lockFile(f)
		if sameFile(f, name) {
			return f, nil
		}
		f.Close() // another process took it for a leftover before it was locked
	}
}

// sameFile reports whether a name still stands for an open file.
func sameFile(f *os.File, name string) bool {
	a, err := f.Stat()
	if err != nil {
		return false
	}
	b, err := os.Lstat(name)
	return err == nil && os.SameFile(a, b)
}

// cleared has the directories that were searched for leftovers already.
var cleared sync.Map

// clearLeftovers removes what killed processes left in a directory. It looks once.
func clearLeftovers(dir string) {
	if _, before := cleared.LoadOrStore(dir, true); before {
		return
	}
	entries, err := os.ReadDir(dir)
	if err != nil {
		return // writing there has a better error
	}
	for _, e := range entries {
		if strings.HasPrefix(e.Name(), ".") && strings.HasSuffix(e.Name(), partSuffix) && e.Type().IsRegular() {
			removeLeftover(filepath.Join(dir, e.Name()))
		}
	}
}
