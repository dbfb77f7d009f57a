package follow

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"net/http"
	"os"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/spf13/cobra"

	"github.com/asyncctl/asyncctl/cmd/internal/api"
	"github.com/asyncctl/asyncctl/cmd/internal/app"
	"github.com/asyncctl/asyncctl/cmd/internal/curl"
	"github.com/asyncctl/asyncctl/cmd/internal/draft"
	"github.com/asyncctl/asyncctl/cmd/internal/mock"
	"github.com/asyncctl/asyncctl/cmd/internal/render"
	"github.com/asyncctl/asyncctl/poller/lro"
)

// Init writes an API file from a live operation, a document, a recording or a built-in dialect.
type Init struct {
	Session
	Request                     curl.Request
	Out                         string // -o
	Force                       bool
	Name, Operation             string
	OpenAPI, HAR, Replay        string
	Dialect                     string
	ObserveCancel               bool
	ObserveFail, ObserveInvalid string
}

// Run writes the file. It asks nothing.
func (s *Init) Run(c *cobra.Command, args []string) error {
	if s.Out != "" && !s.Force {
		if _, err := os.Lstat(s.Out); err == nil {
			return app.Usagef("%s is there already, and is left alone; say another name, or --force", s.Out)
		}
	}
	text, err := s.draft(c, args)
	if err != nil {
		return err
	}
	contradictions := s.checked(text)
	if s.Out == "" || s.Out == "-" {
		fmt.Fprint(s.World.Stdout, text)
	} else if err := app.WriteFile(c.Context(), s.Out, app.Public, []byte(text)); err != nil {
		return err
	}
	name := s.Out
	if name == "" {
		name = "FILE"
	} else {
		fmt.Fprintf(s.World.Stderr, "wrote %s\n", s.Out)
	}
	if len(contradictions) > 0 {
		fmt.Fprintf(s.World.Stderr, "it does not pass \"asyncctl api check\" yet; to fix:\n%s\n", render.CleanText(strings.Join(contradictions, "\n")))
		return nil
	}
	fmt.Fprintf(s.World.Stderr, "look at what was guessed, and run: asyncctl api check %s\n", name)
	return nil
}

// checked returns what "api check" would say of a text.
func (s *Init) checked(text string) []string {
	f, err := api.Parse(max(s.Out, "the file"), []byte(text), api.Options{})
	if err != nil {
		return []string{err.Error()}
	}
	all, err := mock.Disagreements(f)
	if err != nil {
		return []string{err.Error()}
	}
	return all
}

// draft makes the text from the one source that is named.
func (s *Init) draft(c *cobra.Command, args []string) (string, error) {
	sources := 0
	for _, given := range []bool{s.OpenAPI != "", s.HAR != "", s.Replay != "", s.Dialect != "", len(args) > 0 && s.OpenAPI == "" && s.Dialect == ""} {
		if given {
			sources++
		}
	}
	if sources != 1 {
		return "", app.Usagef("say what the file is made from: a URL to submit to, --openapi FILE, --har FILE, --replay FILE or --dialect NAME, and one of them")
	}
	base := ""
	if len(args) > 0 {
		base = args[0]
	}
	var d *draft.Draft
	var err error
	switch {
	case s.OpenAPI != "":
		d, err = draft.FromDocument(s.OpenAPI, s.Operation, base)
	case s.HAR != "":
		var all []draft.Exchange
		if all, err = draft.ReadHAR(s.HAR); err == nil {
			d, err = draft.Learn(all, draft.Options{Name: s.Name, Operation: s.Operation})
		}
	case s.Replay != "":
		recorded, err := mock.Open(s.Replay)
		if err != nil {
			return "", app.Usagef("--replay: %v", err)
		}
		return render.CleanText(recorded.YAML()), nil
	case s.Dialect != "":
		text, ok := api.BuiltinFile(s.Dialect)
		if !ok {
			return "", UnknownDialect(s.Dialect)
		}
		return text + draft.Skeleton(base, s.Operation), nil
	default:
		return s.live(c, base)
	}
	if err != nil {
		return "", app.Usagef("%v", err)
	}
	if s.Name != "" {
		d.Name = s.Name
	}
	return d.YAML(), nil
}

// live makes the text from one operation, which is submitted for it.
func (s *Init) live(c *cobra.Command, target string) (string, error) {
	url, stop, err := mock.Serve(target)
	if err != nil {
		return "", err
	}
	defer stop()
	if lro.Origin(url) == "" {
		return "", app.Usagef("%q is not a URL to submit to: write http://host or https://host", target)
	}
	s.Output.format, s.Output.Progress, s.Output.Color = "text", "auto", "auto"
	if err := s.open(url); err != nil {
		return "", err
	}
	defer s.view.Close()
	req, err := s.Request.Build(url, s.in)
	if err != nil {
		return "", app.Misused(err)
	}
	for name, values := range s.submitHeader {
		req.Header[name] = values
	}
	bounded, cancel := s.Waiting.context(c.Context())
	defer cancel()
	seen, err := s.watch(bounded, req, false)
	if err != nil {
		return "", err
	}
	o := draft.Options{Name: s.Name, Operation: s.Operation}
	if s.ObserveCancel {
		if o.Cancel, err = s.watch(bounded, req, true); err != nil {
			return "", err
		}
	}
	for _, more := range []struct {
		json string
		to   *[]draft.Exchange
	}{{s.ObserveFail, &o.Fail}, {s.ObserveInvalid, &o.Invalid}} {
		if more.json == "" {
			continue
		}
		other := req
		other.Header = req.Header.Clone()
		other.Header.Set("Content-Type", "application/json")
		other.Body = []byte(more.json)
		if *more.to, err = s.watch(bounded, other, false); err != nil {
			return "", err
		}
	}
	s.view.Close()
	d, err := draft.Learn(seen, o)
	if err != nil {
		return "", app.Usagef("%v; the submit was answered by HTTP %d", err, statusOf(seen))
	}
	return d.YAML(), nil
}

