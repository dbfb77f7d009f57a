package follow

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"strings"
	"unicode/utf8"

	"github.com/spf13/pflag"

	"github.com/asyncctl/asyncctl/cmd/internal/app"
	"github.com/asyncctl/asyncctl/cmd/internal/render"
	"github.com/asyncctl/asyncctl/poller"
	"github.com/asyncctl/asyncctl/poller/lro"
)

// maxEmbedded bounds a result that is put into the JSON document.
const maxEmbedded = 16 << 20

// Output say what is shown, and where the result goes.
type Output struct {
	file     string
	format   string
	Progress string
	Color    string
	Silent   bool
	Verbose  bool
	timing   bool
	maxSize  int64
}

func (f *Output) Bind(fs *pflag.FlagSet) {
	f.BindShape(fs)
	fs.StringVarP(&f.file, "output", "o", "", "write the result to this `file`, whole or not at all; - for stdout, byte for byte")
	fs.BoolVar(&f.timing, "timing", false, "say at the end how the time went, and what another interval would have given")
	fs.Int64Var(&f.maxSize, "max-filesize", 0, "refuse a result of more than so many `bytes`")
}

// BindShape binds what also commands without a result need.
func (f *Output) BindShape(fs *pflag.FlagSet) {
	fs.StringVar(&f.format, "format", "text", "text, or json: one document at the end, also after a failure")
	fs.StringVar(&f.Progress, "progress", "auto", "auto, tui, bars, plain, json (events, one a line) or none; on stderr")
	fs.StringVar(&f.Color, "color", "auto", "auto, always or never; auto goes by NO_COLOR, CLICOLOR_FORCE and TERM")
	fs.BoolVarP(&f.Silent, "silent", "s", false, "no progress; errors are still shown")
	fs.BoolVarP(&f.Verbose, "verbose", "v", false, "show each request and each reply")
}

func (f *Output) check() error {
	if err := app.OneOf("--format", f.format, "text", "json"); err != nil {
		return err
	}
	if err := app.OneOf("--progress", f.Progress, "auto", "tui", "bars", "plain", "json", "none"); err != nil {
		return err
	}
	if err := app.OneOf("--color", f.Color, "auto", "always", "never"); err != nil {
		return err
	}
	if f.maxSize < 0 {
		return app.Usagef("--max-filesize %d is negative", f.maxSize)
	}
	return nil
}

// reserve makes sure, before anything is sent, that the result can be written where it should go.
func (f *Output) reserve(ctx context.Context) (*app.File, error) {
	if f.file == "" || f.file == "-" {
		return nil, nil
	}
	return app.Create(ctx, f.file, app.Public)
}

// deliver writes a result to its place. In the JSON document it returns the result's entry.
func (f *Output) deliver(ctx context.Context, w app.World, res *poller.Result, file *app.File) (*render.Content, error) {
	defer res.Body.Close()
	if f.maxSize > 0 && res.Length > f.maxSize {
		return nil, app.Usagef("the result has %d bytes, more than --max-filesize %d", res.Length, f.maxSize)
	}
	body := &boundedReader{r: res.Body, left: f.maxSize, bounded: f.maxSize > 0}
	switch {
	case file != nil:
		n, err := io.Copy(file, body)
		if err != nil {
			return nil, f.transferError(ctx, err)
		}
		return &render.Content{Type: res.Header.Get("Content-Type"), Length: n, File: f.file}, file.Commit()
	case f.format == "json":
		content, err := io.ReadAll(io.LimitReader(body, maxEmbedded+1))
		switch {
		case err != nil:
			return nil, f.transferError(ctx, err)
		case len(content) > maxEmbedded:
			return nil, app.Usagef("the result is too large for the JSON document; write it to a file with -o")
		}
		return render.NewContent(res.Header.Get("Content-Type"), content), nil
	}
	if f.file != "-" && app.IsTerminal(w.Stdout) && strings.Contains(res.Header.Get("Content-Type"), "json") {
		return nil, f.pretty(ctx, w, body)
	}
	if _, err := io.Copy(f.stdout(w), body); err != nil {
		return nil, f.transferError(ctx, err)
	}
	return nil, nil
}

// mostPretty bounds a document that is indented for a person, in bytes.
const mostPretty = 4 << 20

// pretty shows a JSON result on a terminal: indented, as far as it is not too large for that.
func (f *Output) pretty(ctx context.Context, w app.World, body io.Reader) error {
	text, err := io.ReadAll(io.LimitReader(body, mostPretty))
	if err != nil {
		return f.transferError(ctx, err)
	}
	if len(text) < mostPretty {
		if shown, err := render.PrettyJSON(w.Stdout, text, app.Colored(f.Color, w.Env)); shown || err != nil {
			return err
		}
	}
	if _, err := io.Copy(f.stdout(w), io.MultiReader(bytes.NewReader(text), body)); err != nil {
		return f.transferError(ctx, err)
	}
	return nil
}

// transferError tells a deadline and a usage error from a broken connection.
func (f *Output) transferError(ctx context.Context, err error) error {
	var usage *app.UsageError
	var output *app.WriteError
	if errors.As(err, &usage) || errors.As(err, &output) {
		return err
	}
	if cause := context.Cause(ctx); cause != nil {
		return fmt.Errorf("%v: %w", err, cause)
	}
	return fmt.Errorf("%w: %v", app.ErrTransfer, err)
}

// stdout returns where a result is printed: on a terminal a server's bytes must not steer it.
func (f *Output) stdout(w app.World) io.Writer {
	if f.file != "-" && app.IsTerminal(w.Stdout) {
		return app.NewCleanWriter(w.Stdout)
	}
	return w.Stdout
}

// boundedReader fails where a result grows beyond what the person allows.
type boundedReader struct {
	r       io.Reader
	left    int64
	bounded bool
}

func (b *boundedReader) Read(p []byte) (int, error) {
	n, err := b.r.Read(p)
	if b.left -= int64(n); b.bounded && b.left < 0 {
		return 0, app.Usagef("the result is larger than --max-filesize")
	}
	return n, err
}

// explainFailure shows what the server answered, as far as it is text.
func explainFailure(w app.World, e *poller.Error) {
	r := e.Response
	class := e.Operation.Reason.Class()
	if r == nil || len(r.Content) == 0 || e.Operation.Problem.String() != "" || class == lro.ClassDeadline || class == lro.ClassInterrupted ||
		class == lro.ClassTransport { // the last answer is then of an earlier request
		return
	}
	media := r.Header.Get("Content-Type")
	unread := e.Operation.Reason == lro.UndecidedAnswer || e.Operation.Reason == lro.UnreadableStatus // its label says nothing, then
	if !strings.HasPrefix(media, "text/") && !strings.Contains(media, "json") && !strings.Contains(media, "xml") && !(unread && utf8.Valid(r.Content)) {
		return
	}
	text := strings.TrimSpace(render.CleanText(string(r.Content[:min(len(r.Content), 2000)])))
	fmt.Fprintf(w.Stderr, "the server answered:\n%s\n", app.Indent(text))
}
