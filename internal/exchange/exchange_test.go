package exchange

import (
	"path/filepath"
	"strings"
	"testing"

	"github.com/asyncctl/asyncctl/poller/dialect"
)

func TestEveryDialectHasAnExchange(t *testing.T) {
	for _, name := range dialect.Names() {
		got := In(name)
		if !strings.HasPrefix(got, "> ") || strings.Count(got, "\n> ") < 1 || strings.Count(got, "\n< ") < 2 {
			t.Errorf("%s: the exchange is %q", name, got)
		}
	}
	if got := In("auto"); got != "" {
		t.Errorf("auto has %q", got)
	}
	lines := strings.Split(In("ogc-job"), "\n")
	if lines[0] != "> POST https://ogc.example.org/processes/buffer/execution" || lines[6] != "< Location: /jobs/7" {
		t.Errorf("got %q", lines)
	}
}

// TestEveryTranscriptIsADialects: In needs the dialect of each file.
func TestEveryTranscriptIsADialects(t *testing.T) {
	files, err := filepath.Glob("*.txtar")
	if err != nil || len(files) == 0 {
		t.Fatal(files, err)
	}
	for _, file := range files {
		if _, ok := dialect.ByName(strings.TrimSuffix(file, ".txtar")); !ok {
			t.Errorf("%s is of no dialect", file)
		}
	}
}

func TestWriteMessage(t *testing.T) {
	long := strings.Repeat("x", 110)
	for _, test := range []struct {
		line   string
		header []string
		body   string
		want   string
	}{
		{"200 OK", nil, "", "< 200 OK\n"},
		{"200 OK", []string{""}, "", "< 200 OK\n"}, // no field
		{"200 OK", []string{"A: b"}, " {}\n", "< 200 OK\n< A: b\n<\n< {}\n"},
		{long, []string{long + "y"}, "", "< " + long + "\n< " + long + "...\n"},
	} {
		var out strings.Builder
		writeMessage(&out, "<", test.line, test.header, test.body)
		if got := out.String(); got != test.want {
			t.Errorf("%s, %q: got %q, want %q", test.line, test.header, got, test.want)
		}
	}
}
