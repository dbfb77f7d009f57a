package mockserver_test

import (
	"bufio"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/asyncctl/asyncctl/mockserver"
)

func TestUsage(t *testing.T) {
	m := withScenario(t, mockserver.Scenario{})
	r := m.get("/").want(t, 200).wantHeader(t, "Content-Type", "text/plain; charset=utf-8").wantHeader(t, "Cache-Control", "no-store")
	for _, text := range []string{"curl -i -d", "/operations", "Asyncctl-Scenario", "duration ", "retry-after ", "succeeded, failed, cancelled, partial or never", "location "} {
		if !strings.Contains(r.text, text) {
			t.Errorf("the usage does not mention %q:\n%s", text, r.text)
		}
	}
	if head := m.do("HEAD", "/", "").want(t, 200); head.text != "" {
		t.Errorf("HEAD has a body: %s", head.text)
	}
}

func TestMethods(t *testing.T) {
	const submit, root, status = "OPTIONS, PATCH, POST, PUT", "GET, HEAD, OPTIONS, PATCH, POST, PUT", "DELETE, GET, HEAD, OPTIONS"
	m := withScenario(t, mockserver.Scenario{})
	path := m.submit("")
	tests := []struct{ target, methods, allow string }{
		{"/operations", "GET HEAD DELETE TRACE BREW", submit},
		{"/orders/7", "GET HEAD DELETE TRACE BREW", submit},
		{"/", "DELETE TRACE BREW", root},
		{path, "POST PUT PATCH TRACE BREW", status},
		{path + "/result", "POST PUT PATCH DELETE TRACE BREW", "GET, HEAD, OPTIONS"},
	}
	for _, test := range tests {
		for method := range strings.FieldsSeq(test.methods) {
			r := m.do(method, test.target, "").want(t, 405).wantHeader(t, "Allow", test.allow)
			if method != "HEAD" {
				r.wantProblem(t, 405, method)
			}
		}
		r := m.do("OPTIONS", test.target, "").want(t, 204).wantHeader(t, "Allow", test.allow)
		if r.text != "" {
			t.Errorf("OPTIONS %s has a body: %s", test.target, r.text)
		}
	}
	m.get(path).wantStatus(t, mockserver.Running, 0)
}

// TestOverTheNetwork looks at raw bytes of one kept-alive connection: whether
// HEAD, 204 and 304 leave it in step, and every answer has one Date.
func TestOverTheNetwork(t *testing.T) {
	server := httptest.NewServer(&mockserver.Server{Scenario: mockserver.Scenario{Duration: mockserver.MaxDuration}})
	defer server.Close()
	conn, err := net.Dial("tcp", server.Listener.Addr().String())
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close()
	reader := bufio.NewReader(conn)
	send := func(method, path, line string) *http.Response {
		t.Helper()
		request, _ := http.NewRequest(method, path, nil)
		if _, err := conn.Write([]byte(method + " " + path + " HTTP/1.1\r\nHost: x\r\n" + line + "\r\n")); err != nil {
			t.Fatal(err)
		}
		response, err := http.ReadResponse(reader, request)
		if err != nil {
			t.Fatalf("%s %s: %v", method, path, err)
		}
		response.Body.Close()
		if got := len(response.Header.Values("Date")); got != 1 {
			t.Errorf("%s %s: got %d Date fields", method, path, got)
		}
		return response
	}
	path := send("POST", "/operations", "Content-Length: 0\r\n").Header.Get("Location")
	etag := send("GET", path, "").Header.Get("ETag")
	for _, test := range []struct {
		method, line string
		code         int
	}{
		{"HEAD", "", 200}, {"GET", "If-None-Match: " + etag + "\r\n", 304}, {"OPTIONS", "", 204}, {"HEAD", "If-None-Match: *\r\n", 304},
		{"PUT", "Content-Length: 0\r\n", 405}, {"GET", "", 200}, {"DELETE", "", 202}, {"HEAD", "", 200},
	} {
		if got := send(test.method, path, test.line).StatusCode; got != test.code {
			t.Errorf("%s: got %d, want %d", test.method, got, test.code)
		}
	}
}
