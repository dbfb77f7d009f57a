package mockserver

import (
	"crypto/sha256"
	"crypto/subtle"
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"strings"
	"time"

	"github.com/asyncctl/asyncctl/mockserver/internal/grade"
	"github.com/asyncctl/asyncctl/mockserver/internal/speech"
	"github.com/asyncctl/asyncctl/mockserver/internal/work"
)

// AdminPrefix is where the paths of [Server.Admin] are.
const AdminPrefix = "/_asyncctl/"

// Admin serves the truth, and lets tests in any language intervene. It answers
// below AdminPrefix, and is best served on a listener of its own:
//
//	GET  /                              a page for people, without a token
//	GET  healthz                        200 as long as it serves, without a token
//	GET  metrics                        counters for Prometheus; also at /metrics
//	GET  stats                          the same as JSON: see Stats
//	GET  operations                     see Truth: 1000 at most, the oldest first; ?limit=50,
//	                                    ?order=newest, ?status=Running; Link names the next page
//	GET  operations/{id}
//	POST operations/{id}/complete       it succeeds now
//	POST operations/{id}/fail           it fails now
//	POST operations/{id}/expire         its retention is over now
//	POST operations/{id}/freeze         it stands still, until
//	POST operations/{id}/thaw
//	GET  clock                          {"now", "scale"}
//	POST clock                          {"advance": "2h", "scale": 60}; both may be left out
//	GET  requests                       the journal: see Request; ?after=NUMBER, ?limit=50
//	GET  grade                          see Report; ?format=json, xml (JUnit) or md; ?final if the client is done
//	GET  faults                         those that are on, and the catalogue
//	PUT  faults                         {"on": ["lost-202:p=0.1"]} are on from now
//	PUT  faults/{name}                  it is on from now; the body may be p=0.1,delay=1s
//	DELETE faults/{name}                it is off from now
//
// All but healthz ask for AdminToken if it is set. Requests of web pages of other
// origins are refused. Errors are problem documents.
func (s *Server) Admin() http.Handler {
	mux := http.NewServeMux()
	handle := func(pattern string, answer func(*http.Request) (any, error)) {
		method, path, _ := strings.Cut(pattern, " ")
		mux.HandleFunc(method+" "+AdminPrefix+path, func(w http.ResponseWriter, r *http.Request) {
			value, err := answer(r)
			s.administer(w, value, err)
		})
	}
	handle("GET stats", func(*http.Request) (any, error) { return s.Stats(), nil })
	mux.HandleFunc("GET "+AdminPrefix+"operations", s.adminList)
	handle("GET operations/{id}", func(r *http.Request) (any, error) { return s.adminTruth(r.PathValue("id")) })
	handle("POST operations/{id}/{verb}", s.adminChange)
	handle("GET clock", func(*http.Request) (any, error) { return s.adminClock(), nil })
	handle("POST clock", s.adminSetClock)
	handle("GET requests", s.adminRequests)
	handle("GET faults", func(*http.Request) (any, error) { return s.adminFaults(), nil })
	handle("PUT faults", s.adminSetFaults)
	handle("PUT faults/{name}", s.adminSwitch)
	handle("DELETE faults/{name}", s.adminSwitch)
	mux.HandleFunc("GET "+AdminPrefix+"grade", s.adminGrade)
	mux.HandleFunc("GET "+AdminPrefix+"metrics", s.serveMetrics)
	mux.HandleFunc("GET /metrics", s.serveMetrics)
	mux.HandleFunc("/", func(w http.ResponseWriter, r *http.Request) {
		s.administer(w, nil, adminError{http.StatusNotFound, "there is no such page here: see the documentation of Server.Admin"})
	})
	open := http.NewServeMux()
	open.HandleFunc("GET "+AdminPrefix+"healthz", serveHealth)
	open.HandleFunc("GET /healthz", serveHealth)
	servePage(open)
	open.Handle("/", s.guard(mux))
	return http.NewCrossOriginProtection().Handler(s.started(open))
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
