package target_test

import (
	"os"
	"path/filepath"
	"reflect"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/asyncctl/asyncctl/cmd/internal/target"
	"github.com/asyncctl/asyncctl/conformance"
)

// write writes files beside each other and returns the path of the first.
func write(t *testing.T, files ...string) string {
	t.Helper()
	dir := t.TempDir()
	for i := 0; i < len(files); i += 2 {
		if err := os.WriteFile(filepath.Join(dir, files[i]), []byte(files[i+1]), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	return filepath.Join(dir, files[0])
}

func environment(name string) string { return map[string]string{"TOKEN": "t0ken"}[name] }

func TestRead(t *testing.T) {
	path := write(t, "target.yaml", `
url: https://api.example.com/v1/reports
dialect: azure-oploc
headers: {X-Team: billing}
credentials:
  Authorization: {env: TOKEN, prefix: "Bearer "}
  X-Key: {file: key.txt}
other: {Authorization: Bearer other}
trust: ["https://status.example.com"]
slow:
  json: {year: 2026, since: 2026-01-01, big: 12345678901234567890, list: [a, null, 1.50, yes]}
fast: {url: "?rows=1", method: put, headers: {Content-Type: text/plain}, body: "x"}
fail: {url: "/v1/{{uuid}}?a={{uuid}}", body_file: body.bin}
invalid: {url: "https://else.example.com/", headers: {Content-Type: application/problem+json}, json: {}}
cancel: yes
keys: no
auth: unknown
unknown: /v1/status/none
retention: 90s
burst: true
wait: true
`, "key.txt", "k3y\n", "body.bin", "\x00\x01")
	got, err := target.Read(path, environment)
	if err != nil {
		t.Fatal(err)
	}
	type fields = conformance.Fields
	want := &target.File{
		Header: fields{{Name: "X-Team", Value: "billing"}}, Credentials: fields{{Name: "Authorization", Value: "Bearer t0ken"}, {Name: "X-Key", Value: "k3y"}},
		Other: fields{{Name: "Authorization", Value: "Bearer other"}}, Trust: []string{"https://status.example.com"},
		Target: conformance.Target{
			Dialect: "azure-oploc", Cancel: conformance.Supported, Keys: conformance.Unsupported,
			Slow: &conformance.Submit{URL: "https://api.example.com/v1/reports", Header: fields{{Name: "Content-Type", Value: "application/json"}},
				Body: []byte(`{"year":2026,"since":"2026-01-01","big":12345678901234567890,"list":["a",null,1.50,"yes"]}`)},
			Fast:    &conformance.Submit{Method: "PUT", URL: "https://api.example.com/v1/reports?rows=1", Header: fields{{Name: "Content-Type", Value: "text/plain"}}, Body: []byte("x")},
			Fail:    &conformance.Submit{URL: "https://api.example.com/v1/{{uuid}}?a={{uuid}}", Body: []byte{0, 1}},
			Invalid: &conformance.Submit{URL: "https://else.example.com/", Header: fields{{Name: "Content-Type", Value: "application/problem+json"}}, Body: []byte("{}")},
			Unknown: "https://api.example.com/v1/status/none", Retention: 90 * time.Second, Burst: true, Wait: true,
		},
	}
	if !reflect.DeepEqual(got, want) {
		t.Errorf("got  %+v\n     %+v\nwant %+v", got, got.Target.Slow, want)
	}
}

func TestReadJSONAndMock(t *testing.T) {
	got, err := target.Read(write(t, "t.json", `{"url": "mock:?duration=1s", "fail": {"url": "?outcome=failed"}}`), environment)
	if err != nil || got.Target.Slow.URL != "mock:?duration=1s" || got.Target.Fail.URL != "mock:?duration=1s&outcome=failed" {
		t.Errorf("got %+v, %v", got, err)
	}
}

func TestReadSaysWhatIsWrongAndWhere(t *testing.T) {
	for name, tt := range map[string]struct{ text, want string }{
		"empty":             {"", "there is nothing in it"},
		"no YAML":           {"url: [", "line 1"},
		"a list":            {"- url", `:1: the file is a list; write fields in it`},
		"unknown field":     {"url: http://a/\nfial: {}", ":2: there is no field fial; did you mean fail?"},
		"unknown inner":     {"url: http://a/\nslow:\n  methd: PUT", ":3: there is no field slow.methd; did you mean method?"},
		"far from all":      {"url: http://a/\nslow: {zzzzzzzz: 1}", "there are body, body_file, headers, json, method, url"},
		"twice":             {"url: http://a/\nurl: http://b/", ":2: url is there twice"},
		"no submit":         {"dialect: auto", "neither slow nor url"},
		"no URL":            {"slow: {json: {}}", ":1: slow: it has no url"},
		"relative URL":      {"url: /a", "url: \"/a\" is no URL to submit to"},
		"mock and relative": {"url: 'mock:'\nslow: {url: /a}", ":2: slow: \"/a\" cannot be relative to mock:"},
		"two contents":      {"url: http://a/\nslow: {json: 1, body: x}", ":2: slow: json, body and body_file exclude each other"},
		"no such file":      {"url: http://a/\nslow: {body_file: nowhere}", ":2: slow.body_file: open"},
		"no such variable":  {"url: http://a/\ncredentials:\n  A: {env: NOPE}", ":3: credentials.A: the variable NOPE is not set"},
		"no source":         {"url: http://a/\ncredentials:\n  A: {prefix: x}", ":3: credentials.A: say env"},
		"two sources":       {"url: http://a/\ncredentials:\n  A: {env: TOKEN, file: x}", ":3: credentials.A: say env"},
		"bad header name":   {"url: http://a/\nheaders: {'a b': c}", ":2: headers: \"a b\" is not the name of a header"},
		"bad header value":  {"url: http://a/\nheaders: {a: \"b\\nc\"}", ":2: headers.a: its value holds a control character"},
		"headers as a list": {"url: http://a/\nheaders: [a]", ":2: headers is a list; write Name: value"},
		"bad support":       {"url: http://a/\ncancel: maybe", ":2: cancel is \"maybe\"; write yes, no or unknown"},
		"bad duration":      {"url: http://a/\nretention: 60", ":2: retention is \"60\"; write a duration"},
		"bad flag":          {"url: http://a/\nburst: 7", ":2: burst is \"7\"; write true or false"},
		"bad origin":        {"url: http://a/\ntrust: [https://a/b]", ":2: trust: \"https://a/b\" is no origin"},
		"wait for what":     {"url: http://a/\nslow: {}\nwait: true", "wait needs retention"},
		"bad unknown":       {"url: http://a/\nunknown: 'http://[x'", "unknown: "},
	} {
		t.Run(name, func(t *testing.T) {
			_, err := target.Read(write(t, "target.yaml", tt.text), environment)
			if err == nil || !strings.Contains(err.Error(), tt.want) {
				t.Errorf("got %v, want %s", err, tt.want)
			}
		})
	}
	if _, err := target.Read(t.TempDir(), environment); err == nil || !strings.Contains(err.Error(), "is a directory") {
		t.Errorf("a directory: %v", err)
	}
	_, err := target.Read(write(t, "target.yaml", "a: 1\nb: 2\nurl: http://a/"), environment)
	if err == nil || strings.Count(err.Error(), "\n") != 1 {
		t.Errorf("two mistakes are told as %v", err)
	}
}

func TestTemplateReadsBack(t *testing.T) {
	sketches := map[string]target.Sketch{
		"nothing known": {},
		"from a document": {
			Source: "api.yaml, createReport", Missing: []string{"The content\nis made up."}, Credentials: []string{"Authorization", "X-Api-Key"},
			Slow: conformance.Submit{Method: "PUT", URL: "https://api.example.com/reports?a=\"b\"", Body: []byte("{\"a\":\"\u202e\x00é\"}"), Header: conformance.Fields{{Name: "Content-Type", Value: "application/json"}}},
		},
	}
	for name, sketch := range sketches {
		text := target.Template(sketch)
		got, err := target.Read(write(t, "t.yaml", text), func(string) string { return "v" })
		if err != nil {
			t.Fatalf("%s: %v\n%s", name, err, text)
		}
		if sketch.Slow.URL != "" && !reflect.DeepEqual(*got.Target.Slow, sketch.Slow) {
			t.Errorf("%s: got %+v, want %+v", name, got.Target.Slow, sketch.Slow)
		}
		if len(got.Credentials) != len(sketch.Credentials) {
			t.Errorf("%s: credentials %v", name, got.Credentials)
		}
		for _, field := range []string{"fast", "fail", "invalid", "other", "trust", "headers", "retention", "wait", "burst", "unknown"} {
			if !strings.Contains(text, "\n#"+field+":") {
				t.Errorf("%s: there is nothing about %s", name, field)
			}
		}
		uncommented := regexp.MustCompile(`(?m)^#(\w|  )`).ReplaceAllString(text, "$1")
		if _, err := target.Read(write(t, "t.yaml", uncommented), func(string) string { return "v" }); err != nil {
			t.Errorf("%s: with all fields: %v\n%s", name, err, uncommented)
		}
	}
}

func TestAliasesOfAliasesAreBounded(t *testing.T) {
	text := "url: http://a/\nslow:\n  json:\n    - &a [x, x, x, x, x, x, x, x, x]\n"
	for c := 'b'; c < 'z'; c++ {
		text += "    - &" + string(c) + " [" + strings.Repeat("*"+string(c-1)+", ", 9) + "x]\n"
	}
	_, err := target.Read(write(t, "t.yaml", text), environment)
	if err == nil || !strings.Contains(err.Error(), "slow.json has more than") {
		t.Errorf("got %v", err)
	}
}

func FuzzRead(f *testing.F) {
	for _, seed := range []string{"url: http://a/", "slow: {json: &a [*a]}", "a: &x {b: *x}\nslow: *x", "url: mock:\ncredentials: {A: {env: TOKEN}}", "{"} {
		f.Add(seed)
	}
	dir := f.TempDir()
	f.Fuzz(func(t *testing.T, text string) {
		path := filepath.Join(dir, "t.yaml")
		os.WriteFile(path, []byte(text), 0o600)
		got, err := target.Read(path, environment)
		if (got == nil) == (err == nil) {
			t.Fatalf("got %v and %v", got, err)
		}
		if err == nil && (got.Target.Slow == nil || got.Target.Slow.URL == "") {
			t.Fatalf("nothing to submit in %q", text)
		}
	})
}
