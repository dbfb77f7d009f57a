package loadtest

import (
	"net/http"
	"strings"
	"testing"

	"github.com/asyncctl/asyncctl/poller/lro"
)

func TestRequestsFromFeeds(t *testing.T) {
	const ndjson = `{"id":"a 1","n":7,"deep":{"x":[1]}}

{"id":"b","extra":true}
`
	feed, err := ReadNDJSON(strings.NewReader(ndjson))
	if err != nil || feed.Len() != 2 {
		t.Fatalf("%d lines, %v", feed.Len(), err)
	}
	table, err := ReadCSV(strings.NewReader("id,n\na 1,7\n\"b,c\",8\n"))
	if err != nil || table.Len() != 2 {
		t.Fatalf("%d lines, %v", table.Len(), err)
	}
	for _, test := range []struct {
		feed           *Feed
		template, want string
		index          int64
	}{
		{nil, `{"n":{{.Index}}}`, `{"n":41}`, 41},
		{nil, `{"a":{"b":"{{"}}`, `{"a":{"b":"{{"}}`, 0},
		{feed, `{{.id}}-{{.n}}-{{.deep}}`, `a 1-7-{"x":[1]}`, 0},
		{feed, `{{.id}}{{.extra}}{{.n}}`, `btrue`, 3},
		{feed, `{{.}}`, `{"id":"b","extra":true}`, 1},
		{table, `{{.id}}/{{.n}}`, `b,c/8`, 5},
	} {
		p := &Plan{Request: lro.Request{URL: "http://127.0.0.1/x", Body: []byte(test.template)}, Feed: test.feed}
		made, err := newRequests(p)
		if err != nil {
			t.Fatal(err)
		}
		if got := string(made.at(test.index).Body); got != test.want {
			t.Errorf("%s of %d is %q, want %q", test.template, test.index, got, test.want)
		}
	}
}

// TestKeysAreUnique gives each submit a key of its own, and the same one to the same submit.
func TestKeysAreUnique(t *testing.T) {
	p := &Plan{Request: lro.Request{URL: "http://127.0.0.1/{{.Index}}", Header: http.Header{"Idempotency-Key": {"{{.UUID}}"}}}}
	made, err := newRequests(p)
	if err != nil {
		t.Fatal(err)
	}
	seen := map[string]bool{}
	for i := range int64(1000) {
		key := made.at(i).Header.Get("Idempotency-Key")
		if len(key) != 36 || seen[key] || key != made.at(i).Header.Get("Idempotency-Key") {
			t.Fatalf("key %d is %q", i, key)
		}
		seen[key] = true
	}
	if got := made.at(7).URL; got != "http://127.0.0.1/7" {
		t.Errorf("the URL is %s", got)
	}
}

func TestBadTemplates(t *testing.T) {
	feed, _ := ReadCSV(strings.NewReader("id\n1\n"))
	for _, test := range []struct {
		p    Plan
		want string
	}{
		{Plan{Request: lro.Request{Body: []byte("{{.id}}")}}, "there is no feed"},
		{Plan{Request: lro.Request{Body: []byte("{{.no}}")}, Feed: feed}, "the feed has id"},
		{Plan{Request: lro.Request{Header: http.Header{"Content-Length": {"3"}}}}, "Content-Length"},
		{Plan{Request: lro.Request{Header: http.Header{"X": {"a\r\nb"}}}}, "cannot be sent"},
	} {
		if _, err := newRequests(&test.p); err == nil || !strings.Contains(err.Error(), test.want) {
			t.Errorf("error %v, want one with %q", err, test.want)
		}
	}
	for _, text := range []string{"", "[1]\n", "{\"a\":1}\nnull\n", "{"} {
		if _, err := ReadNDJSON(strings.NewReader(text)); err == nil {
			t.Errorf("%q is taken as a feed", text)
		}
	}
	if _, err := ReadCSV(strings.NewReader("a,b\n1\n")); err == nil {
		t.Error("a short line is taken")
	}
}
