package mockserver

import (
	"crypto/sha256"
	"crypto/subtle"
	"encoding/json"
	"errors"
	"io"
	"net"
	"net/http"
	"slices"
	"strings"
	"time"

	"github.com/asyncctl/asyncctl/mockserver/internal/grade"
	"github.com/asyncctl/asyncctl/mockserver/internal/speech"
	"github.com/asyncctl/asyncctl/mockserver/internal/work"
)

// AdminPrefix is where the paths of [Server.Admin] are.
const AdminPrefix = "/_asyncctl/"

// Admin serves the truth, and lets tests in any language intervene. It answers
// below AdminPrefix what [AdminRoutes] lists, /metrics and /healthz, and a page
// for people; it is best served on a listener of its own.
//
// All but the page and healthz ask for AdminToken if it is set. Requests of web
// pages of other origins are refused, and those for another host: see AdminHosts.
// Errors are problem documents.
func (s *Server) Admin() http.Handler {
	mux := http.NewServeMux()
	for _, route := range adminRoutes {
		mux.HandleFunc(route.Method+" "+AdminPrefix+route.Path, func(w http.ResponseWriter, r *http.Request) {
			if route.serve != nil {
				route.serve(s, w, r)
				return
			}
			value, err := route.answer(s, r)
			s.administer(w, value, err)
		})
	}
	mux.HandleFunc("GET /metrics", s.serveMetrics)
	mux.HandleFunc("/", func(w http.ResponseWriter, r *http.Request) {
		s.administer(w, nil, elsewhere(mux, w, r))
	})
	open := http.NewServeMux()
	open.HandleFunc("GET "+AdminPrefix+"healthz", serveHealth)
	open.HandleFunc("GET /healthz", serveHealth)
	servePage(open)
	open.Handle("/", s.guard(mux))
	return http.NewCrossOriginProtection().Handler(s.addressed(s.started(open)))
}

// elsewhere refuses a request that no pattern is for.
func elsewhere(mux *http.ServeMux, w http.ResponseWriter, r *http.Request) error {
	var allowed []string
	for _, method := range []string{http.MethodDelete, http.MethodGet, http.MethodPost, http.MethodPut} {
		other := &http.Request{Method: method, URL: r.URL, Host: r.Host}
		if _, pattern := mux.Handler(other); pattern != "/" {
			allowed = append(allowed, method)
		}
	}
	if len(allowed) == 0 {
		return adminError{http.StatusNotFound, "there is no such page here: see the reference of the mock's administration"}
	}
	allow := strings.Join(allowed, ", ")
	w.Header().Set("Allow", allow)
	return adminError{http.StatusMethodNotAllowed, "this resource does not take " + work.Clip(r.Method) + ": use one of " + allow}
}

// addressed refuses requests for another host, which a web page may have made
// this address out to be. Only what came over a network has a host.
func (s *Server) addressed(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.Context().Value(http.ServerContextKey) != nil && !s.isAdminHost(r.Host) {
			// RFC 9110, section 15.5.20
			s.administer(w, nil, adminError{http.StatusMisdirectedRequest, "the administration is not at " + work.Clip(r.Host) + ": ask for it by an IP address, as localhost, or by a name that the server was told"})
			return
		}
		next.ServeHTTP(w, r)
	})
}

func (s *Server) isAdminHost(host string) bool {
	if name, _, err := net.SplitHostPort(host); err == nil {
		host = name
	}
	host = strings.Trim(host, "[]")
	return net.ParseIP(host) != nil || strings.EqualFold(host, "localhost") ||
		slices.ContainsFunc(s.AdminHosts, func(name string) bool { return strings.EqualFold(name, host) })
}

// started makes sure that there is a store.
func (s *Server) started(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		s.once.Do(s.start)
		w.Header()["Cache-Control"] = speech.NoStore
		next.ServeHTTP(w, r)
	})
}

// guard asks for the token.
func (s *Server) guard(next http.Handler) http.Handler {
	want := sha256.Sum256([]byte("Bearer " + s.AdminToken))
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		got := sha256.Sum256([]byte(r.Header.Get("Authorization")))
		if s.AdminToken != "" && subtle.ConstantTimeCompare(got[:], want[:]) != 1 {
			// RFC 9110, section 15.5.2; RFC 6750, section 3
			w.Header().Set("WWW-Authenticate", `Bearer realm="asyncctl admin"`)
			s.administer(w, nil, adminError{http.StatusUnauthorized, "send Authorization: Bearer TOKEN, with the token of the admin API"})
			return
		}
		next.ServeHTTP(w, r)
	})
}

