package load

import (
	"fmt"
	"io"
	"slices"
	"strings"

	"github.com/asyncctl/asyncctl/internal/measure"
	"github.com/asyncctl/asyncctl/loadtest"
	"github.com/asyncctl/asyncctl/loadtest/judge"
)

// View is a result and what was made of it. Only Result is needed.
type View struct {
	Result *loadtest.Result
	// Advice on Retry-After; nil: the reports are without it.
	Advice *judge.Advice
	// Labels are further ones of the Prometheus format, each after a comma: `,run="a"`.
	Labels string
	// Verdicts of the thresholds that were asked for.
	Verdicts []judge.Verdict
}

// formats are the reports by name, without [View.Text], which has options.
// metric is the one of that name.
func metric(name string) measure.Metric {
	metrics := measure.Metrics()
	return metrics[slices.IndexFunc(metrics, func(m measure.Metric) bool { return m.Name == name })]
}

// flagOf names what a person can do about a warning, in the words of the command line.
var flagOf = map[string]string{
	loadtest.WarnConnections: "--connections",
	loadtest.WarnShed:        "--max-in-flight",
	loadtest.WarnPending:     "--drain",
	loadtest.WarnTimedOut:    "--operation-timeout",
	loadtest.WarnPorts:       "--connections",
}

// warned are the warnings as a person reads them.
func (v View) warned() []string {
	all := []string{}
	for _, w := range v.Result.Warnings {
		text := w.Text
		if flag := flagOf[w.Code]; flag != "" {
			text += " (" + flag + ")"
		}
		all = append(all, text)
	}
	return all
}

var formats = map[string]func(View, io.Writer) error{
	"text":   func(v View, w io.Writer) error { return v.Text(w, TextOptions{}) },
	"json":   View.JSON,
	"csv":    View.CSV,
	"ndjson": View.NDJSON,
	"html":   View.HTML,
	"hdrlog": View.HDRLog,
	"prom":   View.Prometheus,
	"svg":    View.SVG,
	"result": func(v View, w io.Writer) error { return Write(w, v.Result) },
}

// Formats lists the names of the formats.
func Formats() []string {
	return []string{"text", "json", "csv", "ndjson", "html", "hdrlog", "hgrm", "prom", "svg", "result"}
}

// Format returns the writer of a format. hgrm takes a metric, and it alone: hgrm is that of done,
// hgrm.lag that of lag.
func Format(name string) (func(View, io.Writer) error, error) {
	if write, ok := formats[name]; ok {
		return write, nil
	}
	base, metric, given := strings.Cut(name, ".")
	if base != "hgrm" {
		return nil, fmt.Errorf("there is no format %q; there are %s", name, strings.Join(Formats(), ", "))
	}
	if !given {
		metric = "done"
	}
	metrics := measure.Metrics()
	i := slices.IndexFunc(metrics, func(m measure.Metric) bool { return m.Name == metric })
	if i < 0 {
		return nil, fmt.Errorf("%s: there is no metric %q", name, metric)
	}
	return func(v View, w io.Writer) error { return v.HGRM(w, metrics[i]) }, nil
}
