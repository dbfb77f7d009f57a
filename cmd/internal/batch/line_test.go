package batch

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/asyncctl/asyncctl/internal/reach"
)

func TestLines(t *testing.T) {
	dir := t.TempDir()
	if err := os.WriteFile(filepath.Join(dir, "content"), []byte("from a file"), 0o600); err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		name, text string
		want       string // METHOD URL content-type body
		err        string
	}{
		{"only a URL", `{"url":"https://h/x"}`, "POST https://h/x  ", ""},
		{"no URL", `{}`, "POST https://default/  ", ""},
		{"JSON", `{"json":{"a":1}}`, `POST https://default/ application/json {"a":1}`, ""},
		{"text", `{"body":"hello","method":"PUT","headers":{"content-type":"text/plain"}}`, "PUT https://default/ text/plain hello", ""},
		{"empty text", `{"body":""}`, "POST https://default/  ", ""},
		{"a file", `{"body_file":"content"}`, "POST https://default/  from a file", ""},
		{"a file that is not there", `{"body_file":"none"}`, "", "body_file: stat"},
		{"two contents", `{"body":"a","json":1}`, "", "exclude each other"},
		{"unknown member", `{"uri":"x"}`, "", "known are id, url"},
		{"no object", `[]`, "", "not a JSON object"},
		{"two objects", `{} {}`, "", "one object a line"},
		{"cut off", `{"url":`, "", "not a JSON object"},
		{"another scheme", `{"url":"file:///etc/passwd"}`, "", "is not an http or https URL"},
		{"a bad method", `{"method":"GET /"}`, "", "unknown method"},
		{"a header that smuggles", `{"headers":{"X":"a\r\nY: b"}}`, "", "line break"},
	} {
		t.Run(c.name, func(t *testing.T) {
			n := 0
			for l := range (Source{URL: "https://default/", Dir: dir}).Lines(strings.NewReader("\n" + c.text + "\n\n")) {
				n++
				if l.Number != 2 {
					t.Errorf("number %d, want 2", l.Number)
				}
				if c.err != "" {
					if l.Err == nil || !strings.Contains(l.Err.Error(), c.err) {
						t.Errorf("error %v, want one about %q", l.Err, c.err)
					}
					continue
				}
				r := l.Request
				if got := r.Method + " " + r.URL + " " + r.Header.Get("Content-Type") + " " + string(r.Body); got != c.want || l.Err != nil {
					t.Errorf("got %q, %v; want %q", got, l.Err, c.want)
				}
			}
			if n != 1 {
				t.Errorf("%d lines, want 1", n)
			}
		})
	}
}

func TestLineTooLong(t *testing.T) {
	var got []Line
	for l := range (Source{}).Lines(strings.NewReader("{}\n" + strings.Repeat("x", maxLine+1))) {
		got = append(got, l)
	}
	if len(got) != 2 || got[1].Err == nil || !strings.Contains(got[1].Err.Error(), "cannot be read") {
		t.Errorf("got %d lines, the last with %v", len(got), got[len(got)-1].Err)
	}
}

func FuzzLine(f *testing.F) {
	f.Add([]byte(`{"url":"https://h/x","json":{"a":1},"headers":{"A":"b"}}`))
	f.Add([]byte(`{"body_file":"/dev/null"}`))
	f.Fuzz(func(t *testing.T, text []byte) {
		if strings.Contains(string(text), "body_file") {
			t.Skip() // it may name any file
		}
		for l := range (Source{URL: "https://h/"}).Lines(strings.NewReader(string(text))) {
			if l.Err == nil && (l.Request.URL == "" || l.Request.Method == "" || l.ID == "" || l.Sum == "") {
				t.Errorf("a line without an error is incomplete: %+v", l)
			}
		}
	})
}

// With credentials, a run has one origin: a list grants no trust.
func TestLinesOfOtherOrigins(t *testing.T) {
	const list = `{"url":"https://a.example/1"}
{"url":"https://a.example:443/2"}
{"url":"https://b.example/3"}
{"url":"http://a.example/4"}
{"url":"https://a.example@b.example/5"}
{"url":"https://c.example/6"}`
	trusted := []string{"https://c.example"}
	tests := []struct {
		name string
		keys *reach.Keys
		want string // + for a line that is right
	}{
		{"no credentials", nil, "++++++"},
		{"the first line's origin", &reach.Keys{Trusted: trusted}, "++---+"},
		{"another origin", &reach.Keys{Home: "https://b.example"}, "--+-+-"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			for range 2 { // nothing is kept from one reading to the next
				got := ""
				for l := range (Source{Keys: test.keys}).Lines(strings.NewReader(list)) {
					mark := "+"
					if l.Err != nil {
						mark = "-"
						if !strings.Contains(l.Err.Error(), "--trust-origin http") {
							t.Errorf("line %d: %v", l.Number, l.Err)
						}
					}
					got += mark
				}
				if got != test.want {
					t.Errorf("got %s, want %s", got, test.want)
				}
			}
		})
	}
}

// A journal is bound to all that is sent: the line, the URL that it leaves out, and the content of its file.
func TestSumOfALine(t *testing.T) {
	dir := t.TempDir()
	content := func(text string) {
		if err := os.WriteFile(filepath.Join(dir, "b"), []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	sum := func(s Source, text string) string {
		s.Dir = dir
		for l := range s.Lines(strings.NewReader(text)) {
			if l.Err != nil {
				t.Fatal(l.Err)
			}
			return l.Sum
		}
		return ""
	}
	content("one")
	const whole, bare, file = `{"url":"http://h/x"}`, `{"json":1}`, `{"url":"http://h/x","body_file":"b"}`
	a, b := Source{URL: "http://a/"}, Source{URL: "http://b/"}
	if sum(a, whole) != sum(b, whole) {
		t.Error("--url counts for a line that names its own")
	}
	if sum(a, bare) == sum(b, bare) {
		t.Error("--url does not count for a line that names none")
	}
	if sum(Source{URL: "http://a:1/", Given: "mock:"}, bare) != sum(Source{URL: "http://a:2/", Given: "mock:"}, bare) {
		t.Error("what counts is not what the person named")
	}
	before := sum(a, file)
	if content("two"); sum(a, file) == before {
		t.Error("the content of a file does not count")
	}
	if sum(a, "\ufeff"+whole) != sum(a, whole) {
		t.Error("a byte order mark counts")
	}
}

func TestReadBody(t *testing.T) {
	dir := t.TempDir()
	large := filepath.Join(dir, "large")
	if f, err := os.Create(large); err != nil || f.Truncate(maxBody+1) != nil {
		t.Fatal(err)
	}
	for path, want := range map[string]string{large: "larger than 64 MiB", dir: "not a regular file", filepath.Join(dir, "none"): "no such file"} {
		if _, err := readBody(path); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: got %v, want an error about %q", path, err, want)
		}
	}
	if err := os.Truncate(large, maxBody); err != nil {
		t.Fatal(err)
	}
	if body, err := readBody(large); err != nil || len(body) != maxBody {
		t.Errorf("got %d bytes, %v", len(body), err)
	}
}
