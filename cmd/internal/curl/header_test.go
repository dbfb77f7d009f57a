package curl

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/http"
	"net/url"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

func TestHeader(t *testing.T) {
	dir := t.TempDir()
	long := strings.Repeat("x", 100_000) // more than a bufio.Scanner takes
	file := write(t, filepath.Join(dir, "headers"), "# a comment\r\nX-A: 1\r\n\r\n  X-B:2  \nX-Long: "+long+"\nX-Last: yes")
	password := write(t, filepath.Join(dir, "password"), "s3 cret:\n")
	for _, c := range []struct {
		name           string
		args           []string
		always, submit http.Header
	}{
		{"nothing", nil, nil, nil},
		{"one", []string{"-H", "X-A: 1"}, http.Header{"X-A": {"1"}}, nil},
		{"names have no case", []string{"-H", "x-a: 1", "-H", "X-A: 2"}, http.Header{"X-A": {"1", "2"}}, nil},
		{"blanks around", []string{"-H", " X-A :  1 2  "}, http.Header{"X-A": {"1 2"}}, nil},
		{"a colon in the value", []string{"-H", "X-A: b: c"}, http.Header{"X-A": {"b: c"}}, nil},
		{"a tab in the value", []string{"-H", "X-A: b\tc"}, http.Header{"X-A": {"b\tc"}}, nil},
		{"letters beyond ASCII", []string{"-H", "X-A: é"}, http.Header{"X-A": {"é"}}, nil},
		{"no value", []string{"-H", "X-A:"}, http.Header{"X-A": {""}}, nil},
		{"an empty one, curl's way", []string{"-H", "X-A;"}, http.Header{"X-A": {""}}, nil},
		{"a semicolon in the value", []string{"-H", "X-A: b;"}, http.Header{"X-A": {"b;"}}, nil},
		{"a file", []string{"-H", "@" + file}, http.Header{"X-A": {"1"}, "X-B": {"2"}, "X-Long": {long}, "X-Last": {"yes"}}, nil},
		{"stdin", []string{"-H", "@-"}, http.Header{"X-In": {"1"}}, nil},
		{"a user agent", []string{"-A", "me/1"}, http.Header{"User-Agent": {"me/1"}}, nil},
		{"-A beats -H", []string{"-A", "me/1", "-H", "user-agent: x"}, http.Header{"User-Agent": {"me/1"}}, nil},
		{"basic", []string{"-u", "me:pw"}, http.Header{"Authorization": {"Basic bWU6cHc="}}, nil},
		{"basic, a colon in the password", []string{"-u", "me:p:w"}, http.Header{"Authorization": {"Basic bWU6cDp3"}}, nil},
		{"basic, no password", []string{"-u", "me:"}, http.Header{"Authorization": {"Basic bWU6"}}, nil},
		{"basic, from a file", []string{"-u", "me:@" + password}, http.Header{"Authorization": {"Basic bWU6czMgY3JldDo="}}, nil},
		{"-u beats -H", []string{"-u", "me:pw", "-H", "Authorization: x"}, http.Header{"Authorization": {"Basic bWU6cHc="}}, nil},
		{"what describes the content is the submit's", []string{"-H", "content-type: text/plain", "-H", "X-A: 1"}, http.Header{"X-A": {"1"}}, http.Header{"Content-Type": {"text/plain"}}},
		{"wishes are the submit's", []string{"-H", "Prefer: a", "-H", "prefer: b", "-H", "If-Match: *"}, nil, http.Header{"Prefer": {"a", "b"}, "If-Match": {"*"}}},
		{"Accept is for both", []string{"-H", "Accept: text/csv"}, http.Header{"Accept": {"text/csv"}}, http.Header{"Accept": {"text/csv"}}},
	} {
		t.Run(c.name, func(t *testing.T) {
			always, submit, err := newHeader(t, c.args...).Build(&Input{Stdin: strings.NewReader("X-In: 1\n")})
			if err != nil {
				t.Fatal(err)
			}
			if fmt.Sprint(always) != fmt.Sprint(c.always) || fmt.Sprint(submit) != fmt.Sprint(c.submit) {
				t.Errorf("got %v and %v, want %v and %v", always, submit, c.always, c.submit)
			}
		})
	}
}

// Each field that only describes the submit leaves the polls.
func TestSubmitHeaderIsComplete(t *testing.T) {
	for _, name := range describesContent {
		always, submit, err := newHeader(t, "-H", name+": x").Build(&Input{})
		if err != nil || len(always) != 0 || submit.Get(name) != "x" {
			t.Errorf("%s: always %v, submit %v, %v", name, always, submit, err)
		}
	}
}

