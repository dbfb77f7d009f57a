package mockserver_test

import (
	"encoding/base64"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/asyncctl/asyncctl/mockserver"
)

func TestBearer(t *testing.T) {
	m := newMock(t, &mockserver.Server{Journal: 9, Auth: &mockserver.Auth{
		Expires: 30 * s, Accepts: func(token string) bool { return strings.HasPrefix(token, "good") },
	}})
	post := func(lines ...string) reply { return m.do("POST", "/operations", "", lines...) }
	post().wantProblem(t, 401, "Bearer TOKEN").wantHeader(t, "WWW-Authenticate", `Bearer realm="asyncctl mock"`)
	post("Authorization: Bearer bad").wantProblem(t, 401, "not known").
		wantHeader(t, "WWW-Authenticate", `Bearer realm="asyncctl mock", error="invalid_token", error_description="the credentials are not known"`)
	post("Authorization: Basic Z29vZA==").want(t, 401)
	path := post("Authorization: bearer  good1").want(t, 202).header.Get("Location")
	m.after(30*s - 1)
	m.get(path, "Authorization: Bearer good1").want(t, 303)
	m.after(1)
	m.get(path, "Authorization: Bearer good1").wantProblem(t, 401, "expired")
	m.get(path, "Authorization: Bearer good2").want(t, 303)
	m.get("/healthz").want(t, 200)
	if all := m.Requests(); len(all) != 7 || all[6].Header.Get("Authorization") != "Bearer [redacted]" || all[0].Code != 401 {
		t.Errorf("got the journal %+v", all)
	}
	if got := do(t, m.StrangerHandler(), "GET", path, ""); got.code != 303 {
		t.Errorf("the other origin asks for credentials: %d", got.code)
	}
}

func TestBasic(t *testing.T) {
	m := newMock(t, &mockserver.Server{Auth: &mockserver.Auth{Basic: true, Accepts: func(c string) bool { return c == "ann:a:b" }}})
	basic := func(text string) string {
		return "Authorization: Basic " + base64.StdEncoding.EncodeToString([]byte(text))
	}
	m.do("POST", "/", "", basic("ann:a:b")).want(t, 202)
	m.after(1000*s).do("POST", "/", "", basic("ann:a:b")).want(t, 202)
	for _, line := range []string{"X-A: b", basic("ann:x"), "Authorization: Bearer ann:a:b"} {
		m.do("POST", "/", "", line).wantProblem(t, 401, "").wantHeader(t, "WWW-Authenticate", `Basic realm="asyncctl mock", charset="UTF-8"`)
	}
	none := &mockserver.Server{Auth: &mockserver.Auth{}}
	do(t, none, "POST", "/", "", "Authorization: Bearer x").want(t, 401)
}

func TestHealthz(t *testing.T) {
	server := &mockserver.Server{}
	do(t, server, "GET", "/healthz", "").want(t, 200)
	do(t, server, "POST", "/healthz", "").want(t, 202)
	if got := server.Stats(); got.Requests != 1 {
		t.Errorf("got %+v, want the look at the health not counted", got)
	}
	recorder := httptest.NewRecorder()
	server.ServeHTTP(recorder, httptest.NewRequest("HEAD", "/healthz", nil))
	if recorder.Code != 200 {
		t.Errorf("HEAD: got %d", recorder.Code)
	}
}
