package cmd

import (
	"fmt"
	"io"
	"os"
	"slices"
	"strings"

	"github.com/asyncctl/asyncctl/cmd/internal/descriptor"
	"github.com/asyncctl/asyncctl/poller/dialect"
	"github.com/asyncctl/asyncctl/poller/lro"
)

// readDescriptor reads a descriptor from a file, or from stdin for "-".
func readDescriptor(file string, stdin io.Reader) (*descriptor.Descriptor, error) {
	from, name := stdin, "stdin"
	if file != "-" {
		f, err := os.Open(file)
		if err != nil {
			return nil, err
		}
		defer f.Close()
		from, name = f, file
	}
	text, err := io.ReadAll(io.LimitReader(from, descriptor.MaxSize+1))
	if err != nil {
		return nil, fmt.Errorf("%s: %w", name, err)
	}
	return descriptor.Parse(name, text)
}

// namedDialect returns the dialect that --dialect stands for: auto, the name of a built-in one, or a
// descriptor.
func namedDialect(name string) (lro.Dialect, error) {
	if name == "auto" {
		return asked{}, nil
	}
	if d, ok := dialect.ByName(name); ok {
		return d, nil
	}
	if name == "-" {
		return nil, usagef("--dialect: stdin is for the content; write the descriptor to a file")
	}
	_, err := os.Stat(name)
	if err != nil && !strings.ContainsAny(name, `./\`) {
		return nil, unknownDialect(name)
	}
	d, err := readDescriptor(name, nil)
	if err != nil {
		return nil, usagef("--dialect: %v", err)
	}
	return d.Rules.Dialect()
}

// unknownDialect says what may have been meant.
func unknownDialect(name string) error {
	i := slices.IndexFunc(dialect.Names(), func(known string) bool {
		return strings.Contains(known, name) || strings.HasPrefix(name, known)
	})
	if i >= 0 && name != "" {
		return usagef("there is no dialect %q, and no file of that name; did you mean %s?", name, dialect.Names()[i])
	}
	return usagef("there is no dialect %q, and no file of that name; \"asyncctl dialect list\" has the names", name)
}

// checkDialect makes sure that somebody can read the replies to an operation that comes from a handle.
func (f *waitFlags) checkDialect(op lro.Operation, arg string) error {
	if f.dialectName != "auto" {
		return nil
	}
	_, known := dialect.ByName(op.Dialect)
	switch {
	case op.Cue == dialect.CueOwn:
		return usagef("%s: it was started with a descriptor of the dialect %.40q: add --dialect FILE", arg, op.Dialect)
	case !known:
		return usagef("%s: its dialect %.40q is not known to this version of asyncctl; if it is described in a file, add --dialect FILE", arg, op.Dialect)
	}
	return nil
}
