package cmd

import (
	"bytes"
	"io"
)

// records is where a command with many operations writes one record after the other. On a terminal
// they are held back while bars are drawn there.
type records struct {
	out  io.Writer
	held bytes.Buffer
	hold bool
}

func newRecords(w World) *records {
	return &records{out: w.Stdout, hold: isTerminal(w.Stdout) && isTerminal(w.Stderr)}
}

func (r *records) Write(p []byte) (int, error) {
	if r.hold {
		return r.held.Write(p)
	}
	return r.out.Write(p)
}

// flush writes what was held back.
func (r *records) flush() {
	r.held.WriteTo(r.out) // a terminal that is gone has nobody to be told
}
