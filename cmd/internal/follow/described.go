package follow

import (
	"fmt"
	"strings"

	"github.com/spf13/cobra"

	"github.com/asyncctl/asyncctl/cmd/internal/api"
	"github.com/asyncctl/asyncctl/cmd/internal/apifile"
	"github.com/asyncctl/asyncctl/cmd/internal/app"
	"github.com/asyncctl/asyncctl/cmd/internal/mock"
	"github.com/asyncctl/asyncctl/internal/show"
	"github.com/asyncctl/asyncctl/poller/dialect"
	"github.com/asyncctl/asyncctl/poller/lro"
)

// begin returns the request that an argument stands for: an operation of the API file by its name, or a
// URL. Where that is a mock's, the mock runs until stop is called.
func (s *Submit) begin(c *cobra.Command, target string) (req lro.Request, stop func(), err error) {
	stop = func() {}
	if !s.API.Given() {
		if s.Example != "" || apifile.IsOperation(target) && target != "" && !strings.Contains(target, ".") {
			return req, stop, apifile.Missing(fmt.Sprintf("the operation %q", target))
		}
		if req.URL, stop, err = mock.Serve(target); err == nil && lro.Origin(req.URL) == "" {
			err = app.Usagef("%q is not a URL to submit to: write http://host, https://host or mock:", show.URL(target))
		}
		return req, stop, err
	}
	if _, err = s.API.Read(s.World, &s.Profile); err != nil {
		return req, stop, err
	}
	if strings.HasPrefix(s.API.URL, "mock:") {
		if stop, err = mock.ServeFile(s.World, &s.API); err != nil {
			return req, func() {}, err
		}
	}
	if !apifile.IsOperation(target) {
		return s.beginURL(c, target, stop)
	}
	op, err := s.API.Operation(target)
	if err != nil {
		return req, stop, err
	}
	req, err = op.Build(c.Context(), s.Example, api.Values{}, s.API.Secrets())
	if err != nil {
		return req, stop, app.Misused(err)
	}
	if lro.Origin(req.URL) == "" {
		return req, stop, app.Usagef("%s: it has no url: add --url URL, or --url mock: for a mock of the file", s.API.File().Path)
	}
	return req, stop, s.use(op)
}

// beginURL takes a URL beside an API file: its operation by method and path, else the common dialect.
func (s *Submit) beginURL(c *cobra.Command, target string, stop func()) (req lro.Request, _ func(), err error) {
	if len(s.API.File().Operations) == 0 && strings.HasPrefix(target, "mock:") {
		return req, stop, app.Usagef("%s has no operations: write mock:?api=%s", s.API.File().Path, s.API.File().Path)
	}
	if req.URL = target; strings.HasPrefix(target, "mock:") || lro.Origin(target) == "" {
		return req, stop, app.Usagef("%q is not a URL to submit to; with --api, --url mock: is a mock of the file, and an operation is named without : and /", target)
	}
	method := "POST"
	if given := c.Flags().Lookup("request"); given.Changed {
		method = given.Value.String()
	}
	if op := s.API.Matching(method, target); op != nil {
		return req, stop, s.use(op)
	}
	return req, stop, s.Waiting.described(s.API.File().SharedDialect())
}

// use makes the operation's dialect that of the session.
func (s *Submit) use(op *api.Operation) error {
	if err := s.API.Allow(op.Submit.Method); err != nil {
		return err
	}
	return s.Waiting.described(op.Dialect())
}

// described makes the dialect of an API file the one to read with, unless the person named another.
func (f *Waiting) described(d lro.Dialect, err error) error {
	if err != nil {
		return app.Misused(err)
	}
	if f.dialectName != "auto" && f.dialectName != "" {
		return nil
	}
	if followed, ok := d.(*api.Followed); ok {
		if _, auto := followed.Dialect.(dialect.Auto); auto {
			followed.Dialect = Asked{}
		}
	}
	f.named = d
	return nil
}

// submit completes a request with what the flags say: content, method and header fields replace those of
// the API file, as an example does.
func (s *Submit) submit(c *cobra.Command, begun lro.Request) (lro.Request, error) {
	flags, err := s.Request.Build(begun.URL, s.in)
	if err != nil {
		return flags, app.Misused(err)
	}
	for name, values := range s.submitHeader {
		flags.Header[name] = values
	}
	if begun.Method == "" {
		return flags, nil
	}
	if c.Flags().Changed("request") {
		begun.Method = flags.Method
	}
	for _, name := range []string{"data", "data-binary", "data-raw", "data-urlencode", "json", "form"} {
		if c.Flags().Changed(name) {
			begun.Body = flags.Body
			begun.Header.Del("Content-Type")
		}
	}
	for name, values := range flags.Header {
		begun.Header[name] = values
	}
	d := plainOf(s.client.Dialect, lro.Operation{})
	s.client.Policy.Key = dialect.KeyOf(d)
	if dialect.NoResult(d) && s.client.Policy.ResultFrom == lro.ResultAuto {
		s.client.Policy.ResultFrom = lro.ResultNone
	}
	return begun, s.API.Allow(begun.Method)
}

// plainOf returns the dialect that reads an operation, without what was put around it.
func plainOf(d lro.Dialect, op lro.Operation) lro.Dialect {
	for {
		switch around := d.(type) {
		case lro.Conditions:
			d = around.Dialect
		case *api.Handed:
			d = around.Of(op)
		case *api.Followed:
			d = around.Plain()
		default:
			return d
		}
	}
}
