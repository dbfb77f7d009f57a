package openapi

import (
	"os"
	"strings"
	"testing"
)

func TestSubmit(t *testing.T) {
	doc, err := Read("testdata/reports.yaml")
	if err != nil {
		t.Fatal(err)
	}
	o, err := doc.Find("createReport")
	if err != nil {
		t.Fatal(err)
	}
	s, remarks, err := o.Submit("")
	if err != nil {
		t.Fatal(err)
	}
	if want := "https://eu.example.com/v1/reports/acme?fmt=pdf"; s.Method != "POST" || s.URL != want {
		t.Errorf("got %s %s, want POST %s", s.Method, s.URL, want)
	}
	want := `{"year":2026,"since":"2026-01-02","tags":["examplexx","examplexx"],"part":{"name":"example"},"size":10,"ratio":0.5,"note":"a note"}`
	if string(s.Body) != want {
		t.Errorf("got  %s\nwant %s", s.Body, want)
	}
	if s.Header.Get("X-Trace") != formats["uuid"] || s.Header.Get("Content-Type") != "application/json; charset=utf-8" {
		t.Errorf("header %v", s.Header)
	}
	if text := strings.Join(remarks, "\n"); !strings.Contains(text, "X-Trace") || !strings.Contains(text, "made up from the schema") || strings.Contains(text, "tenant") {
		t.Errorf("remarks %v", remarks)
	}
	if got := o.Credentials(); len(got) != 1 || got[0] != "Authorization" {
		t.Errorf("credentials %v", got)
	}
	if s, _, err := o.Submit("http://127.0.0.1:1/base/"); err != nil || !strings.HasPrefix(s.URL, "http://127.0.0.1:1/base/reports/") {
		t.Errorf("with a base: %v, %v", s, err)
	}
}

func TestForm(t *testing.T) {
	doc, err := Read("testdata/reports.yaml")
	if err != nil {
		t.Fatal(err)
	}
	o, err := doc.Find("put /imports")
	if err != nil {
		t.Fatal(err)
	}
	s, remarks, err := o.Submit("")
	if err != nil || s.Method != "PUT" || string(s.Body) != "a=1&b=x+y" || len(remarks) != 0 || o.Credentials() != nil {
		t.Errorf("got %+v, %v, %v, credentials %v", s, remarks, err, o.Credentials())
	}
}

func TestWhatIsWrong(t *testing.T) {
	doc, err := Read("testdata/reports.yaml")
	if err != nil {
		t.Fatal(err)
	}
	for name, want := range map[string]string{
		"":     "has several operations that answer 202; choose one with --operation: createReport, PUT /imports, upload",
		"nope": `has no operation "nope" that answers 202; there are createReport`,
	} {
		if _, err := doc.Find(name); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%q: got %v, want %s", name, err, want)
		}
	}
	upload, err := doc.Find("upload")
	if err != nil {
		t.Fatal(err)
	}
	if _, _, err := upload.Submit(""); err == nil || !strings.Contains(err.Error(), "takes image/png: of these no example can be made") {
		t.Errorf("got %v", err)
	}
	for text, want := range map[string]string{
		"swagger: '2.0'":            "Swagger 2",
		"a: 1":                      "no OpenAPI 3 document",
		"{":                         "line 1",
		"":                          "no OpenAPI 3 document",
		"openapi: 3.0.3\npaths: {}": "has no operation that answers 202",
		"openapi: 3.0.3\npaths: {/a: {$ref: 'paths/gone.yaml'}}": `has no operation that answers 202; its reference "paths/gone.yaml" leads nowhere: only files beside`,
		"openapi: 3.0.3\npaths: {/a: {$ref: '#/nowhere'}}":       `its reference "#/nowhere" leads nowhere`,
	} {
		d, err := parse("api.yaml", []byte(text))
		if err == nil {
			_, err = d.Find("")
		}
		if err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%q: got %v, want %s", text, err, want)
		}
	}
	for servers, want := range map[string]string{"[]": "names no server", "[{url: /v1}]": "is relative"} {
		d, err := parse("api.json", []byte(`{openapi: 3.0.0, servers: `+servers+`, paths: {/a: {post: {responses: {"202": {}}}}}}`))
		if err != nil {
			t.Fatal(err)
		}
		o, err := d.Find("")
		if err != nil {
			t.Fatal(err)
		}
		if _, _, err := o.Submit(""); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: got %v", servers, err)
		}
	}
}

func FuzzSubmit(f *testing.F) {
	seed, err := os.ReadFile("testdata/reports.yaml")
	if err != nil {
		f.Fatal(err)
	}
	f.Add(string(seed))
	f.Add(`{"openapi":"3.0.0","paths":{"/a":{"post":{"responses":{"202":{}},"requestBody":{"required":true,"content":{"application/json":{"schema":{"$ref":"#/paths"}}}}}}}}`)
	f.Add("openapi: 3.0.0\npaths: {/a: {post: {responses: {'202': {}}, requestBody: {content: {application/json: {schema: {type: array, minItems: 99999999, items: {type: string, minLength: 99999999}}}}}}}}")
	f.Fuzz(func(t *testing.T, text string) {
		d, err := parse("fuzz", []byte(text))
		if err != nil {
			return
		}
		for _, o := range d.Asynchronous() {
			s, _, err := o.Submit("http://127.0.0.1/")
			if (s == nil || s.URL == "") && err == nil {
				t.Fatalf("neither a submit nor an error for %q", text)
			}
		}
	})
}
