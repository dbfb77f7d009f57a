package curl

import (
	"bytes"
	"io"
	"mime"
	"mime/multipart"
	"path/filepath"
	"strings"
	"testing"

	"github.com/asyncctl/asyncctl/poller/lro"
)

// field is one part of a form, as a server reads it.
type field struct{ name, file, media, content string }

// readForm reads a form as a server does.
func readForm(t testing.TB, req lro.Request) []field {
	t.Helper()
	media, params, err := mime.ParseMediaType(req.Header.Get("Content-Type"))
	if err != nil || media != "multipart/form-data" {
		t.Fatalf("content type %q: %v", req.Header.Get("Content-Type"), err)
	}
	var fields []field
	for r := multipart.NewReader(bytes.NewReader(req.Body), params["boundary"]); ; {
		part, err := r.NextRawPart()
		if err == io.EOF {
			return fields
		}
		if err != nil {
			t.Fatalf("%v in %q", err, req.Body)
		}
		content, err := io.ReadAll(part)
		if err != nil {
			t.Fatal(err)
		}
		_, disposition, err := mime.ParseMediaType(part.Header.Get("Content-Disposition"))
		if err != nil {
			t.Fatalf("%v in %q", err, req.Body)
		}
		fields = append(fields, field{disposition["name"], disposition["filename"], part.Header.Get("Content-Type"), string(content)})
	}
}

