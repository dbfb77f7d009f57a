package render

import (
	"bytes"
	"encoding/base64"
	"encoding/json"
	"net/http"
	"reflect"
	"strings"
	"testing"

	"github.com/asyncctl/asyncctl/internal/schema"
	"github.com/asyncctl/asyncctl/poller"
	"github.com/asyncctl/asyncctl/poller/lro"
)

func TestNewContent(t *testing.T) {
	for _, c := range []struct {
		name, media, body string
		want              Content
	}{
		{"nothing", "text/plain", "", Content{Type: "text/plain"}},
		{"JSON", "application/json", `{"a": 1}`, Content{Type: "application/json", Length: 8, JSON: json.RawMessage(`{"a": 1}`)}},
		{"JSON of a kind", "application/problem+json; charset=utf-8", `[]`, Content{Type: "application/problem+json; charset=utf-8", Length: 2, JSON: json.RawMessage(`[]`)}},
		{"JSON that is none", "application/json", `{"a":`, Content{Type: "application/json", Length: 5, Text: `{"a":`}},
		{"JSON that is binary", "application/json", "\xff", Content{Type: "application/json", Length: 1, Base64: "/w=="}},
		{"JSON that is not said to be", "text/plain", `{"a":1}`, Content{Type: "text/plain", Length: 7, Text: `{"a":1}`}},
		{"text of no type", "", "é", Content{Length: 2, Text: "é"}},
		{"binary", "image/png", "\x89PNG", Content{Type: "image/png", Length: 4, Base64: "iVBORw=="}},
	} {
		t.Run(c.name, func(t *testing.T) {
			if got := NewContent(c.media, []byte(c.body)); !reflect.DeepEqual(*got, c.want) {
				t.Errorf("got %+v, want %+v", *got, c.want)
			}
		})
	}
}

func TestNewDocument(t *testing.T) {
	op, err := lro.Resume("https://h/op?code=s3cret")
	if err != nil {
		t.Fatal(err)
	}
	pending := NewDocument(op)
	if pending.Schema != schema.Operation || pending.Outcome != "pending" || pending.Percent != nil || len(pending.Handle) == 0 {
		t.Errorf("got %+v", pending)
	}
	op.Outcome, op.Phase, op.Native = lro.Failed, lro.Ended, "Broken"
	op.Progress.Known, op.Progress.Percent = true, 40
	failed := NewDocument(op)
	if failed.Outcome != "failed" || failed.Native != "Broken" || failed.Percent == nil || *failed.Percent != 40 {
		t.Errorf("got %+v", failed)
	}
}

func TestSetResponse(t *testing.T) {
	d := NewDocument(lro.Operation{})
	d.SetResponse(nil)
	if d.LastResponse != nil {
		t.Error("there is a response from nowhere")
	}
	header := http.Header{"Content-Type": {"application/json"}, "Set-Cookie": {"a=s3cret", "b=s3cret"}, "Authentication-Info": {"s3cret"}, "X-Trace": {"7"}}
	d.SetResponse(&poller.Response{Status: 503, URL: "https://u:s3cret@h/x?sig=s3cret", Header: header, Content: []byte(`{"why":"busy"}`)})
	var out bytes.Buffer
	if err := d.Write(&out); err != nil || strings.Contains(out.String(), "s3cret") {
		t.Errorf("%v in %s", err, out.String())
	}
	got := d.LastResponse
	if got.Status != 503 || got.Headers["X-Trace"][0] != "7" || string(got.Content.JSON) != `{"why":"busy"}` || len(got.Headers["Set-Cookie"]) != 1 {
		t.Errorf("got %+v", got)
	}
	if len(header["Set-Cookie"]) != 2 {
		t.Error("the response itself was changed")
	}
	d.SetResponse(&poller.Response{Status: 204, URL: "https://h/"})
	if d.LastResponse.Content != nil {
		t.Error("there is content from nowhere")
	}
}

// A document is read back as it was written, in both forms, and the short one is one line.
func TestDocumentRoundTrip(t *testing.T) {
	job := int64(7)
	for name, content := range map[string]*Content{
		"none":    nil,
		"JSON":    NewContent("application/json", []byte(`{"a":"<&>\u2028"}`)),
		"text":    NewContent("text/plain", []byte("<b>\n\x1b[2J\u202e\u2028é")),
		"binary":  NewContent("", []byte{0xff, 0, '\n'}),
		"in file": {Type: "text/plain", Length: 5, File: "out put"},
	} {
		t.Run(name, func(t *testing.T) {
			d := NewDocument(lro.Operation{Phase: lro.Ended, Outcome: lro.Succeeded})
			d.Result, d.Message, d.Timing = content, "it's\nover", poller.Timing{ElapsedMS: 5, JobMS: &job}
			var long, short bytes.Buffer
			if err := d.Write(&long); err != nil {
				t.Fatal(err)
			}
			if err := d.WriteLine(&short); err != nil {
				t.Fatal(err)
			}
			if strings.Count(short.String(), "\n") != 1 || !strings.HasSuffix(short.String(), "\n") || !strings.Contains(long.String(), "\n  \"schema\"") {
				t.Errorf("the forms are wrong: %s%s", long.String(), short.String())
			}
			var a, b Document
			if err := json.Unmarshal(long.Bytes(), &a); err != nil {
				t.Fatal(err)
			}
			if err := json.Unmarshal(short.Bytes(), &b); err != nil {
				t.Fatal(err)
			}
			if a.Result != nil && a.Result.JSON != nil {
				var compact bytes.Buffer
				json.Compact(&compact, a.Result.JSON)
				a.Result.JSON = compact.Bytes()
			}
			a.Handle, b.Handle = nil, nil
			if !reflect.DeepEqual(a, b) {
				t.Errorf("the forms differ: %+v and %+v", a, b)
			}
			if a.Message != d.Message || content != nil && a.Result.Text != content.Text {
				t.Errorf("got %+v, want %+v", a, d)
			}
		})
	}
}

// Whatever a server sends: the document is valid, and holds the content in exactly one form.
func FuzzContent(f *testing.F) {
	f.Add("application/json", []byte(`{"a":1}`))
	f.Add("application/json", []byte("\xff"))
	f.Add("text/html\x00", []byte("<\u2028"))
	f.Fuzz(func(t *testing.T, media string, body []byte) {
		d := NewDocument(lro.Operation{})
		d.Result = NewContent(media, body)
		var out bytes.Buffer
		if err := d.WriteLine(&out); err != nil || bytes.Count(out.Bytes(), []byte("\n")) != 1 {
			t.Fatalf("%v, %q", err, out.Bytes())
		}
		var got Document
		if err := json.Unmarshal(out.Bytes(), &got); err != nil {
			t.Fatal(err)
		}
		c := got.Result
		binary, err := base64.StdEncoding.DecodeString(c.Base64)
		if err != nil || c.Length != int64(len(body)) {
			t.Errorf("%v, length %d", err, c.Length)
		}
		forms := 0
		for _, there := range []bool{len(c.JSON) > 0, c.Text != "", len(binary) > 0} {
			if there {
				forms++
			}
		}
		if forms != min(len(body), 1) {
			t.Errorf("%d forms of %q: %+v", forms, body, c)
		}
		if c.Text != "" && c.Text != string(body) || len(binary) > 0 && !bytes.Equal(binary, body) {
			t.Errorf("%q came out as %+v", body, c)
		}
	})
}
