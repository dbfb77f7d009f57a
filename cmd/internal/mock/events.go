package mock

import (
	"bufio"
	"bytes"
	"errors"
	"fmt"
	"io"
	"slices"

	"github.com/asyncctl/asyncctl/cmd/internal/bounded"
	"github.com/asyncctl/asyncctl/mockserver"
)

// events reads the lines of a stream that are records. A run that failed ends in a
// line for people, where both went to one file.
// maxEvent bounds a line of a recording, in bytes.
const maxEvent = 16 << 20

type events struct {
	lines *bufio.Reader
	rest  []byte // of the line that is being read
	seen  bool   // a record
	other bool   // something else
	err   error
}

// Read is for [io.Reader].
func (e *events) Read(p []byte) (int, error) {
	for len(e.rest) == 0 {
		switch {
		case e.err == io.EOF && e.other && !e.seen:
			return 0, errors.New("it is no event")
		case e.err != nil:
			return 0, e.err
		}
		e.rest, e.err = bounded.Line(e.lines, maxEvent)
		if text := bytes.TrimLeft(e.rest, " \t"); len(text) == 0 || text[0] != '{' {
			e.other = e.other || len(text) > 0
			e.rest = nil
		}
		e.seen = e.seen || e.rest != nil
	}
	n := copy(p, e.rest)
	e.rest = e.rest[n:]
	return n, nil
}

// dialectOf is the dialect that the operations of a recording spoke, or empty for
// the generic one.
func dialectOf(runs map[int]*recording) (string, error) {
	spoken := ""
	for _, r := range runs {
		name := r.dialect
		if !slices.ContainsFunc(mockserver.Dialects(), func(d mockserver.DialectInfo) bool { return d.Name == name }) || name == mockserver.Dialects()[0].Name {
			name = ""
		}
		switch {
		case name == "":
		case spoken == "":
			spoken = name
		case spoken != name:
			return "", fmt.Errorf("its operations speak %s and %s: a mock speaks one at a time", spoken, name)
		}
	}
	return spoken, nil
}
