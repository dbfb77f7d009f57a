package judge_test

import (
	"bytes"
	"flag"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	report "github.com/asyncctl/asyncctl/cmd/internal/report/judge"
	"github.com/asyncctl/asyncctl/conformance"
)

var update = flag.Bool("update", false, "rewrite the goldens")

func write(t *testing.T, f report.Format, r *conformance.Report, o report.Options) string {
	t.Helper()
	var b bytes.Buffer
	if err := report.Write(&b, f, r, o); err != nil {
		t.Fatal(err)
	}
	return b.String()
}

// design is what is the same in every page.
var design = regexp.MustCompile(`(?s)(<style>).*?(</style>)|(<script>)\n?"use strict".*?(</script>)|('sha256-)[^']*(')`)

func TestGoldens(t *testing.T) {
	for name, sample := range samples {
		for _, format := range report.Formats() {
			t.Run(name+"/"+string(format), func(t *testing.T) {
				got := design.ReplaceAllString(write(t, format, sample(), report.Options{}), "$1$3$5...$2$4$6")
				path := filepath.Join("testdata", name+"."+string(format))
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
					t.Errorf("%s differs; look, and run with -update if it is meant\ngot:\n%s", path, got)
				}
			})
		}
	}
}

func TestReportsAreTheSameTwice(t *testing.T) {
	for _, format := range report.Formats() {
		first := write(t, format, mixed(), report.Options{})
		for range 5 {
			if write(t, format, mixed(), report.Options{}) != first {
				t.Errorf("%s differs from one time to the next", format)
			}
		}
	}
}

func TestTextOptions(t *testing.T) {
	r := mixed()
	if plain := write(t, report.Text, r, report.Options{}); strings.Contains(plain, "\x1b") {
		t.Error("colours without being asked")
	}
	colored := write(t, report.Text, r, report.Options{Color: true})
	if rest := regexp.MustCompile("\x1b\\[[0-9;]*m").ReplaceAllString(colored, ""); strings.Contains(rest, "\x1b") || rest == colored {
		t.Error("colours are not colours only")
	}
	ascii := write(t, report.Text, clean(), report.Options{ASCII: true, Verbose: true})
	if strings.ContainsFunc(ascii, func(r rune) bool { return r > 0x7e }) || !strings.Contains(ascii, "+ pass S01 rule-1") {
		t.Errorf("not ASCII, or without the passes:\n%s", ascii)
	}
	for line := range strings.Lines(write(t, report.Text, clean(), report.Options{Width: 40})) {
		if len([]rune(line)) > 80 {
			t.Errorf("long line for a narrow terminal: %q", line)
		}
	}
}

func TestUnknownFormat(t *testing.T) {
	var b bytes.Buffer
	if err := report.Write(&b, "yaml", mixed(), report.Options{}); err == nil || b.Len() > 0 {
		t.Errorf("got %v and %q", err, b.String())
	}
	if report.Format("yaml").Summary() != "" || report.TAP.Summary() == "" {
		t.Error("summaries")
	}
}
