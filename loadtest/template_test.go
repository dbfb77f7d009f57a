package loadtest

import (
	"net/http"
	"strings"
	"testing"

	"github.com/asyncctl/asyncctl/poller/lro"
)

func feedOf(t *testing.T, read func(string) (*Feed, error), text string) *Feed {
	t.Helper()
	f, err := read(text)
	if err != nil {
		t.Fatal(err)
	}
	return f
}

func ndjson(text string) (*Feed, error) { return ReadNDJSON(strings.NewReader(text)) }

func table(text string) (*Feed, error) { return ReadCSV(strings.NewReader(text)) }

// TestValuesAreEscapedByTheirPlace fills each kind of value into each place of a submit.
func TestValuesAreEscapedByTheirPlace(t *testing.T) {
	lines := feedOf(t, ndjson, "\xef\xbb\xbf"+`{"id":"a \"1\"\r\nb","n":7,"deep":{"x":[1]},"q":"ä&b=c/d"}`+"\n\n"+`{"id":"b","n":true,"deep":null,"q":""}`)
	rows := feedOf(t, table, "\xef\xbb\xbfid,n\na 1,7\n\"b,c\nd\",8\n")
	for _, test := range []struct {
		feed                *Feed
		url, kind, template string
		index               int64
		want                string // URL and content
	}{
		{nil, "/x", "", `{"n":{{.Index}}}`, 41, `/x {"n":41}`},
		{nil, "/{{ .Index }}", "", `{"n":{{ .Index }},"m":"{{json .Index}}"}`, 3, `/3 {"n":3,"m":"3"}`},
		{nil, "/x", "", `{"a":{"b":"{{"}}`, 0, `/x {"a":{"b":"{{"}}`},
		{lines, "/x", "application/json", `{"id":"{{.id}}","n":{{.n}},"deep":{{.deep}}}`, 0, `/x {"id":"a \"1\"\r\nb","n":7,"deep":{"x":[1]}}`},
		{lines, "/x", "application/vnd.api+json", `{"id":{{json .id}},"n":{{json .n}},"deep":"{{.deep}}"}`, 0, `/x {"id":"a \"1\"\r\nb","n":7,"deep":"{\"x\":[1]}"}`},
		{lines, "/x", "application/json", `{{.}}`, 1, `/x {"id":"b","n":true,"deep":null,"q":""}`},
		{lines, "/{{.q}}/y?q={{.q}}", "", "", 2, "/%C3%A4&b=c%2Fd/y?q=%C3%A4%26b%3Dc%2Fd "},
		{lines, "/x", "application/x-www-form-urlencoded", `q={{.q}}&n={{.n}}`, 0, "/x q=%C3%A4%26b%3Dc%2Fd&n=7"},
		{lines, "/x", "text/plain", `{{.q}}`, 0, "/x ä&b=c/d"},
		{rows, "/x", "application/json", `{"id":"{{.id}}","n":{{.n}}}`, 3, `/x {"id":"b,c\nd","n":8}`},
		{rows, "/{{.n}}", "text/plain", `{{.}}`, 0, `/7 a 1,7`},
	} {
		req := lro.Request{URL: "http://127.0.0.1" + test.url, Header: http.Header{}, Body: []byte(test.template)}
		if test.kind != "" {
			req.Header.Set("Content-Type", test.kind)
		}
		made, err := newSubmits(&Plan{Request: req, Feed: test.feed})
		if err != nil {
			t.Errorf("%s with %s: %v", test.url, test.template, err)
			continue
		}
		got := made.at(test.index)
		if text := strings.TrimPrefix(got.URL, "http://127.0.0.1") + " " + string(got.Body); text != test.want {
			t.Errorf("%s with %s of %d is %q, want %q", test.url, test.template, test.index, text, test.want)
		}
	}
}

