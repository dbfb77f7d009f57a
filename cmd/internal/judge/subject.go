package judge

import (
	"cmp"
	"context"
	"fmt"
	"net/http"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"github.com/spf13/pflag"

	"github.com/asyncctl/asyncctl/cmd/internal/apifile"
	"github.com/asyncctl/asyncctl/cmd/internal/app"
	"github.com/asyncctl/asyncctl/cmd/internal/bounded"
	"github.com/asyncctl/asyncctl/cmd/internal/curl"
	"github.com/asyncctl/asyncctl/cmd/internal/follow"
	"github.com/asyncctl/asyncctl/cmd/internal/mock"
	"github.com/asyncctl/asyncctl/cmd/internal/openapi"
	"github.com/asyncctl/asyncctl/cmd/internal/render"
	"github.com/asyncctl/asyncctl/conformance"
	"github.com/asyncctl/asyncctl/internal/show"
	"github.com/asyncctl/asyncctl/mockserver"
	"github.com/asyncctl/asyncctl/poller/dialect"
	"github.com/asyncctl/asyncctl/poller/lro"
)

// SubjectFlags say what is judged, and how to reach it.
type SubjectFlags struct {
	World       app.World
	API         apifile.Flags
	named       string // the operation of the API file
	openapi     string
	operation   string
	dialectName string
	trust       []string
	request     curl.Request
	head        curl.Header
	conn        curl.Connection
	flags       *pflag.FlagSet
}

func (f *SubjectFlags) BindFiles(fs *pflag.FlagSet) {
	fs.StringVar(&f.openapi, "openapi", "", "make the submit from this OpenAPI 3 `file`; URL then says where the API is, if the file does not")
	fs.StringVar(&f.operation, "operation", "", "the operation of --openapi to submit to: its `id`, or \"POST /path\"")
	f.API.Bind(fs)
	fs.StringVar(&f.dialectName, "dialect", "auto", "how the API says it: auto tells by the answer to the submit; \"asyncctl api list\" has the `names`")
	f.flags = fs
}

func (f *SubjectFlags) Bind(fs *pflag.FlagSet) {
	fs.StringArrayVar(&f.trust, "trust-origin", nil, "`ORIGIN` (https://host[:port]) that may see your headers and credentials too")
	f.request.Bind(fs)
	f.head.Bind(fs)
	f.conn.Bind(fs)
}

// subject is what is judged: an API with all that is needed to speak with it, or evidence.
type subject struct {
	target      conformance.Target
	limits      conformance.Limits
	anchor      string // the file to put findings at
	dialect     lro.Dialect
	transport   *http.Transport
	header      conformance.Fields
	credentials conformance.Fields
	other       conformance.Fields
	token       func(ctx context.Context, renew bool) (http.Header, error) // of --token-command and the like; nil: none
	trust       []string
	evidence    *conformance.Evidence
	mocked      bool // it is a mock, and all of it known
	stops       []func()
}

func (s *subject) close() {
	for _, stop := range s.stops {
		stop()
	}
}

// source returns the credentials, and asks for the token again where the server does not take it any more;
// nil: there are none.
func (s *subject) source() func(ctx context.Context, renew bool) (http.Header, error) {
	if len(s.credentials) == 0 && s.token == nil {
		return nil
	}
	return func(ctx context.Context, renew bool) (http.Header, error) {
		h := s.credentials.HTTP()
		if s.token == nil {
			return h, nil
		}
		more, err := s.token(ctx, renew)
		for name, values := range more {
			h[name] = values
		}
		return h, err
	}
}

// title names what is judged.
func (s *subject) title() string {
	if s.evidence != nil {
		return "what was recorded"
	}
	slow := s.target.Slow
	return cmp.Or(slow.Method, http.MethodPost) + " " + app.Title(slow.URL)
}

// find puts together what is judged. Of an error nothing is left behind.
func (f *SubjectFlags) find(replay string, args []string) (*subject, error) {
	s := &subject{}
	var err error
	if s.dialect, err = f.dialect(f.dialectName); err != nil {
		return nil, err
	}
	if replay != "" {
		s.evidence, err = evidence(replay, s.dialect)
		s.anchor = replay
		return s, err
	}
	in := &curl.Input{Stdin: f.World.Stdin}
	if err := f.describe(s, in, args); err != nil {
		return nil, err
	}
	if err := f.serve(s); err != nil {
		s.close()
		return nil, err
	}
	if err := f.connect(s, in); err != nil {
		s.close()
		return nil, err
	}
	return s, nil
}

