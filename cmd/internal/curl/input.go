package curl

import (
	"errors"
	"fmt"
	"io"
	"os"
	"strings"
)

// maxInput bounds what is read from a file or from stdin to be sent.
const maxInput = 1 << 30

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
	var from io.Reader
	if file == "-" {
		var err error
		if from, err = in.Stream(); err != nil {
			return nil, err
		}
	} else {
		f, err := os.Open(file)
		if err != nil {
			return nil, err
		}
		defer f.Close()
		from = f
	}
	content, err := io.ReadAll(io.LimitReader(from, maxInput+1))
	if err != nil {
		return nil, fmt.Errorf("reading %s: %w", file, err)
	}
	if len(content) > maxInput {
		return nil, fmt.Errorf("%s is larger than %d bytes", file, maxInput)
	}
	return content, nil
}

// whole reads a value that is a content, or @ and the name of a file.
func (in *Input) whole(v string) ([]byte, error) {
	if file, ok := strings.CutPrefix(v, "@"); ok {
		return in.Read(file)
	}
	return []byte(v), nil
}
