package judge

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/asyncctl/asyncctl/cmd/internal/api"
	"github.com/asyncctl/asyncctl/cmd/internal/apifile"
	"github.com/asyncctl/asyncctl/cmd/internal/app"
	"github.com/asyncctl/asyncctl/cmd/internal/mock"
	"github.com/asyncctl/asyncctl/conformance"
	"github.com/asyncctl/asyncctl/poller/dialect"
	"github.com/asyncctl/asyncctl/poller/lro"
)

// chosen returns the operations of the API file that are judged: those that are named, else all.
func (k *Command) chosen(args []string) ([]string, error) {
	file, err := k.Subject.API.Read(k.World, &k.Profile)
	if err != nil {
		return nil, err
	}
	if k.Subject.openapi != "" {
		return nil, app.Usagef("--api and --openapi both say what is judged: give one of them")
	}
	for _, name := range args {
		if _, err := k.Subject.API.Operation(name); err != nil {
			return nil, err
		}
		if !apifile.IsOperation(name) && strings.HasPrefix(k.Subject.API.URL, "mock:") {
			return nil, app.Usagef("--url mock: is a mock of the file: name an operation, and no URL")
		}
	}
	if len(args) == 0 {
		args = file.Names()
	}
	if len(args) == 0 {
		return nil, app.Usagef("%s: it has no operations to judge", file.Path)
	}
	if len(args) > 1 && (k.Record != "" || len(k.Reports.reports) > 0) {
		return nil, app.Usagef("%s has several operations, and a report or a recording is of one: name one of %s", file.Path, strings.Join(args, ", "))
	}
	return args, nil
}

// runAPI judges the operations of the API file one after another. The exit code is the worst.
func (k *Command) runAPI(ctx context.Context, args []string) error {
	names, err := k.chosen(args)
	if err != nil {
		return err
	}
	if strings.HasPrefix(k.Subject.API.URL, "mock:") {
		stop, err := mock.ServeFile(k.World, &k.Subject.API)
		if err != nil {
			return err
		}
		defer stop()
	}
	var all app.Together
	for _, name := range names {
		if len(names) > 1 {
			fmt.Fprintf(k.World.Stderr, "operation %s\n", name)
		}
		k.Subject.named = name
		err := k.one(ctx, nil)
		if len(names) == 1 {
			return err
		}
		code := app.CodeOf(ctx, err)
		if all.Add(code); code == app.ExitUsage {
			return err
		}
	}
	if code := all.Code(); code != app.ExitOK {
		return app.Exit(code)
	}
	return nil
}

// fromAPI takes what is judged from the API file. Whether cancellation, keys and credentials are there
// follows from it.
func (f *SubjectFlags) fromAPI(s *subject) error {
	file := f.API.File()
	op, err := f.API.Operation(f.named)
	if err != nil {
		return err
	}
	d, err := op.Dialect()
	if err != nil {
		return app.Misused(err)
	}
	s.dialect = d.(*api.Followed).Plain()
	_, auto := s.dialect.(dialect.Auto)
	if auto || op.Pattern() {
		if s.dialect, err = f.dialect("auto"); err != nil {
			return err
		}
	}
	s.dialect = file.Asking(s.dialect)
	t := &s.target
	s.anchor = file.Path
	t.Dialect = op.Builtin
	if op.Pattern() {
		t.Dialect = "auto"
	} else if op.Builtin == "" {
		t.Dialect = op.Rules.Like
	}
	for _, one := range []struct {
		name string
		to   **conformance.Submit
	}{{"slow", &t.Slow}, {"fast", &t.Fast}, {"fail", &t.Fail}, {"invalid", &t.Invalid}} {
		if *one.to, err = f.submitOf(op, one.name); err != nil {
			return err
		}
	}
	t.Unknown, t.Retention, t.Burst, t.Wait = f.absolute(file.Checks.Unknown), file.Limits.Retention, file.Checks.Burst, file.Checks.Wait
	rules := op.Rules.Whole()
	if op.Builtin != "" {
		rules, _ = dialect.Base(op.Builtin)
	}
	switch {
	case rules.Cancel.None:
		t.Cancel = conformance.Unsupported
	case rules.Cancel.Method != "":
		t.Cancel = conformance.Supported
	}
	switch {
	case rules.Key == dialect.KeyNone:
		t.Keys = conformance.Unsupported
	case strings.HasPrefix(rules.Key, "/"): // a member of the content: the probes send header fields
	case rules.Key != "":
		t.Keys = conformance.Supported
		if !strings.EqualFold(rules.Key, "Idempotency-Key") {
			t.KeyField = rules.Key
		}
	}
	s.limits = conformance.Limits{Rate: file.Limits.Rate, Parallel: file.Limits.Parallel, Methods: file.Limits.Methods}
	return f.headers(s, file)
}

// submitOf returns an example of the operation as a submit; nil for one that it does not have.
func (f *SubjectFlags) submitOf(op *api.Operation, example string) (*conformance.Submit, error) {
	if _, ok := op.Example(example); !ok {
		if example != "slow" {
			return nil, nil
		}
		example = ""
	}
	req, err := op.Build(context.Background(), example, api.Values{Marks: true}, f.API.Secrets())
	if err != nil {
		return nil, app.Misused(err)
	}
	if lro.Origin(req.URL) == "" {
		return nil, app.Usagef("%s: it has no url: add --url URL, or --url mock: for a mock of the file", f.API.File().Path)
	}
	req.Header.Del("Idempotency-Key") // the probes send their own
	if key := op.Rules.Whole().Key; key != "" && !strings.HasPrefix(key, "/") {
		req.Header.Del(key)
	}
	return &conformance.Submit{Method: req.Method, URL: req.URL, Header: sortedFields(req.Header), Body: req.Body}, nil
}

// headers takes the file's header: what holds a secret is left out by probes without credentials.
func (f *SubjectFlags) headers(s *subject, file *api.File) error {
	ctx, cancel := context.WithTimeout(context.Background(), time.Minute)
	defer cancel()
	var failed error
	fields := func(templates map[string]string, secret bool) conformance.Fields {
		h, err := f.API.Secrets().Header(ctx, templates, secret, false)
		if err != nil {
			failed = err
		}
		return sortedFields(h)
	}
	s.header, s.credentials = fields(file.Header, false), fields(file.Header, true)
	s.other = append(fields(file.Checks.Other, false), fields(file.Checks.Other, true)...)
	if failed != nil {
		return app.Misused(failed)
	}
	return nil
}

// absolute returns a URL of the file, where a path is below its url.
func (f *SubjectFlags) absolute(url string) string {
	if strings.HasPrefix(url, "/") {
		return f.API.File().URL + url
	}
	return url
}

// skips adds the rules that the API file skips to those of the flags.
func (k *Command) skips() {
	for _, id := range k.Subject.API.File().Checks.Skip {
		if !slices.Contains(k.Rules.skip, id) {
			k.Rules.skip = append(k.Rules.skip, id)
		}
	}
}