func (f *SubjectFlags) dialect(name string) (lro.Dialect, error) {
	if name == "auto" || name == "" {
		return follow.Asked{}, nil // the probe that cancels is there to be cancelled
	}
	d, ok := dialect.ByName(name)
	if !ok {
		return nil, app.Usagef("there is no dialect %q; \"asyncctl api list\" has the names", name)
	}
	return d, nil
}

// evidence reads what was recorded: a directory of --record, or a HAR file.
func evidence(path string, d lro.Dialect) (*conformance.Evidence, error) {
	info, err := os.Stat(path)
	if err != nil {
		return nil, app.Usagef("--replay: %v", err)
	}
	if info.IsDir() {
		e, err := conformance.Replay(path)
		if err != nil {
			return nil, app.Usagef("--replay: %v", err)
		}
		return e, nil
	}
	file, err := bounded.Open(path, 256<<20)
	if err != nil {
		return nil, app.Usagef("--replay: %v", err)
	}
	defer file.Close()
	e, err := conformance.ImportHAR(bounded.Stream(file), d)
	if err != nil {
		return nil, app.Usagef("--replay %s: %v", path, err)
	}
	return e, nil
}

// describe reads what the API is: from an API file, an OpenAPI document, or the command line.
func (f *SubjectFlags) describe(s *subject, in *curl.Input, args []string) error {
	if f.API.Given() {
		if err := f.fromAPI(s); err != nil {
			return err
		}
		return f.overridden(s, in)
	}
	switch {
	case f.operation != "" && f.openapi == "":
		return app.Usagef("--operation chooses from a document: it goes with --openapi")
	case f.openapi != "":
		submit, remarks, err := f.sketch(args)
		if err != nil {
			return err
		}
		s.target.Slow, s.anchor = submit, f.openapi
		for _, remark := range remarks {
			fmt.Fprintf(f.World.Stderr, "note: %s\n", render.Clean(remark))
		}
	case len(args) == 0:
		return app.Usagef("say what to judge: a URL, --api FILE, or --openapi FILE; \"asyncctl conformance mock:\" shows one run")
	default:
		s.target.Slow = &conformance.Submit{URL: args[0]}
	}
	return f.submit(s, in)
}

// sketch makes the submit of --openapi.
func (f *SubjectFlags) sketch(args []string) (submit *conformance.Submit, remarks []string, err error) {
	doc, err := openapi.Read(f.openapi)
	if err != nil {
		return nil, nil, app.Usagef("--openapi: %v", err)
	}
	o, err := doc.Find(f.operation)
	if err != nil {
		return nil, nil, app.Usagef("--openapi: %v", err)
	}
	base := ""
	if len(args) > 0 {
		base = args[0]
	}
	if submit, remarks, err = o.Submit(base); err != nil {
		return nil, nil, app.Usagef("--openapi: %v", err)
	}
	return submit, remarks, nil
}

// submit fills in what curl's flags say about the submit; they beat the document.
func (f *SubjectFlags) submit(s *subject, in *curl.Input) error {
	slow := s.target.Slow
	req, err := f.request.Build(slow.URL, in)
	if err != nil {
		return app.Misused(err)
	}
	if strings.HasPrefix(slow.URL, "mock:") {
		mock.Suit(slow.URL, &req, http.Header{}, f.flags)
	}
	if slow.Method == "" || f.flags.Changed("request") {
		slow.Method = req.Method
	}
	if len(req.Body) > 0 {
		slow.Body = req.Body
		slow.Header = slices.DeleteFunc(slow.Header, func(h conformance.Field) bool { return strings.EqualFold(h.Name, "Content-Type") })
	}
	slow.Header = append(slow.Header, sortedFields(req.Header)...)
	s.target.Dialect = f.dialectName
	return nil
}

// overridden replaces what the API file says of the submit by what the flags say.
func (f *SubjectFlags) overridden(s *subject, in *curl.Input) error {
	if f.flags.Changed("dialect") {
		var err error
		if s.dialect, err = f.dialect(f.dialectName); err != nil {
			return err
		}
	}
	for _, name := range []string{"request", "data", "data-binary", "data-raw", "data-urlencode", "json", "form"} {
		if f.flags.Changed(name) {
			name := s.target.Dialect
			err := f.submit(s, in)
			s.target.Dialect = name
			return err
		}
	}
	return nil
}

