package curl

import (
	"errors"
	"io"
	"os"
	"strings"

	"github.com/asyncctl/asyncctl/cmd/internal/bounded"
)

// What is read to be sent: from a regular file, and from what may have no end.
const (
	maxInput = 1 << 30
	maxPiped = 256 << 20
)

// maxLines bounds a file of header fields or with a password.
const maxLines = 1 << 20

// Input reads what flags take from files and from stdin, which can be read once only. One command
// has one Input; it is not for several goroutines.
type Input struct {
	// Stdin is what the name - stands for.
	Stdin io.Reader

	used bool
}

// Stream is stdin, for one reader.
func (in *Input) Stream() (io.Reader, error) {
	if in.used {
		return nil, errors.New("stdin can be read once only")
	}
	in.used = true
	return in.Stdin, nil
}

// Read returns the content of a file; - is stdin.
func (in *Input) Read(file string) ([]byte, error) {
	if info, err := os.Stat(file); err == nil && info.Mode().IsRegular() && file != "-" {
		return in.read(file, maxInput)
	}
	return in.read(file, maxPiped)
}

func (in *Input) read(file string, most int64) ([]byte, error) {
	if file != "-" {
		return bounded.File(file, most)
	}
	from, err := in.Stream()
	if err != nil {
		return nil, err
	}
	return bounded.Read(from, "stdin", most)
}

// whole reads a value that is a content, or @ and the name of a file.
func (in *Input) whole(v string) ([]byte, error) {
	if file, ok := strings.CutPrefix(v, "@"); ok {
		return in.Read(file)
	}
	return []byte(v), nil
}
