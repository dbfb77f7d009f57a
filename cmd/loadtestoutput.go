package cmd

import (
	"io"
	"os"
	"strings"

	"github.com/spf13/pflag"
	"golang.org/x/term"

	"github.com/asyncctl/asyncctl/cmd/internal/render"
	"github.com/asyncctl/asyncctl/loadtest/report"
)

// loadOutput says what is shown of a load test, and which files are written.
type loadOutput struct {
	format   string
	progress string
	color    string
	silent   bool
	file     string   // --out
	reports  []string // --report

	kept    *atomicFile
	written []reportFile
}

// reportFile is one --report FORMAT=FILE.
type reportFile struct {
	write func(report.View, io.Writer) error
	file  *atomicFile
}

func (o *loadOutput) bind(fs *pflag.FlagSet) {
	fs.StringVar(&o.file, "out", "", "write the result to this `file`, with everything that was measured: report, compare, merge and advise read it")
	o.bindReports(fs)
	fs.StringVar(&o.progress, "progress", "auto", "auto, tui, bars, plain, json (samples, one a line) or none; on stderr")
	fs.BoolVarP(&o.silent, "silent", "s", false, "no progress; errors are still shown")
}

// bindReports binds what also commands need that do not run anything.
func (o *loadOutput) bindReports(fs *pflag.FlagSet) {
	fs.StringArrayVar(&o.reports, "report", nil, "write a report to a file: `FORMAT=FILE`, FORMAT one of "+strings.Join(report.Formats(), ", "))
	fs.StringVar(&o.format, "format", "text", "what stdout is: text, json or another format of --report")
	fs.StringVar(&o.color, "color", "auto", "auto, always or never; auto goes by NO_COLOR, CLICOLOR_FORCE and TERM")
}

// reserve finds out, before anything is sent, what cannot be written. The caller abandons.
func (o *loadOutput) reserve() error {
	if _, err := report.Format(o.format); err != nil {
		return usagef("--format: %v", err)
	}
	if err := oneOf("--color", o.color, "auto", "always", "never"); err != nil {
		return err
	}
	var err error
	if o.file != "" {
		if o.kept, err = newAtomicFile(o.file, 0o644); err != nil {
			return err
		}
	}
	for _, text := range o.reports {
		name, path, ok := strings.Cut(text, "=")
		if !ok || path == "" {
			return usagef("--report %q: write FORMAT=FILE, as in html=report.html", text)
		}
		write, err := report.Format(name)
		if err != nil {
			return usagef("--report %q: %v", text, err)
		}
		file, err := newAtomicFile(path, 0o644)
		if err != nil {
			return err
		}
		o.written = append(o.written, reportFile{write, file})
	}
	return nil
}

// abandon removes what was begun and not written.
func (o *loadOutput) abandon() {
	if o.kept != nil {
		o.kept.abandon()
	}
	for _, r := range o.written {
		r.file.abandon()
	}
}

// deliver writes the files, and the report on stdout.
func (o *loadOutput) deliver(w World, v report.View) error {
	if err := o.files(v); err != nil {
		return err
	}
	if o.format == "text" {
		return v.Text(w.Stdout, o.text(w))
	}
	write, err := report.Format(o.format)
	if err != nil {
		return err
	}
	return write(v, w.Stdout)
}

// files writes the result file and the reports.
func (o *loadOutput) files(v report.View) error {
	if o.kept != nil {
		if err := report.Write(o.kept, v.Result); err != nil {
			return usagef("cannot write %s: %v", o.file, err)
		}
		if err := o.kept.commit(); err != nil {
			return err
		}
	}
	for _, r := range o.written {
		if err := r.write(v, r.file); err != nil {
			return usagef("cannot write %s: %v", r.file.path, err)
		}
		if err := r.file.commit(); err != nil {
			return err
		}
	}
	return nil
}

// text says how a text is laid out on stdout.
func (o *loadOutput) text(w World) report.TextOptions {
	t := report.TextOptions{ASCII: render.ASCIIOnly(w.Env), Color: o.color == "always"}
	if f, ok := w.Stdout.(*os.File); ok && isTerminal(w.Stdout) {
		t.Color = colored(o.color, w.Env)
		if width, _, err := term.GetSize(int(f.Fd())); err == nil {
			t.Width = min(width, 110)
		}
	}
	return t
}

// view chooses how the progress of a run is shown; nil for not at all.
func (o *loadOutput) view(w World, options render.LoadOptions) (render.LoadView, error) {
	if err := oneOf("--progress", o.progress, "auto", "tui", "bars", "plain", "json", "none"); err != nil {
		return nil, err
	}
	kind := o.progress
	screen, terminal := w.Stderr.(*os.File)
	terminal = terminal && isTerminal(w.Stderr)
	switch {
	case kind == "none" || kind == "json" || o.silent:
		return nil, nil
	case (kind == "tui" || kind == "bars") && !terminal:
		return nil, usagef("--progress %s needs a terminal on stderr; auto falls back to plain where there is none", kind)
	case kind == "auto" && terminal && !truthy(w.Env("CI")) && w.Env("TERM") != "dumb":
		kind = "tui"
	}
	options.Color, options.ASCII, options.Term = colored(o.color, w.Env), render.ASCIIOnly(w.Env), w.Env("TERM")
	switch kind {
	case "tui":
		return render.NewLoadTUI(screen, options), nil
	case "bars":
		return render.NewLoadBars(screen, options), nil
	}
	return render.NewLoadPlain(w.Stderr, options), nil
}
