package render

import (
	"bytes"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

func TestNDJSONRoundTrip(t *testing.T) {
	paths, _ := filepath.Glob("testdata/*.jsonl")
	for _, path := range paths {
		want, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		var got bytes.Buffer
		view := NewNDJSON(&got, "not this one")
		if err := Replay(view, ReadEvents(bytes.NewReader(want))); err != nil {
			t.Fatalf("%s: %v", path, err)
		}
		view.Close()
		if got.String() != string(want) {
			t.Errorf("%s comes out different:\n%s", path, got.String())
		}
	}
}

func TestReadEventsIsStrict(t *testing.T) {
	const start = `{"at":"2026-11-23T12:00:00Z","op":0,"start":{"version":1,"tool":"t"}}` + "\n"
	const note = `{"at":"2026-11-23T12:00:00Z","op":0,"note":{"code":"c","text":"t"},"later":1}` + "\n"
	for name, tt := range map[string]struct{ stream, want string }{
		"good, with a field of the future": {start + note, ""},
		"empty":                            {"", "the recorded stream is empty"},
		"no start":                         {note, "line 1 of the recorded stream: a stream begins with a start record"},
		"second start":                     {start + note + start, "line 3 of the recorded stream: a second start record"},
		"newer version":                    {strings.Replace(start, `"version":1`, `"version":2`, 1), "line 1 of the recorded stream: version 2 of the stream is not known here; this program reads up to 1"},
		"no version":                       {strings.Replace(start, `"version":1,`, ``, 1), "line 1 of the recorded stream: version 0 of the stream is not known here; this program reads up to 1"},
		"no kind":                          {start + `{"at":"2026-11-23T12:00:00Z","op":0}`, "line 2 of the recorded stream: an event is of one kind; this one has 0 that are known here"},
		"two kinds":                        {start + `{"at":"2026-11-23T12:00:00Z","note":{},"wait":{}}`, "line 2 of the recorded stream: an event is of one kind; this one has 2 that are known here"},
		"blank line":                       {start + "\n" + note, "line 2 of the recorded stream: the line is empty"},
		"not JSON":                         {start + "hello", "line 2 of the recorded stream: not an event: "},
	} {
		t.Run(name, func(t *testing.T) {
			err := Replay(NewPlain(&bytes.Buffer{}), ReadEvents(strings.NewReader(tt.stream)))
			got := ""
			if err != nil {
				got = err.Error()
			}
			if tt.want == "" && got != "" || !strings.HasPrefix(got, tt.want) {
				t.Errorf("got %q, want %q", got, tt.want)
			}
		})
	}
}

func FuzzReadEvents(f *testing.F) {
	content, err := os.ReadFile("testdata/hostile.jsonl")
	if err != nil {
		f.Fatal(err)
	}
	f.Add(string(content))
	f.Fuzz(func(t *testing.T, stream string) {
		var out bytes.Buffer
		plain := NewPlain(&out)
		defer plain.Close()
		s := screen{width: 60, height: 12}
		b := newBoard(Options{})
		for e, err := range ReadEvents(strings.NewReader(stream)) {
			if err != nil {
				break
			}
			plain.Event(e)
			b.apply(e)
			if e.Start == nil {
				s.op = s.op.apply(e)
			}
			s.now = s.op.latest()
			checkFrame(t, "screen", s.view(), s.g, s.width, s.height)
			checkFrame(t, "board", strings.Join(b.lines(s.now, 60, 24), "\n"), b.g, 60, 24)
		}
		if CleanText(out.String()) != out.String() {
			t.Errorf("the lines are not clean: %q", out.String())
		}
	})
}
