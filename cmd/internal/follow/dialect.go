package follow

import (
	"os"
	"strings"

	"github.com/asyncctl/asyncctl/cmd/internal/app"
	"github.com/asyncctl/asyncctl/internal/near"
	"github.com/asyncctl/asyncctl/poller/dialect"
	"github.com/asyncctl/asyncctl/poller/lro"
)

// Asked is dialect.Auto for a person who has said that something is to be cancelled: where nothing
// gave a family away, that is the pattern's own way, DELETE.
type Asked struct{ dialect.Auto }

// Cancel is the dialect's own where that is sure, and the pattern's where there is no other.
func (a Asked) Cancel(op lro.Operation) (lro.Request, bool) {
	if op.Dialect == lro.GenericName {
		return lro.Generic{}.Cancel(op)
	}
	return a.Auto.Cancel(op)
}

// namedDialect returns the dialect that --dialect stands for: auto, or the name of a built-in one.
func namedDialect(name string) (lro.Dialect, error) {
	if name == "auto" {
		return Asked{}, nil
	}
	if d, ok := dialect.ByName(name); ok {
		return d, nil
	}
	if _, err := os.Stat(name); err == nil || strings.ContainsAny(name, `./\`) {
		return nil, app.Usagef("--dialect %s: it takes the name of a built-in dialect; a file that describes an API is given by --api %[1]s", name)
	}
	return nil, UnknownDialect(name)
}

// UnknownDialect says what may have been meant.
func UnknownDialect(name string) error {
	lower := strings.ToLower(name)
	meant := near.Word(name, dialect.Names())
	for _, known := range dialect.Names() {
		if meant == "" && name != "" && (strings.Contains(known, lower) || strings.HasPrefix(lower, known)) {
			meant = known
		}
	}
	if meant != "" {
		return app.Usagef("there is no dialect %q; did you mean %s?", name, meant)
	}
	return app.Usagef("there is no dialect %q; \"asyncctl api list\" has the names", name)
}

// checkDialect makes sure that somebody can read the replies to an operation that comes from a handle.
func (f *Waiting) checkDialect(op lro.Operation, arg string) error {
	if f.dialectName != "auto" {
		return nil
	}
	_, known := dialect.ByName(op.Dialect)
	switch {
	case op.Described != nil && len(op.Described.Rules) > 0:
		return nil
	case op.Cue == dialect.CueOwn:
		return app.Usagef("%s: it was started with a description of %.40q, which the handle does not hold: add --api FILE", arg, op.Dialect)
	case !known:
		return app.Usagef("%s: its dialect %.40q is not known to this version of asyncctl; if a file describes it, add --api FILE", arg, op.Dialect)
	}
	return nil
}
