package app

import (
	"io"
	"sync"
)

// Stdout is where data goes. It remembers its first error: after that nothing more is written, and the
// command cannot end with success.
type Stdout struct {
	to  io.Writer
	mu  sync.Mutex
	err error
}

// NewStdout returns a Stdout that writes to w.
func NewStdout(w io.Writer) *Stdout { return &Stdout{to: w} }

// Write writes data. Its error is a *WriteError.
func (s *Stdout) Write(p []byte) (int, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.err != nil {
		return 0, s.err
	}
	n, err := s.to.Write(p)
	if err != nil {
		s.err = &WriteError{"to stdout", plain(err)}
	}
	return n, s.err
}

// Err returns the first error, a *WriteError, or nil.
func (s *Stdout) Err() error {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.err
}

// WriteFailed returns the error that kept data from stdout; nil if there was none.
func (w World) WriteFailed() error {
	if s, ok := w.Stdout.(*Stdout); ok {
		return s.Err()
	}
	return nil
}
