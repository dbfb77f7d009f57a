package load

import (
	"context"
	"errors"
	"io"
	"strings"

	"github.com/spf13/pflag"
	"golang.org/x/term"

	"github.com/asyncctl/asyncctl/cmd/internal/app"
	"github.com/asyncctl/asyncctl/cmd/internal/render"
	report "github.com/asyncctl/asyncctl/cmd/internal/report/load"
)

// Output says what is shown of a load test, and which files are written.
type Output struct {
	Format   string
	progress string
	Color    string
	silent   bool
	File     string   // --out
	reports  []string // --report

	kept    *app.File
	written []reportFile
}

// reportFile is one --report FORMAT=FILE.
type reportFile struct {
	write func(report.View, io.Writer) error
	file  *app.File
}

func (o *Output) Bind(fs *pflag.FlagSet) {
	fs.StringVar(&o.File, "out", "", "write the result to this `file`, with everything that was measured: report, compare, merge and advise read it; a URL gets it by PUT")
	o.BindReports(fs)
	fs.StringVar(&o.progress, "progress", "auto", "auto, tui, bars, plain, json (samples, one a line) or none; on stderr")
	fs.BoolVarP(&o.silent, "silent", "s", false, "no progress; errors are still shown")
}

// BindReports binds what also commands need that do not run anything.
func (o *Output) BindReports(fs *pflag.FlagSet) {
	fs.StringArrayVar(&o.reports, "report", nil, "write a report to a file: `FORMAT=FILE`, FORMAT one of "+strings.Join(report.Formats(), ", "))
	fs.StringVar(&o.Format, "format", "text", "what stdout is: text, json or another format of --report")
	fs.StringVar(&o.Color, "color", "auto", "auto, always or never; auto goes by NO_COLOR, CLICOLOR_FORCE and TERM")
}

// Reserve finds out, before anything is sent, what cannot be written. The caller abandons.
func (o *Output) Reserve(ctx context.Context) error {
	if _, err := report.Format(o.Format); err != nil {
		return app.Usagef("--format: %v", err)
	}
	if err := app.OneOf("--color", o.Color, "auto", "always", "never"); err != nil {
		return err
	}
	if o.File == "-" {
		o.File = ""
		if err := o.takeStdout("--out -", "result"); err != nil {
			return err
		}
	}
	var err error
	if o.File != "" && !app.IsURL(o.File) {
		if o.kept, err = app.Create(ctx, o.File, app.Public); err != nil {
			return err
		}
	}
	for _, text := range o.reports {
		name, path, ok := strings.Cut(text, "=")
		if !ok || path == "" {
			return app.Usagef("--report %q: write FORMAT=FILE, as in html=report.html", text)
		}
		write, err := report.Format(name)
		if err != nil {
			return app.Usagef("--report %q: %v", text, err)
		}
		if path == "-" {
			if err := o.takeStdout("--report "+text, name); err != nil {
				return err
			}
			continue
		}
		file, err := app.Create(ctx, path, app.Public)
		if err != nil {
			return err
		}
		o.written = append(o.written, reportFile{write, file})
	}
	return nil
}

// takeStdout has stdout carry a format, which - as the name of a file asks for.
func (o *Output) takeStdout(flag, format string) error {
	if o.Format != "text" && o.Format != format {
		return app.Usagef("%s: stdout carries %s already", flag, o.Format)
	}
	o.Format = format
	return nil
}

// Abandon removes what was begun and not written.
func (o *Output) Abandon() {
	if o.kept != nil {
		o.kept.Abandon()
	}
	for _, r := range o.written {
		r.file.Abandon()
	}
}

// Deliver writes the report on stdout, then each file: what cannot be written of one costs none of the
// others.
func (o *Output) Deliver(ctx context.Context, w app.World, v report.View) error {
	return errors.Join(o.print(w, v), o.files(ctx, v))
}

func (o *Output) print(w app.World, v report.View) error {
	if o.Format == "text" {
		return v.Text(w.Stdout, o.text(w))
	}
	write, err := report.Format(o.Format)
	if err != nil {
		return err
	}
	return write(v, w.Stdout)
}

// files writes the result file and the reports.
func (o *Output) files(ctx context.Context, v report.View) error {
	var failed []error
	if o.kept != nil {
		err := report.Write(o.kept, v.Result)
		if err == nil {
			err = o.kept.Commit()
		}
		failed = append(failed, err)
	}
	if app.IsURL(o.File) {
		failed = append(failed, put(ctx, o.File, v.Result))
	}
	for _, r := range o.written {
		err := r.write(v, r.file)
		if err == nil {
			err = r.file.Commit()
		}
		failed = append(failed, err)
	}
	return errors.Join(failed...)
}

// text says how a text is laid out on stdout.
func (o *Output) text(w app.World) report.TextOptions {
	t := report.TextOptions{ASCII: render.ASCIIOnly(w.Env), Color: o.Color == "always"}
	if f := app.Terminal(w.Stdout); f != nil {
		t.Color = app.Colored(o.Color, w.Env)
		if width, _, err := term.GetSize(int(f.Fd())); err == nil {
			t.Width = min(width, 110)
		}
	}
	return t
}

// liveView draws over itself.
type liveView interface {
	render.LoadView
	app.Pausable
}

// suspendableView takes itself off the screen while the process is stopped, and keeps what is typed out of it.
type suspendableView struct {
	liveView
	stop func()
}

func suspendable(w app.World, v liveView) render.LoadView {
	return &suspendableView{v, app.Pauses(w, v)}
}

// Close stops listening, and closes the view.
func (v *suspendableView) Close() {
	v.stop()
	v.liveView.Close()
}

// view chooses how the progress of a run is shown; nil for not at all.
func (o *Output) view(w app.World, options render.LoadOptions) (render.LoadView, error) {
	if err := app.OneOf("--progress", o.progress, "auto", "tui", "bars", "plain", "json", "none"); err != nil {
		return nil, err
	}
	kind := o.progress
	screen := app.Terminal(w.Stderr)
	terminal := screen != nil
	switch {
	case kind == "none" || kind == "json" || o.silent:
		return nil, nil
	case (kind == "tui" || kind == "bars") && !terminal:
		return nil, app.Usagef("--progress %s needs a terminal on stderr; auto falls back to plain where there is none", kind)
	case kind == "auto" && terminal && !app.Truthy(w.Env("CI")) && w.Env("TERM") != "dumb":
		kind = "tui"
	}
	options.Color, options.ASCII, options.Term = app.Colored(o.Color, w.Env), render.ASCIIOnly(w.Env), w.Env("TERM")
	switch kind {
	case "tui":
		return suspendable(w, render.NewLoadTUI(screen, options)), nil
	case "bars":
		return suspendable(w, render.NewLoadBars(screen, options)), nil
	}
	return render.NewLoadPlain(w.Stderr, options), nil
}
