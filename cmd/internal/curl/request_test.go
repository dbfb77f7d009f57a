package curl

import (
	"errors"
	"maps"
	"net/http"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"testing/iotest"
)

// The content of -d and its relatives, by curl's manual.
func TestData(t *testing.T) {
	dir := t.TempDir()
	text := write(t, filepath.Join(dir, "text"), "one\r\ntwo\n\x00three\n")
	binary := write(t, filepath.Join(dir, "binary"), "\xff\xfe\n\x80é")
	for _, c := range []struct {
		name  string
		args  []string
		stdin string
		want  string
	}{
		{"as it is", []string{"-d", "a=1"}, "", "a=1"},
		{"line breaks of an argument stay", []string{"-d", "a\r\nb"}, "", "a\r\nb"},
		{"several are joined", []string{"-d", "a=1", "-d", "b=2", "-d", "c"}, "", "a=1&b=2&c"},
		{"an empty one first", []string{"-d", "", "-d", "b"}, "", "b"},
		{"an empty one last", []string{"-d", "a", "-d", ""}, "", "a&"},
		{"commas do not separate", []string{"-d", "a,b", "-d", "c"}, "", "a,b&c"},
		{"a file loses its line breaks", []string{"-d", "@" + text}, "", "onetwothree"},
		{"a binary file loses nothing else", []string{"-d", "@" + binary}, "", "\xff\xfe\x80é"},
		{"stdin loses its line breaks", []string{"-d", "@-"}, "x\ny\n", "xy"},
		{"--data-binary keeps a file", []string{"--data-binary", "@" + text}, "", "one\r\ntwo\n\x00three\n"},
		{"--data-binary keeps stdin", []string{"--data-binary", "@-"}, "x\ny\n", "x\ny\n"},
		{"--data-binary takes text too", []string{"--data-binary", "x"}, "", "x"},
		{"--data-raw knows no @", []string{"--data-raw", "@text"}, "", "@text"},
		{"the order is that of the command line", []string{"--data-urlencode", "a= ", "-d", "b", "--data-raw", "c", "--data-binary", "d", "-d", "e"}, "", "a=+&b&c&d&e"},
		{"urlencode: content", []string{"--data-urlencode", "a b&c/é~-_."}, "", "a+b%26c%2F%C3%A9~-_."},
		{"urlencode: =content", []string{"--data-urlencode", "=a=b@c"}, "", "a%3Db%40c"},
		{"urlencode: name=content", []string{"--data-urlencode", "q=a=b&c"}, "", "q=a%3Db%26c"},
		{"urlencode: the name is encoded already", []string{"--data-urlencode", "a[%5D=x"}, "", "a[%5D=x"},
		{"urlencode: @file", []string{"--data-urlencode", "@" + binary}, "", "%FF%FE%0A%80%C3%A9"},
		{"urlencode: name@file", []string{"--data-urlencode", "q@" + binary}, "", "q=%FF%FE%0A%80%C3%A9"},
		{"urlencode: name@stdin", []string{"--data-urlencode", "q@-"}, "x\n", "q=x%0A"},
		{"urlencode: = comes before @", []string{"--data-urlencode", "me@example.com=x y"}, "", "me@example.com=x+y"},
		{"urlencode: an @ in the content", []string{"--data-urlencode", "mail=me@example.com"}, "", "mail=me%40example.com"},
		{"urlencode: nothing", []string{"--data-urlencode", ""}, "", ""},
		{"urlencode: an empty content", []string{"--data-urlencode", "q="}, "", "q="},
	} {
		t.Run(c.name, func(t *testing.T) {
			req, err := newRequest(t, c.args...).Build("http://h/", &Input{Stdin: strings.NewReader(c.stdin)})
			if err != nil {
				t.Fatal(err)
			}
			if got := string(req.Body); got != c.want {
				t.Errorf("got %q, want %q", got, c.want)
			}
			if got := req.Header.Get("Content-Type"); got != "application/x-www-form-urlencoded" {
				t.Errorf("content type %q", got)
			}
		})
	}
}