func serveHealth(w http.ResponseWriter, _ *http.Request) {
	w.Header()["Cache-Control"] = speech.NoStore
	w.Header().Set("Content-Type", "text/plain; charset=utf-8")
	io.WriteString(w, "ok\n") // the reader is gone if this fails
}

// An adminError is a refusal with its HTTP status.
type adminError struct {
	code   int
	detail string
}

// Error is the detail.
func (e adminError) Error() string { return e.detail }

// administer sends a value, or a problem document.
func (s *Server) administer(w http.ResponseWriter, value any, err error) {
	code, contentType := http.StatusOK, "application/json"
	if err != nil {
		refusal := adminError{http.StatusBadRequest, err.Error()}
		errors.As(err, &refusal)
		code, contentType = refusal.code, "application/problem+json"
		value = speech.Problem{Type: "about:blank", Title: http.StatusText(code), Status: code, Detail: refusal.detail}
	}
	w.Header().Set("Content-Type", contentType)
	w.WriteHeader(code)
	w.Write(append(speech.Encode(value), '\n')) // the reader is gone if this fails
}

// listOf is a list that is [] in JSON when it is empty.
func listOf[T any](list []T) []T {
	if list == nil {
		return []T{}
	}
	return list
}

func (s *Server) adminTruth(id string) (any, error) {
	t, ok := s.Truth(id)
	if !ok {
		return nil, adminError{http.StatusNotFound, "there is no operation " + work.Clip(id)}
	}
	return t, nil
}

// adminVerbs are what can be done to an operation.
var adminVerbs = map[string]func(*Server, string) error{
	"complete": (*Server).Complete,
	"fail":     (*Server).Fail,
	"expire":   (*Server).Expire,
	"freeze":   (*Server).Freeze,
	"thaw":     (*Server).Thaw,
}

func (s *Server) adminChange(r *http.Request) (any, error) {
	id := r.PathValue("id")
	verb, ok := adminVerbs[r.PathValue("verb")]
	if !ok {
		return nil, adminError{http.StatusNotFound, "an operation takes complete, fail, expire, freeze and thaw, not " + work.Clip(r.PathValue("verb"))}
	}
	switch err := verb(s, id); {
	case errors.Is(err, ErrUnknownOperation):
		return nil, adminError{http.StatusNotFound, err.Error()}
	case err != nil:
		return nil, adminError{http.StatusConflict, err.Error()}
	}
	return s.adminTruth(id)
}

type adminTime struct {
	Now   time.Time `json:"now"`
	Scale float64   `json:"scale"`
}

func (s *Server) adminClock() adminTime { return adminTime{s.host.Clock.Now(), s.host.Clock.Scale()} }

func (s *Server) adminSetClock(r *http.Request) (any, error) {
	var change struct {
		Advance string   `json:"advance"`
		Scale   *float64 `json:"scale"`
	}
	decoder := json.NewDecoder(io.LimitReader(r.Body, 4<<10))
	decoder.DisallowUnknownFields()
	if err := decoder.Decode(&change); err != nil {
		return nil, errors.New(`send JSON such as {"advance": "2h", "scale": 60}`)
	}
	advance := time.Duration(0)
	if change.Advance != "" {
		var err error
		if advance, err = time.ParseDuration(change.Advance); err != nil {
			return nil, errors.New(`advance is a duration such as "2h" or "1m30s"`)
		}
	}
	if change.Scale != nil {
		if err := s.host.Clock.SetScale(*change.Scale); err != nil {
			return nil, err
		}
	}
	if err := s.host.Clock.Advance(advance); err != nil {
		return nil, err
	}
	return s.adminClock(), nil
}

func (s *Server) adminGrade(w http.ResponseWriter, r *http.Request) {
	query := r.URL.Query()
	format, ok := grade.ReportFormats[query.Get("format")]
	if !ok && query.Has("format") {
		s.administer(w, nil, errors.New("format is json, xml or md"))
		return
	}
	if !ok {
		format = grade.ReportFormats["json"]
	}
	w.Header().Set("Content-Type", format.MediaType)
	format.Write(s.grade(!query.Has("final")), w) // the reader is gone if this fails
}
