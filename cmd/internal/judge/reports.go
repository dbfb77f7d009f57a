package judge

import (
	"bytes"
	"cmp"
	"context"
	"fmt"
	"io"
	"os"
	"slices"
	"strings"

	"github.com/spf13/pflag"
	"golang.org/x/term"

	"github.com/asyncctl/asyncctl/cmd/internal/app"
	"github.com/asyncctl/asyncctl/cmd/internal/follow"
	"github.com/asyncctl/asyncctl/cmd/internal/render"
	report "github.com/asyncctl/asyncctl/cmd/internal/report/judge"
	"github.com/asyncctl/asyncctl/conformance"
	"github.com/asyncctl/asyncctl/internal/near"
)

// reportFlags say which reports are written, and where.
type reportFlags struct {
	reports []string
	anchor  string
}

func (f *reportFlags) Bind(fs *pflag.FlagSet) {
	var names []string
	for _, format := range report.Formats() {
		names = append(names, string(format))
	}
	fs.StringArrayVar(&f.reports, "report", nil, "write a report: `FORMAT=FILE`, - for stdout, any number of them; "+strings.Join(names, ", "))
	fs.StringVar(&f.anchor, "sarif-anchor", "", "the `file` of the repository at which SARIF and GitHub show findings (default: the API file)")
}

// reportOutputs are the reports of one run, with their places.
type reportOutputs struct {
	w       app.World
	list    []reportOutput
	anchor  string
	text    bool // stdout has the report for people
	summary string
}

type reportOutput struct {
	format report.Format
	file   *app.File // nil: stdout
}

// open makes sure that each report can be written before anything is asked.
func (f *reportFlags) open(ctx context.Context, w app.World, anchor string) (*reportOutputs, error) {
	o := &reportOutputs{w: w, text: true}
	if o.anchor = cmp.Or(f.anchor, anchor); o.anchor != "" {
		o.anchor = anchorPath(o.anchor)
	}
	stdout := ""
	for _, text := range f.reports {
		name, path, _ := strings.Cut(text, "=")
		format, err := reportFormat(text, name)
		if err != nil {
			o.abandon()
			return nil, err
		}
		if format == report.SARIF && o.anchor == "" {
			o.abandon()
			return nil, app.Usagef("--report %s: code scanning refuses findings without a file: say --sarif-anchor FILE, or describe the API by --api FILE", text)
		}
		if format == report.GitHub {
			o.summary = w.Env("GITHUB_STEP_SUMMARY")
		}
		if path == "" || path == "-" {
			if stdout != "" && format != report.GitHub {
				o.abandon()
				return nil, app.Usagef("--report %s: stdout has the %s report already; write this one to a file: %s=FILE", text, stdout, name)
			}
			if format != report.GitHub { // whose lines go well with the text in a log
				stdout, o.text = name, format == report.Text
			}
			if format != report.Text {
				o.list = append(o.list, reportOutput{format, nil})
			}
			continue
		}
		if slices.ContainsFunc(o.list, func(other reportOutput) bool { return other.file != nil && other.file.Path == path }) {
			o.abandon()
			return nil, app.Usagef("--report %s: there is another report for this file", text)
		}
		file, err := app.Create(ctx, path, app.Public)
		if err != nil {
			o.abandon()
			return nil, err
		}
		o.list = append(o.list, reportOutput{format, file})
	}
	return o, nil
}

func reportFormat(text, name string) (report.Format, error) {
	var names []string
	for _, format := range report.Formats() {
		if string(format) == name {
			return format, nil
		}
		names = append(names, string(format))
	}
	if meant := near.Word(name, names); meant != "" {
		return "", app.Usagef("--report %s: there is no format %q; did you mean %q?", text, name, meant)
	}
	return "", app.Usagef("--report %s: write FORMAT=FILE; the formats are %s", text, strings.Join(names, ", "))
}

// abandon leaves no half-written file behind.
func (o *reportOutputs) abandon() {
	for _, out := range o.list {
		if out.file != nil {
			out.file.Abandon()
		}
	}
}

// write writes all reports, each file whole or not at all. What fails does not keep the others from
// being written.
func (o *reportOutputs) write(r *conformance.Report, gate report.Gate, shape follow.Output) error {
	var failed error
	options := report.Options{Gate: gate, Anchor: o.anchor, Verbose: shape.Verbose}
	if o.text {
		failed = o.people(r, options, shape)
	}
	for _, out := range o.list {
		if err := out.write(o.w.Stdout, r, options); failed == nil {
			failed = err
		}
	}
	if o.summary != "" {
		if err := o.appendSummary(r, options); failed == nil {
			failed = err
		}
	}
	return failed
}

func (out *reportOutput) write(stdout io.Writer, r *conformance.Report, options report.Options) error {
	if out.file == nil {
		return report.Write(stdout, out.format, r, options)
	}
	if err := report.Write(out.file, out.format, r, options); err != nil {
		return err
	}
	return out.file.Commit()
}

// people writes the text to stdout, as wide and as colourful as that is.
func (o *reportOutputs) people(r *conformance.Report, options report.Options, shape follow.Output) error {
	if f := app.Terminal(o.w.Stdout); f != nil {
		options.Color, options.ASCII = app.Colored(shape.Color, o.w.Env), render.ASCIIOnly(o.w.Env)
		if width, _, err := term.GetSize(int(f.Fd())); err == nil {
			options.Width = min(max(width, 40), 120)
		}
	} else {
		options.Color = shape.Color == "always"
	}
	return report.Write(o.w.Stdout, report.Text, r, options)
}

// mostSummary is what GitHub takes as the summary of a step, all that is in it together.
const mostSummary = 1 << 20

// appendSummary adds to the step's summary what still fits into it.
func (o *reportOutputs) appendSummary(r *conformance.Report, options report.Options) error {
	f, err := os.OpenFile(o.summary, os.O_APPEND|os.O_CREATE|os.O_WRONLY, 0o644)
	if err != nil {
		return app.Usagef("GITHUB_STEP_SUMMARY: %v", err)
	}
	defer f.Close()
	used := int64(0)
	if info, err := f.Stat(); err == nil {
		used = info.Size()
	}
	if options.Limit = int(mostSummary - used - 1); options.Limit < 4096 {
		fmt.Fprintln(o.w.Stderr, "note: the step's summary is full; the report is not in it")
		return nil
	}
	var b bytes.Buffer
	if err := report.Write(&b, report.Markdown, r, options); err != nil {
		return app.Usagef("%v", err)
	}
	if _, err := f.Write(b.Bytes()); err != nil {
		return app.Usagef("GITHUB_STEP_SUMMARY: %v", err)
	}
	return nil
}
