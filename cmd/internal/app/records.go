package app

import (
	"bytes"
	"io"
)

// Records is where a command with many operations writes one record after the other. On a terminal
// they are held back while bars are drawn there.
type Records struct {
	out  io.Writer
	held bytes.Buffer
	hold bool
}

func NewRecords(w World) *Records {
	return &Records{out: w.Stdout, hold: IsTerminal(w.Stdout) && IsTerminal(w.Stderr)}
}

func (r *Records) Write(p []byte) (int, error) {
	if r.hold {
		return r.held.Write(p)
	}
	return r.out.Write(p)
}

// Flush writes what was held back.
func (r *Records) Flush() {
	r.held.WriteTo(r.out) // a terminal that is gone has nobody to be told
}
