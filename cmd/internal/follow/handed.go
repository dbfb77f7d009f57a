package follow

import (
	"github.com/asyncctl/asyncctl/cmd/internal/api"
	"github.com/asyncctl/asyncctl/cmd/internal/app"
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
		case len(followed.About.Rules) > 0:
			op.Described, op.Dialect, op.Cue = followed.About, file.Name, dialect.CueOwn
		case file.Builtin != "auto":
			op.Dialect, op.Cue = file.Builtin, dialect.CueNamed
		}
	}
	if _, ok := s.Waiting.named.(*api.Handed); !ok {
		base, err := s.Waiting.base()
		if err != nil {
			return err
		}
		s.Waiting.named = &api.Handed{Fallback: base}
	}
	return nil
}
