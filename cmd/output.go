package cmd

import (
	"context"
	"errors"
	"fmt"
	"io"
	"strings"

	"github.com/spf13/pflag"

	"github.com/asyncctl/asyncctl/cmd/internal/render"
	"github.com/asyncctl/asyncctl/poller"
	"github.com/asyncctl/asyncctl/poller/lro"
)

// maxEmbedded bounds a result that is put into the JSON document.
const maxEmbedded = 16 << 20

// errTransfer marks a result that broke off on its way.
var errTransfer = errors.New("the result is incomplete")

// outputFlags say what is shown, and where the result goes.
type outputFlags struct {
	file     string
	format   string
	progress string
	color    string
	silent   bool
	verbose  bool
	timing   bool
	maxSize  int64
}

func (f *outputFlags) bind(fs *pflag.FlagSet) {
	f.bindShape(fs)
	fs.StringVarP(&f.file, "output", "o", "", "write the result to this `file`, whole or not at all; - for stdout, byte for byte")
	fs.BoolVar(&f.timing, "timing", false, "say at the end how the time went, and what another interval would have given")
	fs.Int64Var(&f.maxSize, "max-filesize", 0, "refuse a result of more than so many `bytes`")
}

// bindShape binds what also commands without a result need.
func (f *outputFlags) bindShape(fs *pflag.FlagSet) {
	fs.StringVar(&f.format, "format", "text", "text, or json: one document at the end, also after a failure")
	fs.StringVar(&f.progress, "progress", "auto", "auto, tui, bars, plain, json (events, one a line) or none; on stderr")
	fs.StringVar(&f.color, "color", "auto", "auto, always or never; auto goes by NO_COLOR, CLICOLOR_FORCE and TERM")
	fs.BoolVarP(&f.silent, "silent", "s", false, "no progress; errors are still shown")
	fs.BoolVarP(&f.verbose, "verbose", "v", false, "show each request and each reply")
}

func (f *outputFlags) check() error {
	if err := oneOf("--format", f.format, "text", "json"); err != nil {
		return err
	}
	if err := oneOf("--progress", f.progress, "auto", "tui", "bars", "plain", "json", "none"); err != nil {
		return err
	}
	if err := oneOf("--color", f.color, "auto", "always", "never"); err != nil {
		return err
	}
	if f.maxSize < 0 {
		return usagef("--max-filesize %d is negative", f.maxSize)
	}
	return nil
}

// reserve makes sure, before anything is sent, that the result can be written where it should go.
func (f *outputFlags) reserve() (*atomicFile, error) {
	if f.file == "" || f.file == "-" {
		return nil, nil
	}
	return newAtomicFile(f.file, 0o644)
}

// deliver writes a result to its place. In the JSON document it returns the result's entry.
func (f *outputFlags) deliver(ctx context.Context, w World, res *poller.Result, file *atomicFile) (*render.Content, error) {
	defer res.Body.Close()
	if f.maxSize > 0 && res.Length > f.maxSize {
		return nil, usagef("the result has %d bytes, more than --max-filesize %d", res.Length, f.maxSize)
	}
	body := &boundedReader{r: res.Body, left: f.maxSize, bounded: f.maxSize > 0}
	switch {
	case file != nil:
		n, err := io.Copy(file, body)
		if err != nil {
			return nil, f.transferError(ctx, err)
		}
		return &render.Content{Type: res.Header.Get("Content-Type"), Length: n, File: f.file}, file.commit()
	case f.format == "json":
		content, err := io.ReadAll(io.LimitReader(body, maxEmbedded+1))
		switch {
		case err != nil:
			return nil, f.transferError(ctx, err)
		case len(content) > maxEmbedded:
			return nil, usagef("the result is too large for the JSON document; write it to a file with -o")
		}
		return render.NewContent(res.Header.Get("Content-Type"), content), nil
	}
	_, err := io.Copy(f.stdout(w), body)
	if err != nil {
		return nil, f.transferError(ctx, err)
	}
	return nil, nil
}

// transferError tells a deadline and a usage error from a broken connection.
func (f *outputFlags) transferError(ctx context.Context, err error) error {
	var usage *usageError
	if errors.As(err, &usage) {
		return err
	}
	if cause := context.Cause(ctx); cause != nil {
		return fmt.Errorf("%v: %w", err, cause)
	}
	return fmt.Errorf("%w: %v", errTransfer, err)
}

// stdout returns where a result is printed: on a terminal a server's bytes must not steer it.
func (f *outputFlags) stdout(w World) io.Writer {
	if f.file != "-" && isTerminal(w.Stdout) {
		return cleanWriter{w.Stdout}
	}
	return w.Stdout
}

// cleanWriter shows control characters instead of sending them to the terminal.
type cleanWriter struct{ w io.Writer }

func (c cleanWriter) Write(p []byte) (int, error) {
	if _, err := io.WriteString(c.w, render.CleanText(string(p))); err != nil {
		return 0, err
	}
	return len(p), nil
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
		return 0, usagef("the result is larger than --max-filesize")
	}
	return n, err
}

// explainFailure shows what the server answered, as far as it is text.
func explainFailure(w World, e *poller.Error) {
	r := e.Response
	class := e.Operation.Reason.Class()
	if r == nil || len(r.Content) == 0 || e.Operation.Problem.String() != "" || class == lro.ClassDeadline || class == lro.ClassInterrupted {
		return
	}
	media := r.Header.Get("Content-Type")
	if !strings.HasPrefix(media, "text/") && !strings.Contains(media, "json") && !strings.Contains(media, "xml") {
		return
	}
	text := strings.TrimSpace(render.CleanText(string(r.Content[:min(len(r.Content), 2000)])))
	fmt.Fprintf(w.Stderr, "the server answered:\n%s\n", indent(text))
}

func indent(text string) string { return "    " + strings.ReplaceAll(text, "\n", "\n    ") }