func TestRequest(t *testing.T) {
	file := write(t, filepath.Join(t.TempDir(), "json"), "{\"a\":\n1}\n")
	for _, c := range []struct {
		name string
		args []string
		want string // METHOD header=value... content
	}{
		{"nothing", nil, "POST "},
		{"another method", []string{"-X", "PUT"}, "PUT "},
		{"a method of one's own", []string{"-X", "m-search"}, "m-search "},
		{"an empty method", []string{"-X", ""}, "POST "},
		{"JSON", []string{"--json", `{"a":1}`}, `POST Accept=application/json Content-Type=application/json {"a":1}`},
		{"JSON in pieces", []string{"--json", `{"a":`, "--json", `1}`}, `POST Accept=application/json Content-Type=application/json {"a":1}`},
		{"JSON from a file keeps its line breaks", []string{"--json", "@" + file}, "POST Accept=application/json Content-Type=application/json {\"a\":\n1}\n"},
		{"a key", []string{"--idempotency-key", "k1"}, `POST Idempotency-Key="k1" `},
		{"a quoted key", []string{"--idempotency-key", `"k1"`}, `POST Idempotency-Key="k1" `},
		{"a key with a quote", []string{"--idempotency-key", `a"b\`}, `POST Idempotency-Key="a\"b\\" `},
		{"asynchronously, please", []string{"--prefer-async"}, "POST Prefer=respond-async "},
		{"wait a little", []string{"--prefer-wait", "5"}, "POST Prefer=wait=5 "},
		{"both", []string{"--prefer-async", "--prefer-wait", "5"}, "POST Prefer=respond-async, wait=5 "},
	} {
		t.Run(c.name, func(t *testing.T) {
			req, err := newRequest(t, c.args...).Build("http://h/x", &Input{})
			if err != nil {
				t.Fatal(err)
			}
			got := req.Method + " "
			for _, name := range slices.Sorted(maps.Keys(req.Header)) {
				got += name + "=" + strings.Join(req.Header[name], "|") + " "
			}
			if got += string(req.Body); got != c.want || req.URL != "http://h/x" {
				t.Errorf("got %q to %s, want %q", got, req.URL, c.want)
			}
		})
	}
}

func TestRequestErrors(t *testing.T) {
	missing := filepath.Join(t.TempDir(), "missing")
	for _, c := range []struct {
		name string
		args []string
		want string
	}{
		{"a method with a blank", []string{"-X", "BAD METHOD"}, `--request "BAD METHOD" is not a method`},
		{"a method with a line break", []string{"-X", "GET\r\nX: y"}, "is not a method"},
		{"a method that net/http would refuse", []string{"-X", "GÉT"}, "is not a method"},
		{"data and JSON", []string{"-d", "x", "--json", "y"}, "--data, --json and --form exclude each other"},
		{"raw data and a form", []string{"--data-raw", "x", "-F", "a=b"}, "--data, --json and --form exclude each other"},
		{"JSON and a form", []string{"--json", "x", "-F", "a=b"}, "--data, --json and --form exclude each other"},
		{"a file that is missing", []string{"-d", "@" + missing}, "open " + missing + ": "},
		{"an encoded one", []string{"--data-urlencode", "q@" + missing}, "open " + missing + ": "},
		{"a JSON one", []string{"--json", "@" + missing}, "open " + missing + ": "},
		{"a form's", []string{"-F", "a=@" + missing}, "open " + missing + ": "},
		{"a directory", []string{"-d", "@" + filepath.Dir(missing)}, "reading " + filepath.Dir(missing) + ": "},
		{"stdin twice", []string{"-d", "@-", "-d", "@-"}, "stdin can be read once only"},
		{"a form without =", []string{"-F", "nonsense"}, `--form "nonsense": it is name=value`},
		{"a form's type that smuggles", []string{"-F", "a=b;type=text/plain\r\nX: y"}, "is not a media type"},
		{"a negative wait", []string{"--prefer-wait", "-1"}, "--prefer-wait -1: it is a number of seconds"},
		{"a key with a line break", []string{"--idempotency-key", "a\nb"}, "a key is made of printable ASCII"},
		{"a key with a letter beyond ASCII", []string{"--idempotency-key", "é"}, "a key is made of printable ASCII"},
	} {
		t.Run(c.name, func(t *testing.T) {
			_, err := newRequest(t, c.args...).Build("http://h/", &Input{Stdin: strings.NewReader("x")})
			if err == nil || !strings.Contains(err.Error(), c.want) {
				t.Errorf("got %v, want an error about %q", err, c.want)
			}
		})
	}
}

func TestStdinThatBreaks(t *testing.T) {
	broken := errors.New("broken")
	_, err := newRequest(t, "-d", "@-").Build("http://h/", &Input{Stdin: iotest.ErrReader(broken)})
	if !errors.Is(err, broken) || !strings.Contains(err.Error(), "reading stdin: ") {
		t.Errorf("got %v", err)
	}
}

// Header and content share one Input: stdin cannot be meant for both.
func TestStdinIsForOneFlagAlone(t *testing.T) {
	in := &Input{Stdin: strings.NewReader("X-Key: s3cret\n")}
	if always, _, err := newHeader(t, "-H", "@-").Build(in); err != nil || always.Get("X-Key") != "s3cret" {
		t.Fatalf("%v, %v", always, err)
	}
	if _, err := newRequest(t, "-d", "@-").Build("http://h/", in); err == nil || err.Error() != "stdin can be read once only" {
		t.Errorf("got %v", err)
	}
}

func TestAutomaticKeysDiffer(t *testing.T) {
	seen := map[string]bool{}
	for range 20 {
		req, err := newRequest(t, "--idempotency-key", "auto").Build("http://h/", &Input{})
		if err != nil {
			t.Fatal(err)
		}
		key := req.Header.Get("Idempotency-Key")
		if len(key) < 22 || key[0] != '"' || key[len(key)-1] != '"' || seen[key] {
			t.Errorf("the key %s is short, not quoted, or there already", key)
		}
		seen[key] = true
	}
}

// What is not refused can be sent: net/http has nothing to object to.
func FuzzMethod(f *testing.F) {
	for _, m := range []string{"GET", "m-search", "A B", "", "É", "a\x7f"} {
		f.Add(m)
	}
	f.Fuzz(func(t *testing.T, method string) {
		r := Request{method: method}
		req, err := r.Build("http://h/", &Input{})
		if err != nil {
			return
		}
		if _, err := http.NewRequest(req.Method, req.URL, nil); err != nil {
			t.Errorf("--request %q is taken, but %v", method, err)
		}
	})
}
