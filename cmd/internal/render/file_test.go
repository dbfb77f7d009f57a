package render

import (
	"bytes"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// Off a terminal no view may steer one: the output is a log.
func TestOffATerminalNothingIsSteered(t *testing.T) {
	o := Options{Color: true, Names: NewRoster(orders(26)...), Title: "\x1b[31mtitle"}
	for view, open := range map[string]func(*os.File) View{
		"tui":    func(f *os.File) View { return NewTUI(f, o) },
		"bars":   func(f *os.File) View { return NewBars(f, o) },
		"plain":  func(f *os.File) View { p := NewPlain(f); p.Verbose = true; return p },
		"ndjson": func(f *os.File) View { return NewNDJSON(f, "t") },
	} {
		for name, events := range streams(t) {
			f, err := os.Create(filepath.Join(t.TempDir(), "log"))
			if err != nil {
				t.Fatal(err)
			}
			v := open(f)
			for _, e := range events {
				v.Event(e)
			}
			v.Close()
			v.Close()
			f.Close()
			got, err := os.ReadFile(f.Name())
			if err != nil {
				t.Fatal(err)
			}
			if len(got) == 0 {
				t.Errorf("%s of %s writes nothing", view, name)
			}
			if i := bytes.IndexAny(got, "\x1b\r\a\b\u009b"); i >= 0 {
				t.Errorf("%s of %s steers the terminal: %q", view, name, got[max(0, i-20):min(len(got), i+20)])
			}
			if view != "ndjson" && CleanText(string(got)) != string(got) {
				t.Errorf("%s of %s is not clean", view, name)
			}
		}
	}
}

func TestPlainSaysItEarlyInTheLine(t *testing.T) {
	for name, events := range streams(t) {
		if name == "hostile" {
			continue
		}
		var out bytes.Buffer
		p := NewPlain(&out)
		for _, e := range events {
			p.Event(e)
		}
		p.Close()
		for line := range strings.Lines(out.String()) {
			// At 40 columns a reader sees the word that matters, before a URL or a sentence goes on.
			if head, _, _ := strings.Cut(line, "http"); wide(head) > 40 && !strings.HasPrefix(head, "note: ") && !strings.Contains(head[:40], ":") {
				t.Errorf("%s: the line is too long to be read: %q", name, line)
			}
		}
	}
}