// TestKeysAreUnique gives each submit a key of its own, and the same one to the same submit.
func TestKeysAreUnique(t *testing.T) {
	p := &Plan{Request: lro.Request{URL: "http://127.0.0.1/{{.Index}}", Header: http.Header{"Idempotency-Key": {"{{.UUID}}"}}}}
	made, err := newSubmits(p)
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

// TestFeedsAreCheckedBeforeTheRun finds each line that would make a submit that is none.
func TestRowsOfAFeedAreBounded(t *testing.T) {
	long := strings.Repeat("x", maxLine+1<<16)
	for name, text := range map[string]string{"the names": long, "a row": "a,b\n1," + long, "a quoted cell": "a\n\"" + strings.Repeat("x\n", maxLine/2+1<<16)} {
		if _, err := ReadCSV(strings.NewReader(text)); err == nil || !strings.Contains(err.Error(), "longer than 16 MiB") {
			t.Errorf("%s: %v", name, err)
		}
	}
	if f, err := ReadCSV(strings.NewReader("a\n" + strings.Repeat(strings.Repeat("1", 1<<16)+"\n", 300))); err != nil || f.Len() != 300 {
		t.Errorf("many rows: %v", err)
	}
}

func TestFeedsAreCheckedBeforeTheRun(t *testing.T) {
	lines := strings.Repeat(`{"id":"a","n":1}`+"\n", 99)
	for _, test := range []struct {
		feed   string
		header string
		body   string
		want   string
	}{
		{"", "", "{{.id}}", "there is no feed"},
		{"id\n1\n", "", "{{.no}}", "the feed has id"},
		{"id\n1\n", "", "{{upper .id}}", `there is no function "upper"`},
		{lines + `{"id":"a\r\nB: c","n":1}`, "{{.id}}", "", "line 100 of the feed: the header field X: {{.id}}"},
		{lines + `{"id":"b"}`, "", `{"n":{{.n}}}`, `line 100 of the feed: the content of the submit: the line has no "n"`},
		{"id\na\n", "", `{"id":{{.id}}}`, "write {{json .id}}"},
		{"id\n1\n", "", `{"id":{{.id}},}`, "is no JSON"},
	} {
		var feed *Feed
		switch {
		case strings.HasPrefix(test.feed, "{"):
			feed = feedOf(t, ndjson, test.feed)
		case test.feed != "":
			feed = feedOf(t, table, test.feed)
		}
		p := &Plan{Request: lro.Request{URL: "http://127.0.0.1/", Header: http.Header{}, Body: []byte(test.body)}, Feed: feed}
		if test.header != "" {
			p.Request.Header.Set("X", test.header)
		}
		if _, err := newSubmits(p); err == nil || !strings.Contains(err.Error(), test.want) {
			t.Errorf("%q in %s: error %v, want one with %q", test.body, test.feed[:min(len(test.feed), 20)], err, test.want)
		}
	}
}

func TestBadTemplates(t *testing.T) {
	for _, test := range []struct {
		p    Plan
		want string
	}{
		{Plan{Request: lro.Request{Header: http.Header{"Content-Length": {"3"}}}}, "Content-Length"},
		{Plan{Request: lro.Request{Header: http.Header{"X": {"a\r\nb"}}}}, "cannot be sent"},
		{Plan{Request: lro.Request{URL: "http://{{.Index}}.example.com/"}}, "in the origin"},
	} {
		if _, err := newSubmits(&test.p); err == nil || !strings.Contains(err.Error(), test.want) {
			t.Errorf("error %v, want one with %q", err, test.want)
		}
	}
	for _, text := range []string{"", "[1]\n", "{\"a\":1}\nnull\n", "{"} {
		if _, err := ndjson(text); err == nil {
			t.Errorf("%q is taken as a feed", text)
		}
	}
	for _, text := range []string{"", "a,b\n", "a,b\n1\n"} {
		if _, err := table(text); err == nil {
			t.Errorf("%q is taken as a feed", text)
		}
	}
}

// TestLinesOfALongFeed reads lines around those whose place is known.
func TestLinesOfALongFeed(t *testing.T) {
	var text strings.Builder
	for i := range 1000 {
		text.WriteString(strings.Repeat("\n", i%3) + `{"n":` + strings.Repeat(" ", i%7) + string(rune('0'+i%10)) + "}\n")
	}
	f := feedOf(t, ndjson, text.String())
	if f.Len() != 1000 {
		t.Fatalf("%d lines", f.Len())
	}
	for i := range int64(2500) {
		line, err := f.at(i)
		if err != nil {
			t.Fatal(err)
		}
		v, ok, err := line.value("n")
		if err != nil || !ok || v.text != string(rune('0'+i%1000%10)) {
			t.Fatalf("line %d has %+v, %v", i, v, err)
		}
	}
}
