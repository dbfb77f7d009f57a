package curl

import (
	"net/http"
	"strings"
	"testing"

	"github.com/spf13/pflag"

	"github.com/asyncctl/asyncctl/poller/lro"
)

// pasted parses flags as a line of curl's has them.
func pasted(t *testing.T, args ...string) *Pasted {
	t.Helper()
	p, fs := &Pasted{}, pflag.NewFlagSet("", pflag.ContinueOnError)
	p.Bind(fs)
	if err := fs.Parse(args); err != nil {
		t.Fatal(err)
	}
	return p
}

func TestPastedRefusals(t *testing.T) {
	if err := pasted(t).Check(); err != nil {
		t.Errorf("nothing pasted: %v", err)
	}
	for _, f := range refusals {
		arg := "--" + f.name
		if f.value {
			arg += "=x"
		}
		if err := pasted(t, arg).Check(); err == nil || !strings.Contains(err.Error(), f.instead) {
			t.Errorf("%s: got %v, want %q", arg, err, f.instead)
		}
	}
	for _, f := range without {
		if err := pasted(t, "--"+f.name).Check(); err != nil {
			t.Errorf("--%s: %v", f.name, err)
		}
	}
	for cookie, good := range map[string]bool{"a=b": true, "a=b; c=d": true, "jar.txt": false} {
		if err := pasted(t, "--cookie", cookie).Check(); (err == nil) != good {
			t.Errorf("--cookie %s: %v", cookie, err)
		}
	}
}

func TestPastedApply(t *testing.T) {
	form := http.Header{"Content-Type": {"application/x-www-form-urlencoded"}}
	tests := []struct {
		name   string
		args   []string
		given  bool
		target string
		body   string
		header http.Header
		want   string
	}{
		{"nothing", nil, false, "http://h/x#f", "a=b", form, "POST http://h/x#f a=b"},
		{"a query", []string{"--url-query", "q=a b"}, false, "http://h/x", "", nil, "POST http://h/x?q=a+b "},
		{"one more", []string{"--url-query", "q=1"}, false, "http://h/x?y=2#f", "", nil, "POST http://h/x?y=2&q=1#f "},
		{"-G", []string{"-G"}, false, "http://h/x", "a=b", form, "GET http://h/x?a=b "},
		{"-G with a method", []string{"-G"}, true, "http://h/x", "a=b", form, "POST http://h/x?a=b "},
		{"-G without content", []string{"-G"}, false, "http://h/x", "", nil, "GET http://h/x "},
		{"-G with JSON", []string{"-G"}, false, "http://h/x", "{}", http.Header{"Content-Type": {"application/json"}}, "error"},
		{"-G with a form of parts", []string{"-G"}, false, "http://h/x", "x", http.Header{"Content-Type": {"multipart/form-data"}}, "error"},
		{"a file as query", []string{"--url-query", "@x"}, false, "http://h/x", "", nil, "error"},
		{"a file as a value", []string{"--url-query", "q@x"}, false, "http://h/x", "", nil, "error"},
		{"an @ in a value", []string{"--url-query", "q=a@b"}, false, "http://h/x", "", nil, "POST http://h/x?q=a%40b "},
	}
	for _, test := range tests {
		req := lro.Request{Method: "POST", URL: test.target, Header: test.header.Clone(), Body: []byte(test.body)}
		err := pasted(t, test.args...).Apply(&req, test.given)
		got := req.Method + " " + req.URL + " " + string(req.Body)
		if err != nil {
			got = "error"
		}
		if got != test.want {
			t.Errorf("%s: got %s (%v), want %s", test.name, got, err, test.want)
		}
		if got := req.Header.Get("Content-Type"); strings.HasPrefix(test.want, "GET") && got != "" {
			t.Errorf("%s: the content type %s is left", test.name, got)
		}
	}
}

func TestFileOf(t *testing.T) {
	for target, want := range map[string]string{
		"http://h/a/report.pdf?x=1": "report.pdf", "http://h/a/": "a", "http://h/": "", "http://h": "", "http://h/..": "", "http://h/%zz": "", "http://h/a%2fb": "b",
	} {
		if got, err := FileOf(target); got != want || (err == nil) != (want != "") {
			t.Errorf("%s: got %q, %v, want %q", target, got, err, want)
		}
	}
}
