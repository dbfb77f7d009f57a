package mutants

import (
	"bytes"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strconv"
	"strings"
	"time"
)

// reply is an answer of the mock before it is sent.
type reply struct {
	status int
	header http.Header
	body   []byte
}

// rewrite is a handler that changes the answers of the mock.
func rewrite(change func(r *http.Request, a *reply)) func(http.Handler) http.Handler {
	return func(mock http.Handler) http.Handler {
		return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			record := httptest.NewRecorder()
			mock.ServeHTTP(record, r)
			a := &reply{record.Code, record.Header().Clone(), record.Body.Bytes()} // the values may be shared by all answers
			change(r, a)
			a.send(w)
		})
	}
}

func (a *reply) send(w http.ResponseWriter) {
	for name, values := range a.header {
		w.Header()[name] = values
	}
	if w.Header().Get("Content-Length") != "" {
		w.Header().Set("Content-Length", strconv.Itoa(len(a.body)))
	}
	w.WriteHeader(a.status)
	w.Write(a.body) // whoever went away hears nothing
}

// json makes it a JSON document.
func (a *reply) json(status int, document string) {
	for _, name := range []string{"Location", "Retry-After", "Etag", "Allow", "Content-Length"} {
		a.header.Del(name)
	}
	a.header.Set("Content-Type", "application/json")
	a.header.Set("Cache-Control", "no-store")
	a.status, a.body = status, []byte(document+"\n")
}

// empty takes the content away.
func (a *reply) empty() {
	a.header.Del("Content-Type")
	a.header.Set("Content-Length", "0")
	a.body = nil
}

func (a *reply) replace(old, new string) {
	a.body = bytes.ReplaceAll(a.body, []byte(old), []byte(new))
	a.header.Del("Content-Length")
	for name, values := range a.header {
		for i := range values {
			a.header[name][i] = strings.ReplaceAll(values[i], old, new)
		}
	}
}

// accepted reports whether it is the acceptance of an operation.
func accepted(r *http.Request, a *reply) bool {
	return !ofStatus(r) && a.status == http.StatusAccepted
}

// ofStatus reports whether a request is about a status URL of the mock, and not about a result.
func ofStatus(r *http.Request) bool {
	id, ok := strings.CutPrefix(r.URL.Path, "/operations/")
	return ok && !strings.Contains(id, "/")
}

// polls reports whether a request asks for a status.
func polls(r *http.Request) bool { return ofStatus(r) && r.Method == http.MethodGet }

// withoutOrigin is a URL as a path.
func withoutOrigin(at string) string {
	u, err := url.Parse(at)
	if err != nil {
		return at
	}
	return u.RequestURI()
}

// soonDate is a moment in two seconds, as a date of HTTP.
func soonDate() string { return time.Now().Add(2 * time.Second).UTC().Format(http.TimeFormat) }
