package follow

import (
	"fmt"
	"io"
	"os"
	"slices"
	"strings"

	"github.com/asyncctl/asyncctl/cmd/internal/app"
	"github.com/asyncctl/asyncctl/cmd/internal/descriptor"
	"github.com/asyncctl/asyncctl/poller/dialect"
	"github.com/asyncctl/asyncctl/poller/lro"
)

// Asked is dialect.Auto for a person who has said that something is to be called off: where nothing
// gave a family away, that is the pattern's own way, DELETE.
type Asked struct{ dialect.Auto }

// Cancel is the dialect's own where that is sure, and the pattern's where there is no other.
func (a Asked) Cancel(op lro.Operation) (lro.Request, bool) {
	if op.Dialect == lro.GenericName {
		return lro.Generic{}.Cancel(op)
	}
	return a.Auto.Cancel(op)
}

// ReadDescriptor reads a descriptor from a file, or from stdin for "-".
func ReadDescriptor(file string, stdin io.Reader) (*descriptor.Descriptor, error) {
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
		return Asked{}, nil
	}
	if d, ok := dialect.ByName(name); ok {
		return d, nil
	}
	if name == "-" {
		return nil, app.Usagef("--dialect: stdin is for the content; write the descriptor to a file")
	}
	_, err := os.Stat(name)
	if err != nil && !strings.ContainsAny(name, `./\`) {
		return nil, UnknownDialect(name)
	}
	d, err := ReadDescriptor(name, nil)
	if err != nil {
		return nil, app.Usagef("--dialect: %v", err)
	}
	return d.Rules.Dialect()
}

// UnknownDialect says what may have been meant.
func UnknownDialect(name string) error {
	i := slices.IndexFunc(dialect.Names(), func(known string) bool {
		return strings.Contains(known, name) || strings.HasPrefix(name, known)
	})
	if i >= 0 && name != "" {
		return app.Usagef("there is no dialect %q, and no file of that name; did you mean %s?", name, dialect.Names()[i])
	}
	return app.Usagef("there is no dialect %q, and no file of that name; \"asyncctl dialect list\" has the names", name)
}

// checkDialect makes sure that somebody can read the replies to an operation that comes from a handle.
func (f *Waiting) checkDialect(op lro.Operation, arg string) error {
	if f.dialectName != "auto" {
		return nil
	}
	_, known := dialect.ByName(op.Dialect)
	switch {
	case op.Cue == dialect.CueOwn:
		return app.Usagef("%s: it was started with a descriptor of the dialect %.40q: add --dialect FILE", arg, op.Dialect)
	case !known:
		return app.Usagef("%s: its dialect %.40q is not known to this version of asyncctl; if it is described in a file, add --dialect FILE", arg, op.Dialect)
	}
	return nil
}
