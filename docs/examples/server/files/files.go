// Package files keeps operations, queue and results in a directory. It needs no lock: each step is
// one system call that either happened or did not (link, rename, unlink), so API and worker may be
// different processes on one machine, and may be killed at any moment.
//
//	operations/ID/000001.json   each version of an operation; the highest counts
//	claims/KEY.json             what an Idempotency-Key stands for
//	queue/TIME-COUNT-ID         a message, visible from TIME on; leasing it is renaming it
//	results/NAME                what was made
//	secret                      signs the URLs of results
package files

import (
	"crypto/rand"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
)

// Store is a [reports.Store] in a directory.
type Store struct {
	dir    string
	secret []byte
	// Results precedes the URLs of results, as http://127.0.0.1:8081: where Serve is reached.
	ResultsURL string
}

// Open returns the store in a directory, which it makes if it is not there.
func Open(dir string) (*Store, error) {
	s := &Store{dir: dir}
	for _, name := range []string{"operations", "claims", "queue", "results", "new"} {
		if err := os.MkdirAll(filepath.Join(dir, name), 0o700); err != nil {
			return nil, err
		}
	}
	path := filepath.Join(dir, "secret")
	if err := s.create(path, []byte(rand.Text())); err != nil && !errors.Is(err, fs.ErrExist) {
		return nil, err
	}
	var err error
	s.secret, err = os.ReadFile(path)
	return s, err
}

func (s *Store) path(parts ...string) string {
	return filepath.Join(append([]string{s.dir}, parts...)...)
}

// create writes a file that must not exist yet: whole, or not at all. The error is fs.ErrExist if it
// does.
func (s *Store) create(path string, content []byte) error {
	temporary, err := s.write(content)
	if err != nil {
		return err
	}
	defer os.Remove(temporary)
	return os.Link(temporary, path) // unlike rename, it refuses to replace
}

// write writes a temporary file, and returns only after it is on the disk.
func (s *Store) write(content []byte) (string, error) {
	f, err := os.CreateTemp(s.path("new"), "")
	if err != nil {
		return "", err
	}
	_, err = f.Write(content)
	err = errors.Join(err, f.Sync(), f.Close())
	if err != nil {
		os.Remove(f.Name())
	}
	return f.Name(), err
}

// remove removes a file; one that is not there is no error.
func remove(path string) error {
	if err := os.Remove(path); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	return nil
}

// plain reports whether a name from outside is one path element of ours: letters and digits, "-".
func plain(name string) bool {
	for _, c := range []byte(name) {
		if (c < 'a' || c > 'z') && (c < 'A' || c > 'Z') && (c < '0' || c > '9') && c != '-' {
			return false
		}
	}
	return name != "" && len(name) <= 100
}