func TestForm(t *testing.T) {
	dir := t.TempDir()
	t.Chdir(dir)
	write(t, filepath.Join(dir, "a.bin"), "\xff\r\n--boundary\n\x00")
	write(t, filepath.Join(dir, "a;b.txt"), "semicolon")
	const octets = "application/octet-stream"
	for _, c := range []struct {
		name, arg string
		want      field
	}{
		{"text", "note=hello", field{"note", "", "", "hello"}},
		{"nothing", "note=", field{"note", "", "", ""}},
		{"text with =", "note=a=b", field{"note", "", "", "a=b"}},
		{"text with line breaks", "note=a\r\nb", field{"note", "", "", "a\r\nb"}},
		{"text of a type", "note=hello;type=text/html", field{"note", "", "text/html", "hello"}},
		{"a type with a parameter", "note=hello;type=text/html; charset=utf-8", field{"note", "", "text/html; charset=utf-8", "hello"}},
		{"text with a semicolon", "note=a;b", field{"note", "", "", "a;b"}},
		{"text with a semicolon and a type", "note=a;b;type=text/x", field{"note", "", "text/x", "a;b"}},
		{"text with what only looks like a parameter", "note=a;typewriter=b", field{"note", "", "", "a;typewriter=b"}},
		{"quoted text", `note="a;type=b"`, field{"note", "", "", "a;type=b"}},
		{"quoted text of a type", `note="a;b\"c\\";type=text/x`, field{"note", "", "text/x", `a;b"c\`}},
		{"text that only begins with a quote", `note="a" b`, field{"note", "", "", `"a" b`}},
		{"an open quote", `note="a;type=text/x`, field{"note", "", "text/x", `"a`}},
		{"a file", "f=@a.bin", field{"f", "a.bin", octets, "\xff\r\n--boundary\n\x00"}},
		{"a file of a type", "f=@a.bin;type=image/png", field{"f", "a.bin", "image/png", "\xff\r\n--boundary\n\x00"}},
		{"a file under another name", "f=@a.bin;filename=b.png", field{"f", "b.png", octets, "\xff\r\n--boundary\n\x00"}},
		{"both", "f=@a.bin;type=image/png;filename=b.png", field{"f", "b.png", "image/png", "\xff\r\n--boundary\n\x00"}},
		{"both, the other way round", "f=@a.bin; filename=b.png; type=image/png", field{"f", "b.png", "image/png", "\xff\r\n--boundary\n\x00"}},
		{"a quoted name with a semicolon", `f=@a.bin;filename="x;type=y.png"`, field{"f", "x;type=y.png", octets, "\xff\r\n--boundary\n\x00"}},
		{"a quoted path", `f=@"a;b.txt"`, field{"f", "a;b.txt", octets, "semicolon"}},
		{"a quoted path and a type", `f=@"a;b.txt";type=text/x`, field{"f", "a;b.txt", "text/x", "semicolon"}},
		{"a path with a semicolon", "f=@a;b.txt", field{"f", "a;b.txt", octets, "semicolon"}},
		{"only the content of a file", "f=<a;b.txt", field{"f", "", "", "semicolon"}},
		{"the content of a file, of a type", "f=<a;b.txt;type=text/x", field{"f", "", "text/x", "semicolon"}},
		{"stdin", "f=@-;filename=in.txt", field{"f", "in.txt", octets, "from stdin"}},
		{"the directory is not told", "f=@" + filepath.Join(dir, "a;b.txt"), field{"f", "a;b.txt", octets, "semicolon"}},
		{"a name with a quote and a backslash", `a"b\c=x`, field{`a"b\c`, "", "", "x"}},
		{"a name with letters", "größe=x", field{"größe", "", "", "x"}},
		{"a name with a joiner", "a\u200db=x", field{"a\u200db", "", "", "x"}},
		{"a name that smuggles", "a\r\nX: y=x", field{"a%0D%0AX: y", "", "", "x"}},
		{"a file name with a quote", `f=@a.bin;filename="a\"b"`, field{"f", `a"b`, octets, "\xff\r\n--boundary\n\x00"}},
	} {
		t.Run(c.name, func(t *testing.T) {
			req, err := newRequest(t, "-F", c.arg).Build("http://h/", &Input{Stdin: strings.NewReader("from stdin")})
			if err != nil {
				t.Fatal(err)
			}
			got := readForm(t, req)
			if len(got) != 1 || got[0] != c.want {
				t.Errorf("got %+v, want %+v", got, c.want)
			}
		})
	}
}

func TestFormKeepsTheOrder(t *testing.T) {
	req, err := newRequest(t, "-F", "b=1", "-F", "a=2", "-F", "b=3").Build("http://h/", &Input{})
	if err != nil {
		t.Fatal(err)
	}
	want := []field{{"b", "", "", "1"}, {"a", "", "", "2"}, {"b", "", "", "3"}}
	got := readForm(t, req)
	if len(got) != len(want) {
		t.Fatalf("got %+v", got)
	}
	for i := range want {
		if got[i] != want[i] {
			t.Errorf("field %d is %+v, want %+v", i, got[i], want[i])
		}
	}
}

// Whatever the words: nothing of a value is lost or made up, a parameter is one of the two, and the
// field arrives as one part under its name.
func FuzzForm(f *testing.F) {
	for _, s := range []string{"a=b", "a=b;type=text/x;filename=c", `a="b;c";type="d"`, `a="b\"`, "a=b;;type=", "=;", "a\r\n=\"\\", "a=b;type=x;type=y"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, text string) {
		name, value, ok := strings.Cut(text, "=")
		if strings.HasPrefix(value, "@") || strings.HasPrefix(value, "<") {
			t.Skip() // it may name any file
		}
		content, params := formParams(value)
		if len(params) > 2 || len(content) > len(value) {
			t.Errorf("formParams(%q) = %q, %q", value, content, params)
		}
		if !strings.Contains(value, ";") && !strings.Contains(value, `"`) && content != value {
			t.Errorf("formParams(%q) = %q", value, content)
		}
		r := Request{form: []formField{{text: text}}}
		req, err := r.Build("http://h/", &Input{})
		if err != nil {
			if ok && params["type"] == "" {
				t.Errorf("%q: %v", text, err)
			}
			return
		}
		if strings.ContainsFunc(name, func(c rune) bool { return c < ' ' || c > '~' }) || params["type"] != "" {
			return // what a reader makes of those is its own business
		}
		got := readForm(t, req)
		if len(got) != 1 || got[0].name != name || got[0].content != content {
			t.Errorf("%q arrives as %+v, want %q with %q", text, got, name, content)
		}
	})
}
