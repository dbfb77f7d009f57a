package follow

import (
	"cmp"
	"path/filepath"
	"strconv"

	"github.com/spf13/pflag"

	"github.com/asyncctl/asyncctl/cmd/internal/app"
	"github.com/asyncctl/asyncctl/cmd/internal/render"
	"github.com/asyncctl/asyncctl/poller"
)

// manyFlags bound what following many operations does to a server, and say where results go.
type manyFlags struct {
	requests int
	perHost  int
	folder
}

func (f *manyFlags) Bind(fs *pflag.FlagSet) {
	fs.IntVar(&f.requests, "requests", 128, "requests under way at the same time")
	fs.IntVar(&f.perHost, "requests-per-host", 64, "the same for one host")
	BindDir(fs, &f.dir)
}

func (f *manyFlags) check() error {
	if f.requests < 1 || f.perHost < 1 {
		return app.Usagef("--requests and --requests-per-host are at least 1")
	}
	return f.folder.check()
}

func (f *manyFlags) many(c *poller.Client) *poller.Many {
	return &poller.Many{Client: c, Requests: f.requests, PerHost: f.perHost}
}

// deliver takes one result of many to its file, or into its record. key tells the operations apart, id is
// what the person calls it.
func (f *manyFlags) deliver(s *Session, key, id string, res *poller.Result) (*render.Content, error) {
	out := s.Output
	out.format = "json"
	if f.dir == "" {
		return out.deliver(s.ctx, s.World, res, nil)
	}
	name := f.names.of(key, id)
	out.file = filepath.Join(f.dir, name)
	file, err := out.reserve(s.ctx)
	if err != nil {
		res.Body.Close()
		return nil, err
	}
	defer file.Abandon()
	named := s.manifestOf(res)
	content, err := out.deliver(s.ctx, s.World, res, file)
	if named != nil && err == nil {
		content.Files, err = named.fetch(s.ctx, s, res, f.in(key, name))
	}
	return content, err
}

// Quorum is the --until flag: how many of many have to succeed.
// Its zero value is all of them.
type Quorum struct{ text string }

func (q *Quorum) String() string { return cmp.Or(q.text, "all") }

func (q *Quorum) Type() string { return "all|any|N" }

func (q *Quorum) Set(text string) error {
	if n, err := strconv.Atoi(text); text != "all" && text != "any" && (err != nil || n < 1) {
		return app.Usagef("%q is not all, any, or a number from 1", text)
	}
	q.text = text
	return nil
}

// Of returns the number for n operations.
func (q *Quorum) Of(n int) (int, error) {
	switch q.String() {
	case "all":
		return n, nil
	case "any":
		return 1, nil
	}
	need, _ := strconv.Atoi(q.text)
	switch {
	case need > n && n == 1:
		return 0, app.Usagef("--until %d: there is only one operation", need)
	case need > n:
		return 0, app.Usagef("--until %d: there are only %d operations", need, n)
	}
	return need, nil
}