func statusOf(seen []draft.Exchange) int {
	if len(seen) == 0 {
		return 0
	}
	return seen[0].Status
}

// watch submits once, follows the operation and returns what was said.
func (s *Init) watch(ctx context.Context, req lro.Request, cancel bool) ([]draft.Exchange, error) {
	r := &witness{s.client.Transport, &heard{}}
	s.client.Transport = r
	defer func() { s.client.Transport = r.base }()
	op, res, err := s.client.Submit(ctx, req)
	switch {
	case res != nil:
		io.Copy(io.Discard, io.LimitReader(res.Body, 1<<20))
		res.Body.Close()
		return r.seen(), context.Cause(ctx)
	case err != nil && (len(r.seen()) == 0 || ctx.Err() != nil):
		return nil, err
	case err != nil:
		return r.seen(), nil
	}
	if cancel {
		if op, err = s.client.Poll(ctx, op); err == nil {
			op, _, err = s.client.Cancel(ctx, op)
		}
		if err != nil {
			fmt.Fprintf(s.World.Stderr, "note: %s\n", render.Clean(err.Error()))
			return r.seen(), nil
		}
	}
	if op = s.ask(ctx, op, r); op.Phase == lro.Fetching {
		// How it ended is in the answers that were seen, whatever came of the result.
		if res, _ = s.client.Wait(ctx, op); res != nil {
			io.Copy(io.Discard, io.LimitReader(res.Body, 1<<20))
			res.Body.Close()
		}
	}
	return r.seen(), context.Cause(ctx)
}

// ask polls until the end, or until an answer that is not surely understood changes no more.
func (s *Init) ask(ctx context.Context, op lro.Operation, r *witness) lro.Operation {
	home, equal := op.Home, 0
	for {
		wait := max(s.client.Pace.Min, time.Second)
		if s.client.Pace.Min > 0 {
			wait = s.client.Pace.Min
		}
		if hint := time.Until(op.NotBefore); hint > wait {
			wait = hint
		}
		select {
		case <-ctx.Done():
			return op
		case <-time.After(wait):
		}
		before := r.last()
		next, err := s.client.Poll(ctx, op)
		now := r.last()
		if equal++; !bytes.Equal(now.Content, before.Content) || now.Status != before.Status {
			equal = 0
		}
		unsure := next.Doubtful || next.Lost() || err != nil
		switch {
		case next.Phase == lro.Fetching, next.Done() && !next.Lost(), unsure && equal >= settled, ctx.Err() != nil:
			return next
		case next.Done(): // it could not be read: what comes next may say more
			if next, err = lro.Resume(op.StatusURL); err != nil {
				return op
			}
			next.Home = home
		}
		op = next
	}
}

// settled is how many equal answers in a row end the watching of a status that nobody could read.
const settled = 5

// witness is a transport that keeps what was said. It may be used by several goroutines.
type witness struct {
	base http.RoundTripper
	*heard
}

// heard is what was said, over one transport or several.
type heard struct {
	mu  sync.Mutex
	all []draft.Exchange
}

// Base returns what the client needs to know of, to guard other origins.
func (w *witness) Base() http.RoundTripper { return w.base }

// Over returns a witness of another transport beside this one.
func (w *witness) Over(base http.RoundTripper) http.RoundTripper { return &witness{base, w.heard} }

// kept bounds what is kept of one content in bytes.
const kept = 1 << 20

func (w *witness) RoundTrip(req *http.Request) (*http.Response, error) {
	x := draft.Exchange{Method: req.Method, URL: req.URL.String(), Header: req.Header.Clone(), At: time.Now()}
	if req.Body != nil {
		body, err := io.ReadAll(req.Body)
		if err != nil {
			return nil, err
		}
		req.Body.Close()
		x.Body = body
		req.Body = io.NopCloser(bytes.NewReader(body))
	}
	base := w.base
	if base == nil {
		base = http.DefaultTransport
	}
	resp, err := base.RoundTrip(req)
	if err != nil {
		return nil, err
	}
	x.Status, x.Response = resp.StatusCode, resp.Header.Clone()
	if resp.StatusCode == http.StatusSwitchingProtocols { // its body is the connection, which nothing ends
		w.keep(x)
		return resp, nil
	}
	content, err := io.ReadAll(io.LimitReader(resp.Body, kept))
	rest := resp.Body
	resp.Body = struct {
		io.Reader
		io.Closer
	}{io.MultiReader(bytes.NewReader(content), rest), rest}
	if err == nil {
		x.Content = content
	}
	w.keep(x)
	return resp, nil
}

func (w *heard) keep(x draft.Exchange) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.all = append(w.all, x)
}

func (w *heard) seen() []draft.Exchange {
	w.mu.Lock()
	defer w.mu.Unlock()
	return slices.Clone(w.all)
}

func (w *witness) last() draft.Exchange {
	all := w.seen()
	if len(all) == 0 {
		return draft.Exchange{}
	}
	return all[len(all)-1]
}
