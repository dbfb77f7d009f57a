package dialect_test

import (
	"maps"
	"net/http"
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/asyncctl/asyncctl/internal/jsontext"
	"github.com/asyncctl/asyncctl/poller/dialect"
	"github.com/asyncctl/asyncctl/poller/internal/transcript"
	"github.com/asyncctl/asyncctl/poller/lro"
)

// pieces are what FuzzAuto builds conversations of: the submits, headers, statuses and contents of
// all transcripts, shuffled.
type pieces struct {
	submits  []lro.Request
	headers  []http.Header
	statuses []int
	bodies   [][]byte
}

func piecesOf(t testing.TB) pieces {
	all := conversations(t)
	p := pieces{statuses: []int{200, 201, 202, 204, 303, 302, 307, 400, 401, 404, 408, 410, 422, 429, 500, 503, 0}, bodies: [][]byte{nil, []byte("{"), []byte("<html>")}}
	for _, key := range slices.Sorted(maps.Keys(all)) {
		c := all[key]
		p.submits = append(p.submits, c.Submit)
		for _, s := range c.Steps {
			p.headers = append(p.headers, s.Reply.Header.(http.Header))
			p.bodies = append(p.bodies, s.Reply.Body)
		}
	}
	return p
}

const secret = "s3cr3t"

func FuzzAuto(f *testing.F) {
	p := piecesOf(f)
	f.Add([]byte{0, 0, 2, 0, 0, 1, 0, 3, 0, 0, 2, 0, 4, 0, 0})
	f.Add([]byte{9, 1, 1, 20, 0, 21, 0, 0, 22, 0, 21, 0, 11, 5, 3})
	names := dialect.Names()
	f.Fuzz(func(t *testing.T, data []byte) {
		if len(data) < 2 {
			return
		}
		req := p.submits[int(data[0])%len(p.submits)]
		if req.URL == "" {
			return
		}
		req.Header = http.Header{"X-Key": {secret}}
		var d lro.Dialect = dialect.Auto{}
		if data[1] > 0 { // named
			d, _ = dialect.ByName(names[int(data[1])%len(names)])
		}
		op, now := lro.Begin(d, req), transcript.Start
		for data = data[2:]; len(data) >= 5 && !op.Done(); data = data[5:] {
			header := p.headers[(int(data[1])<<8|int(data[2]))%len(p.headers)]
			body := p.bodies[(int(data[3])<<8|int(data[4]))%len(p.bodies)]
			r := lro.Reply{Status: p.statuses[int(data[0])%len(p.statuses)], Header: header, Body: body, At: now}
			before := op
			op = lro.Next(d, op, r)
			check(t, d, before, op, r)
			now = now.Add(time.Duration(data[0]) * time.Second)
		}
	})
}

// check holds one step to what must be true of all of them.
func check(t *testing.T, d lro.Dialect, before, op lro.Operation, r lro.Reply) {
	t.Helper()
	if err := transcript.Sound(d, op, r.At); err != nil {
		t.Fatalf("%v\nafter %d %v %s\nto %+v\nit is %+v", err, r.Status, r.Header, r.Body, before, op)
	}
	if again := lro.Next(d, before, r); !reflect.DeepEqual(again, op) {
		t.Fatalf("the same reply gives %+v and %+v", op, again)
	}
	if op.Next.Header.Get("X-Key") != "" && lro.Origin(op.Next.URL) != op.Home {
		t.Fatalf("the submit's header goes to %s", op.Next.URL)
	}
	if op.Inline != "" {
		if _, ok := jsontext.Value(r.Body).At(op.Inline); !ok {
			t.Fatalf("there is no result at %s in %s", op.Inline, r.Body)
		}
	}
	req, ok := d.Cancel(op)
	if ok && (req.Method == "" || lro.Origin(req.URL) == "" || strings.Contains(req.Header.Get("X-Key"), secret)) {
		t.Fatalf("it is cancelled by %+v", req)
	}
	if _, auto := d.(dialect.Auto); !auto || dialect.Sure(op) {
		return
	}
	if ok {
		t.Fatalf("%s (%s) is cancelled by %+v", op.Dialect, op.Cue, req)
	}
	if op.Outcome == lro.Succeeded && r.Status/100 != 2 {
		t.Fatalf("%s (%s) makes a success of %d", op.Dialect, op.Cue, r.Status)
	}
}

