package load

import (
	"bytes"
	"flag"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/asyncctl/asyncctl/internal/measure"
	"github.com/asyncctl/asyncctl/loadtest"
	"github.com/asyncctl/asyncctl/loadtest/judge"
)

var update = flag.Bool("update", false, "rewrite the goldens")

// golden compares with testdata/name. Escape bytes are shown as ␛, to be read.
func golden(t *testing.T, name, got string) {
	t.Helper()
	got = strings.ReplaceAll(got, "\x1b", "␛")
	path := filepath.Join("testdata", name)
	if *update {
		if err := os.WriteFile(path, []byte(got), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if got != string(want) {
		t.Errorf("%s differs; look, and run with -update if it is meant\n got:\n%s\nwant:\n%s", path, clip(got), clip(string(want)))
	}
}

func clip(s string) string { return s[:min(len(s), 6000)] }

// recorded reads the run that the goldens show. With -update it is simulated anew.
func recorded(t testing.TB) View {
	t.Helper()
	const path = "testdata/recorded.json"
	if *update {
		if err := os.WriteFile(path, []byte(written(t, simulate())), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	f, err := os.Open(path)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	r, err := Read(f)
	if err != nil {
		t.Fatal(err)
	}
	v := View{Result: r}
	if v.Advice, err = judge.Advise(r, judge.AdviseOptions{}); err != nil {
		t.Fatal(err)
	}
	for _, text := range []string{"p99(done)<30s", "rate(failed)<0.1%", "early_polls{server}==0"} {
		threshold, err := judge.ParseThreshold(text)
		if err != nil {
			t.Fatal(err)
		}
		v.Verdicts = append(v.Verdicts, threshold.Judge(r)...)
	}
	return v
}

func render(t testing.TB, write func(io.Writer) error) string {
	t.Helper()
	var b bytes.Buffer
	if err := write(&b); err != nil {
		t.Fatal(err)
	}
	return b.String()
}

func TestGoldens(t *testing.T) {
	v := recorded(t)
	for _, name := range Formats() {
		if name == "html" || name == "result" {
			continue // the page is large, and holds the JSON that is checked here
		}
		t.Run(name, func(t *testing.T) {
			write, err := Format(name)
			if err != nil {
				t.Fatal(err)
			}
			got := render(t, func(w io.Writer) error { return write(v, w) })
			if name == "prom" {
				got = fewBuckets(got)
			}
			golden(t, "run."+name, got)
		})
	}
}

// fewBuckets leaves out most lines of Prometheus' histograms, of which there are thousands.
func fewBuckets(text string) string {
	var b strings.Builder
	n := 0
	for line := range strings.Lines(text) {
		if strings.Contains(line, "_bucket{") {
			if n++; n%20 != 0 {
				continue
			}
		}
		b.WriteString(line)
	}
	return b.String()
}

func TestTextGoldens(t *testing.T) {
	v := recorded(t)
	text := func(v View, o TextOptions) string {
		return render(t, func(w io.Writer) error { return v.Text(w, o) })
	}
	golden(t, "text.40", text(v, TextOptions{Width: 40, ASCII: true}))
	golden(t, "text.200", text(v, TextOptions{Width: 200, Color: true}))
	one := *v.Result
	one.Series = one.Series[:1]
	golden(t, "text.one", text(View{Result: &one}, TextOptions{}))
	golden(t, "text.nothing", text(View{Result: &loadtest.Result{Series: []measure.Series{{Strategy: "server"}}, Stopped: "interrupted"}}, TextOptions{}))
	for width := 40; width < 130; width += 11 {
		for _, line := range strings.Split(text(v, TextOptions{Width: width}), "\n") {
			if n := len([]rune(line)); n > width {
				t.Errorf("at a width of %d there is a line of %d: %q", width, n, line)
			}
		}
	}
}

func TestAdviceGoldens(t *testing.T) {
	v := recorded(t)
	golden(t, "advice.80", render(t, func(w io.Writer) error { return AdviceText(w, v.Advice, TextOptions{}) }))
	golden(t, "advice.40", render(t, func(w io.Writer) error { return AdviceText(w, v.Advice, TextOptions{Width: 40, ASCII: true}) }))
	golden(t, "advice.json", render(t, func(w io.Writer) error { return AdviceJSON(w, v.Advice) }))
	for width := 40; width < 130; width += 11 {
		text := render(t, func(w io.Writer) error { return AdviceText(w, v.Advice, TextOptions{Width: width}) })
		for _, line := range strings.Split(text, "\n") {
			if n := len([]rune(line)); n > width {
				t.Errorf("at a width of %d there is a line of %d: %q", width, n, line)
			}
		}
	}
	if err := (View{Result: v.Result}).SVG(io.Discard); err == nil {
		t.Error("a curve is drawn without advice")
	}
}

func TestComparisonGoldens(t *testing.T) {
	v := recorded(t)
	slower := *v.Result
	slower.Load, slower.Series = "60/s for 1m", append([]measure.Series(nil), v.Result.Series...)
	slower.Series[0] = v.Result.Series[2]
	slower.Series[0].Strategy, slower.Series[1].Strategy = "server", "\x1b[31mnew"
	c, err := judge.Compare([]*loadtest.Result{v.Result}, []*loadtest.Result{&slower}, judge.CompareOptions{MaxRegression: 0.1})
	if err != nil {
		t.Fatal(err)
	}
	golden(t, "comparison.text", render(t, func(w io.Writer) error { return ComparisonText(w, c, TextOptions{}) }))
	golden(t, "comparison.json", render(t, func(w io.Writer) error { return ComparisonJSON(w, c) }))
}

func TestNothingForeignReachesTheTerminal(t *testing.T) {
	v := recorded(t)
	r := *v.Result
	r.Target, r.Load, r.Stopped, r.Warnings = "http://x/\x1b[2J", "\x07", "\u202e", []loadtest.Warning{{Text: "\x1b]0;x\x07"}}
	r.Series = append([]measure.Series(nil), r.Series...)
	r.Series[0].Strategy = "\x1b[31m"
	got := render(t, func(w io.Writer) error { return View{Result: &r, Advice: v.Advice}.Text(w, TextOptions{}) })
	if strings.ContainsAny(got, "\x1b\x07\u202e") {
		t.Errorf("control characters in\n%q", got)
	}
}

func TestFormatsByName(t *testing.T) {
	for name, want := range map[string]string{"pdf": "there are text, json, csv", "hgrm.dome": "no metric"} {
		if _, err := Format(name); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: %v", name, err)
		}
	}
	if _, err := Format("hgrm.lag"); err != nil {
		t.Error(err)
	}
}
