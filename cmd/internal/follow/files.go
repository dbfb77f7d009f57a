package follow

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"net/url"
	"os"
	"path"
	"path/filepath"

	"github.com/spf13/pflag"

	"github.com/asyncctl/asyncctl/cmd/internal/app"
	"github.com/asyncctl/asyncctl/cmd/internal/render"
	"github.com/asyncctl/asyncctl/internal/show"
	"github.com/asyncctl/asyncctl/poller"
	"github.com/asyncctl/asyncctl/poller/dialect"
)

// folder is where results go, and the files that a result names which is a manifest of them
// (result.files of an API file). The zero value is none.
type folder struct {
	dir   string
	names fileNames
}

// check makes sure, before anything is sent, that the folder is there.
func (f *folder) check() error {
	if f.dir == "" {
		return nil
	}
	if err := os.MkdirAll(f.dir, 0o755); err != nil {
		return app.Usagef("--output-dir: %v", err)
	}
	return nil
}

// BindDir binds the flag that names it.
func BindDir(fs *pflag.FlagSet, dir *string) {
	fs.StringVar(dir, "output-dir", "", "write each result to a file of its own in this `directory`, and the files that it names")
}

// in returns the folder for the files of one result of many, whose own file has that name.
func (f *folder) in(key, name string) *folder {
	return &folder{dir: filepath.Join(f.dir, f.names.of(key+"\x00files", name+"-files"))}
}

// manifest is a result that names files, and what is read of it on its way.
type manifest struct {
	text bytes.Buffer
	cut  bool // it is too large to be read for files
}

// Write keeps what it is given, up to a bound.
func (m *manifest) Write(p []byte) (int, error) {
	if m.cut = m.cut || m.text.Len()+len(p) > maxEmbedded; !m.cut {
		m.text.Write(p)
	}
	return len(p), nil
}

// manifestOf returns what reads along where a result names files; nil where it does not.
func (s *Session) manifestOf(res *poller.Result) *manifest {
	if _, ok := dialect.Files(plainOf(s.client.Dialect, res.Operation), nil); !ok {
		return nil
	}
	m := &manifest{}
	res.Body = struct {
		io.Reader
		io.Closer
	}{io.TeeReader(res.Body, m), res.Body}
	return m
}

// fetch fetches the files of a manifest into a folder.
func (m *manifest) fetch(ctx context.Context, s *Session, res *poller.Result, into *folder) ([]*render.Content, error) {
	if m.cut {
		return nil, app.Usagef("the result is too large to be read for the files that it names")
	}
	urls, _ := dialect.Files(plainOf(s.client.Dialect, res.Operation), m.text.Bytes())
	if len(urls) == 0 {
		return nil, nil
	}
	if err := into.check(); err != nil {
		return nil, err
	}
	var all []*render.Content
	for i, u := range urls {
		one, err := s.file(ctx, res, u, into)
		if err != nil {
			return all, fmt.Errorf("file %d of %d: %w", i+1, len(urls), err)
		}
		all = append(all, one)
	}
	return all, nil
}

// file fetches one file.
func (s *Session) file(ctx context.Context, manifest *poller.Result, ref string, into *folder) (*render.Content, error) {
	res, err := s.client.Fetch(ctx, manifest, ref)
	if err != nil {
		return nil, err
	}
	out := s.Output
	out.file = filepath.Join(into.dir, into.names.of(ref, baseOf(res.URL)))
	file, err := out.reserve(ctx)
	if err != nil {
		res.Body.Close()
		return nil, err
	}
	defer file.Abandon()
	return out.deliver(ctx, s.World, res, file)
}

// baseOf returns what a file is called at its URL.
func baseOf(raw string) string {
	u, err := url.Parse(raw)
	if err != nil {
		return "file"
	}
	if name := path.Base(u.Path); name != "/" && name != "." {
		return name
	}
	return "file"
}

// sayFiles tells a person that a result names files which are not fetched.
func (m *manifest) sayFiles(s *Session, res *poller.Result) {
	urls, _ := dialect.Files(plainOf(s.client.Dialect, res.Operation), m.text.Bytes())
	if len(urls) > 0 {
		fmt.Fprintf(s.World.Stderr, "note: the result names %s; --output-dir DIR fetches them\n", show.Count(len(urls), "file"))
	}
}

// delivered takes the result of a single operation to its place, and the files that it names to theirs.
func (s *Session) delivered(ctx context.Context, res *poller.Result, file *app.File) (*render.Content, error) {
	into := &folder{dir: s.Dir}
	if s.Dir != "" && s.Output.file == "" {
		s.Output.file = filepath.Join(s.Dir, into.names.of("", baseOf(res.Operation.StatusURL)))
		var err error
		if file, err = s.Output.reserve(ctx); err != nil {
			res.Body.Close()
			return nil, err
		}
		defer file.Abandon()
	}
	named := s.manifestOf(res)
	content, err := s.Output.deliver(ctx, s.World, res, file)
	switch {
	case named == nil || err != nil:
	case s.Dir == "":
		named.sayFiles(s, res)
	default:
		var files []*render.Content
		if files, err = named.fetch(ctx, s, res, into); content != nil {
			content.Files = files
		}
	}
	return content, err
}