func FuzzRules(f *testing.F) {
	f.Add("{{submit}}/{{/id}}", "/status", "{{header:Location}}", "{{status}}/cancel", `{"id": "../..", "status": "done"}`, 200, "/id", `{"id": "{{job}}"}`, "w={{seconds}}")
	f.Add("header:Location", "", "/result", "/cancel", `{"result": "http://x/", "cancel": "ftp://y"}`, 202, "", "", "")
	f.Add("{{origin}}/{{header:X-Id}}", "/a/0", "{{status}}/../r", "{{/x}}", `{"a": [true], "x": 7}`, 201, "/x", "a={{job}}", "")
	f.Add("{{api}}/{{job}}", "/a/0", "{{/files/*/url}}", "{{api}}/{{job}}", `{"files": [{"url": "/f"}], "x": "a b"}`, 200, "header:X-Id", "", "ms={{milliseconds}}")
	f.Fuzz(func(t *testing.T, status, state, result, cancel, body string, code int, job, content, wait string) {
		poll := dialect.Poll{Header: map[string]string{"Accept": "a/b"}, Query: map[string]string{"v": "1"}, Body: content, Wait: wait, MaxWait: 5}
		if content != "" {
			poll.Method = "POST"
		}
		d, err := dialect.Rules{
			Name: "fuzz", Accept: []int{200, 201}, Status: []string{status}, State: state, Result: []string{result}, Inline: "/r",
			Failure: []string{"/e"}, Progress: "/p", Total: "/t", Message: "/m", Words: map[string]lro.State{"done": lro.StateSucceeded, "true": lro.StateFailed},
			Job: job, Poll: poll, Handover: []string{result}, Gone: []int{409}, Partial: []string{"/half"}, Queue: "/q", Carry: []string{"k"},
			Cancel: dialect.Call{Method: "POST", URL: []string{cancel}, Body: content},
		}.Dialect()
		if err != nil {
			return
		}
		op := lro.Begin(d, lro.Request{URL: "https://api.example.com/v1/x?k=v", Header: http.Header{"X-Key": {secret}}})
		if len(wait) > 1 {
			op.Policy = &lro.Policy{LongPoll: time.Minute}
		}
		for i := range 4 {
			r := lro.Reply{Status: code, Body: []byte(body), At: transcript.Start.Add(time.Duration(i) * time.Minute), Header: http.Header{"Location": {"/l/1"}, "X-Id": {body}}}
			if i > 0 && i%2 == 0 {
				r.Status = 202
			}
			before := op
			op = lro.Next(d, op, r)
			check(t, d, before, op, r)
			if op.Done() {
				return
			}
		}
	})
}

// FuzzPoll gives every dialect one and the same foreign answer to a poll.
func FuzzPoll(f *testing.F) {
	for _, c := range conversations(f) {
		for _, s := range c.Steps {
			f.Add(s.Reply.Body, "200 OK", "50%", s.Reply.Status)
		}
	}
	f.Fuzz(func(t *testing.T, body []byte, status, progress string, code int) {
		r := lro.Reply{Status: code, Body: body, At: transcript.Start, Header: http.Header{
			"Asyncresult": {status}, "X-Export-Status": {status}, "X-Progress": {progress}, "Location": {"/x"},
		}}
		for _, name := range dialect.Names() {
			d, _ := dialect.ByName(name)
			op, err := lro.Resume("https://api.example.com/jobs/1/api/json?v=1")
			if err != nil {
				t.Fatal(err)
			}
			op.SubmitMethod, op.SubmitURL = http.MethodPut, "https://api.example.com/jobs"
			before := op
			op = lro.Next(d, op, r)
			check(t, d, before, op, r)
		}
	})
}