// serve starts the mock that a URL names, of which the rest is known.
func (f *SubjectFlags) serve(s *subject) error {
	t := &s.target
	name := t.Slow.URL
	url, stop, err := mock.Serve(name)
	if err != nil {
		return err
	}
	s.stops = append(s.stops, stop)
	if t.Slow.URL = url; lro.Origin(url) == "" {
		return app.Usagef("%q is not a URL to submit to: write http://host, https://host or mock:", show.URL(url))
	}
	if strings.HasPrefix(name, "mock:") {
		knowMock(s, name)
	}
	return nil
}

// knowMock fills in what is known of a mock: how work fails, and for the generic one all that an API
// file may say.
//
// A service instance of the Open Service Broker API has one operation at a time: each submit names one
// of its own.
func knowMock(s *subject, name string) {
	s.mocked = true
	t := &s.target
	t.Slow.URL = strings.Replace(t.Slow.URL, "/service_instances/i1", "/service_instances/"+conformance.UUIDMark, 1)
	plain := t.Slow.Header
	with := func(scenario string, body []byte) *conformance.Submit {
		header := append(slices.Clone(plain), conformance.Field{Name: mockserver.ScenarioHeader, Value: scenario})
		return &conformance.Submit{Method: t.Slow.Method, URL: t.Slow.URL, Header: header, Body: body}
	}
	t.Fail = with("duration=1s&outcome=failed", t.Slow.Body)
	if _, scenario, _ := strings.Cut(name, "?"); !strings.Contains(scenario, "duration=") && !strings.Contains(scenario, "polls=") {
		t.Slow = with("duration=1s", t.Slow.Body)
	}
	if speaks, _, _ := strings.Cut(strings.TrimPrefix(name, "mock:"), "?"); speaks != "" && speaks != lro.GenericName {
		return
	}
	t.Fast, t.Invalid = with("duration=0", []byte(`{"another":true}`)), with("duration=never", t.Slow.Body)
	t.Cancel, t.Keys = conformance.Supported, conformance.Supported
	if strings.Contains(name, "cancel=off") {
		t.Cancel = conformance.Unsupported
	}
}

// connect makes what is sent with the requests, and the way to the server.
func (f *SubjectFlags) connect(s *subject, in *curl.Input) error {
	var err error
	if s.transport, err = f.conn.Transport(); err != nil {
		return app.Misused(err)
	}
	always, submit, err := f.head.Build(in)
	if err != nil {
		return app.Misused(err)
	}
	slow := s.target.Slow
	for _, h := range sortedFields(submit) {
		slow.Header = slices.DeleteFunc(slow.Header, func(old conformance.Field) bool { return strings.EqualFold(old.Name, h.Name) })
		slow.Header = append(slow.Header, h)
	}
	for _, h := range sortedFields(always) {
		if curl.SecretName(h.Name) {
			s.credentials = append(s.credentials, h)
		} else {
			s.header = append(s.header, h)
		}
	}
	if s.token, err = f.head.Credentials(slow.URL, curl.World{Env: f.World.Env, Stderr: f.World.Stderr}); err != nil {
		return app.Misused(err)
	}
	if s.token != nil {
		ctx, cancel := context.WithTimeout(context.Background(), time.Minute)
		defer cancel()
		if _, err := s.token(ctx, false); err != nil {
			return app.Misused(err)
		}
	}
	for _, o := range f.trust {
		origin := lro.Origin(o)
		if origin == "" || strings.TrimSuffix(strings.ToLower(o), "/") != origin {
			return app.Usagef("--trust-origin %q: an origin is https://host or https://host:port", o)
		}
		s.trust = append(s.trust, origin)
	}
	return nil
}

func sortedFields(h http.Header) conformance.Fields {
	var fields conformance.Fields
	for name, values := range h {
		for _, value := range values {
			fields = append(fields, conformance.Field{Name: name, Value: value})
		}
	}
	slices.SortStableFunc(fields, func(a, b conformance.Field) int { return strings.Compare(a.Name, b.Name) })
	return fields
}

// anchorPath is a file as a report names it: relative to the working directory, with slashes.
func anchorPath(path string) string {
	if abs, err := filepath.Abs(path); err == nil {
		if dir, err := os.Getwd(); err == nil {
			if rel, err := filepath.Rel(dir, abs); err == nil && !strings.HasPrefix(rel, "..") {
				path = rel
			}
		}
	}
	return filepath.ToSlash(path)
}
