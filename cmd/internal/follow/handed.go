package follow

import (
	"context"
	"strings"

	"github.com/asyncctl/asyncctl/cmd/internal/api"
	"github.com/asyncctl/asyncctl/cmd/internal/app"
	"github.com/asyncctl/asyncctl/cmd/internal/batch"
	"github.com/asyncctl/asyncctl/cmd/internal/mock"
	"github.com/asyncctl/asyncctl/poller/dialect"
	"github.com/asyncctl/asyncctl/poller/lro"
)

// describe gives an operation that somebody goes on with the description of the API file, if there is
// one: that of the operation that its handle names, else the common one.
func (s *Session) describe(op *lro.Operation) error {
	if s.Waiting.dialectName != "auto" && s.Waiting.dialectName != "" {
		op.Described = nil // the person names how it is read
		return nil
	}
	if s.API.Given() {
		file, err := s.API.Read(s.World, &s.Profile)
		if err != nil {
			return err
		}
		d, err := file.SharedDialect()
		if op.Described != nil && op.Described.API == file.Name {
			if one, ok := file.Operation(op.Described.Operation); ok {
				d, err = one.Dialect()
			}
		}
		if err != nil {
			return app.Misused(err)
		}
		followed := d.(*api.Followed)
		switch {
		case len(followed.About.Rules) == 0:
		case file.Builtin != "" && file.Builtin != "auto":
			op.Described, op.Dialect, op.Cue = followed.About, file.Builtin, dialect.CueNamed
		default:
			op.Described, op.Dialect, op.Cue = followed.About, file.Name, dialect.CueOwn
		}
	}
	return s.byHandle()
}

// byHandle lets each operation be read with the dialect that its handle holds, and others as the flags say.
func (s *Session) byHandle() error {
	if _, ok := s.Waiting.named.(*api.Handed); ok {
		return nil
	}
	base, err := s.Waiting.base()
	if err != nil {
		return err
	}
	if file := s.API.File(); file != nil {
		base = file.Asking(base)
	}
	s.Waiting.named = &api.Handed{Fallback: base}
	return nil
}

// target returns the URL that a batch goes to: that of the API file where there is one.
func (b *Batch) target() (url string, stop func(), err error) {
	if !b.API.Given() {
		return mock.Serve(b.URL)
	}
	b.API.URL = b.URL
	file, err := b.API.Read(b.World, &b.Profile)
	if err != nil {
		return "", nil, err
	}
	stop = func() {}
	if strings.HasPrefix(b.URL, "mock:") {
		if stop, err = mock.ServeFile(b.World, &b.API); err != nil {
			return "", nil, err
		}
		file = b.API.File()
	}
	if lro.Origin(file.URL) == "" {
		stop()
		return "", nil, app.Usagef("%s: it has no url: add --url URL, or --url mock: for a mock of the file", file.Path)
	}
	return file.URL, stop, b.byHandle()
}

// described returns what builds the submits of lines that name an operation of the API file.
func (b *Batch) described(ctx context.Context) func(name, example string, number int) (batch.Line, error) {
	return func(name, example string, number int) (batch.Line, error) {
		var l batch.Line
		op, err := b.API.Operation(name)
		if err != nil {
			return l, err
		}
		if err := b.API.Allow(op.Submit.Method); err != nil {
			return l, err
		}
		if l.Request, err = op.Build(ctx, example, api.Values{Index: number - 1}, b.API.Secrets()); err != nil {
			return l, err
		}
		d, err := op.Dialect()
		if err != nil {
			return l, err
		}
		l.Described = d.(*api.Followed).About
		if key := dialect.KeyOf(plainOf(d, lro.Operation{})); !strings.HasPrefix(key, "/") {
			l.KeyField = key
		}
		return l, nil
	}
}