func TestHeaderErrors(t *testing.T) {
	dir := t.TempDir()
	bad := write(t, filepath.Join(dir, "bad"), "X-A: 1\ns3cret\n")
	for _, c := range []struct {
		name string
		args []string
		want string
	}{
		{"no colon", []string{"-H", "Authorization Bearer s3cret"}, `a header is "Name: value"; "Authorizatio..." has no colon`},
		{"a secret alone", []string{"-H", "s3cret"}, `a header is "Name: value"; "..." has no colon`},
		{"a secret alone in a file", []string{"-H", "@" + bad}, `a header is "Name: value"; "..." has no colon`},
		{"nothing", []string{"-H", ""}, "has no colon"},
		{"no name", []string{"-H", ": s3cret"}, `"..." is not the name of a header`},
		{"a name with a blank", []string{"-H", "Bad Name: s3cret"}, `"Bad..." is not the name of a header`},
		{"a colon behind the secret", []string{"-H", "Authorization s3cret:"}, `"Authorizatio..." is not the name of a header`},
		{"a name beyond ASCII", []string{"-H", "Größe: s3cret"}, "is not the name of a header"},
		{"JSON", []string{"-H", `{"token": "s3cret"}`}, "is not the name of a header"},
		{"a name with a control character", []string{"-H", "X\x01: s3cret"}, "is not the name of a header"},
		{"a value that smuggles", []string{"-H", "X-A: s3cret\r\nX-B: y"}, "the value of header X-A holds a line break"},
		{"a zero byte", []string{"-H", "X-A: s3cret\x00y"}, "the value of header X-A holds a line break"},
		{"a control character", []string{"-H", "X-A: s3cret\x1b[m"}, "the value of header X-A holds a control character"},
		{"a user agent that smuggles", []string{"-A", "me\r\nX: y"}, "the value of header User-Agent holds a line break"},
		{"a file that is missing", []string{"-H", "@" + bad + ".not"}, "open "},
		{"stdin twice", []string{"-H", "@-", "-H", "@-"}, "stdin can be read once only"},
		{"-u without a password", []string{"-u", "s3cret"}, "--user: write user:password, or user:@file"},
		{"-u with a file that is missing", []string{"-u", "s3cret:@" + bad + ".not"}, "open "},
		{"-u from stdin that was read", []string{"-H", "@-", "-u", "me:@-"}, "stdin can be read once only"},
	} {
		t.Run(c.name, func(t *testing.T) {
			always, submit, err := newHeader(t, c.args...).Build(&Input{Stdin: strings.NewReader("X-In: 1\n")})
			if err == nil || !strings.Contains(err.Error(), c.want) || strings.Contains(err.Error(), "s3cret") {
				t.Errorf("got %v, want an error about %q without the secret", err, c.want)
			}
			if always != nil || submit != nil {
				t.Errorf("there are headers beside the error: %v, %v", always, submit)
			}
		})
	}
}

// unreachable looks at a request as net/http does, and connects to nobody.
var (
	errUnreachable = errors.New("unreachable")
	unreachable    = &http.Transport{DialContext: func(context.Context, string, string) (net.Conn, error) { return nil, errUnreachable }}
)

// A line that is taken is a field that can be sent; one that is not is never quoted beyond its first
// word.
func FuzzHeaderLine(f *testing.F) {
	for _, s := range []string{"X-A: 1", "X-A;", "Bearer s3cret", ": x", "é: x", "X-A: \x7f", "X\t: y", "a b: c"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, line string) {
		h := http.Header{}
		if err := addHeader(h, line); err != nil {
			if len(h) != 0 {
				t.Errorf("%q was refused and taken: %v", line, h)
			}
			_, value, ok := strings.Cut(line, ":")
			if value = strings.TrimSpace(value); ok && len(value) > 30 && strings.Contains(err.Error(), value) {
				t.Errorf("%q is shown in %v", value, err)
			}
			return
		}
		if _, err := unreachable.RoundTrip(&http.Request{URL: &url.URL{Scheme: "http", Host: "h"}, Header: h}); !errors.Is(err, errUnreachable) {
			t.Errorf("%q gives %q, which cannot be sent: %v", line, h, err)
		}
		for name, values := range h {
			if len(h) != 1 || len(values) != 1 {
				t.Errorf("%q gives %q", line, h)
			}
			if http.CanonicalHeaderKey(name) != name {
				t.Errorf("the name %q is not in its canonical form", name)
			}
		}
	})
}

// The order of repeated fields is that of the command line, files in their place.
func TestHeaderOrder(t *testing.T) {
	file := write(t, filepath.Join(t.TempDir(), "h"), "X: 2\nX: 3\n")
	always, _, err := newHeader(t, "-H", "X: 1", "-H", "@"+file, "-H", "X: 4").Build(&Input{})
	if want := []string{"1", "2", "3", "4"}; err != nil || !slices.Equal(always["X"], want) {
		t.Errorf("got %q, %v; want %q", always["X"], err, want)
	}
}
