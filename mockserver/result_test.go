package mockserver_test

import (
	"crypto/sha256"
	"encoding/json"
	"hash"
	"io"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/asyncctl/asyncctl/mockserver"
)

func TestResultIsThereWhenItIs(t *testing.T) {
	m := withScenario(t, mockserver.Scenario{})
	good, bad := m.submit(""), m.submit("?asyncctl.outcome=failed")
	for _, path := range []string{good, bad} {
		m.get(path+"/result").wantProblem(t, 404, "Running").wantHeader(t, "Retry-After", "")
	}
	m.after(3 * s)
	m.get(good+"/result").want(t, 200).wantHeader(t, "Cache-Control", "no-store")
	m.get(bad+"/result").wantProblem(t, 404, "Failed")
	if got := m.Stats(); got.Results != 1 || got.Polls != 0 {
		t.Errorf("got %+v, want one result and no poll", got)
	}
}

func TestResultRepeatsTheSubmit(t *testing.T) {
	tests := []struct {
		name, contentType, body string
		bytes                   float64
		want                    any
	}{
		{"JSON", "application/json", `{"order":7}`, 11, map[string]any{"order": 7.0}},
		{"JSON by its looks", "", `[1, 2]`, 6, []any{1.0, 2.0}},
		{"text", "text/plain", `say "hi"`, 8, `say "hi"`},
		{"no body", "", ``, 0, nil},
		{"bytes", "application/octet-stream", "\xff\x00", 2, nil},
		{"a body too large to keep", "text/plain", strings.Repeat("x", 5000), 5000, nil},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			m := withScenario(t, mockserver.Scenario{Duration: mockserver.AtOnce})
			path := m.do("PUT", "/orders/7", test.body, "Content-Type: "+test.contentType).want(t, 202).header.Get("Location")
			r := m.get(path+"/result").want(t, 200).wantHeader(t, "Content-Type", "application/json")
			if "/operations/"+r.json["operation"].(string) != path {
				t.Errorf("got operation %v at %s", r.json["operation"], path)
			}
			request := r.json["request"].(map[string]any)
			if request["method"] != "PUT" || request["path"] != "/orders/7" || request["bytes"] != test.bytes {
				t.Errorf("got request %v", request)
			}
			got, _ := json.Marshal(request["body"])
			if want, _ := json.Marshal(test.want); string(got) != string(want) {
				t.Errorf("got body %s, want %s", got, want)
			}
			if _, ok := r.json["status"]; ok {
				t.Error("the result has a member status: a client would take it for a status document")
			}
		})
	}
}

func TestResultAsSet(t *testing.T) {
	tests := []struct {
		name, query string
		code        int
		typ, body   string
		length      string // of HEAD
	}{
		{"text", "?asyncctl.result=hello", 200, "text/plain; charset=utf-8", "hello", "5"},
		{"JSON", `?asyncctl.result={"a":1}`, 200, "application/json", `{"a":1}`, "7"},
		{"type", "?asyncctl.result=a,b&asyncctl.result-type=text/csv", 200, "text/csv", "a,b", "3"},
		{"created", "?asyncctl.result=hello&asyncctl.result-status=201", 201, "text/plain; charset=utf-8", "hello", "5"},
		{"no content", "?asyncctl.result=hello&asyncctl.result-status=204", 204, "", "", ""},
		{"size", "?asyncctl.result-size=12", 200, "application/octet-stream", "123456789012", "12"},
		{"size and type", "?asyncctl.result-size=3&asyncctl.result-type=application/json", 200, "application/json", "123", "3"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			m := withScenario(t, mockserver.Scenario{Duration: mockserver.AtOnce})
			path := m.submit(test.query) + "/result"
			r := m.get(path).want(t, test.code).wantHeader(t, "Content-Type", test.typ)
			if r.text != test.body {
				t.Errorf("got %q, want %q", r.text, test.body)
			}
			head := m.do("HEAD", path, "").want(t, test.code).wantHeader(t, "Content-Type", test.typ).wantHeader(t, "Content-Length", test.length)
			if head.text != "" {
				t.Errorf("HEAD has a body: %q", head.text)
			}
		})
	}
}

// TestLargeResultOverTheNetwork sends 64 MiB through a connection, and checks
// them by their hash.
func TestLargeResultOverTheNetwork(t *testing.T) {
	const size = 64<<20 + 3
	server := httptest.NewServer(&mockserver.Server{Scenario: mockserver.Scenario{
		Duration: mockserver.AtOnce, Completion: mockserver.CompletionResult, ResultSize: size,
	}})
	defer server.Close()
	accepted, err := server.Client().Post(server.URL, "", nil)
	if err != nil {
		t.Fatal(err)
	}
	accepted.Body.Close()
	response, err := server.Client().Get(server.URL + accepted.Header.Get("Location"))
	if err != nil {
		t.Fatal(err)
	}
	defer response.Body.Close()
	got := sha256.New()
	n, err := io.Copy(got, response.Body)
	if err != nil || n != size || response.ContentLength != size {
		t.Fatalf("got %d bytes, Content-Length %d, %v; want %d", n, response.ContentLength, err, size)
	}
	if want := digitsHash(size); string(got.Sum(nil)) != string(want.Sum(nil)) {
		t.Error("the bytes are not 1234567890 again and again")
	}
}

func digitsHash(size int) hash.Hash {
	sum := sha256.New()
	block := []byte(strings.Repeat("1234567890", 1000))
	for left := size; left > 0; left -= len(block) {
		sum.Write(block[:min(left, len(block))])
	}
	return sum
}
