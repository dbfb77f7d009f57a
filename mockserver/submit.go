package mockserver

import (
	"bytes"
	"cmp"
	"encoding/json"
	"errors"
	"io"
	"mime"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"unicode/utf8"
)

const (
	allowSubmit = "OPTIONS, PATCH, POST, PUT"
	allowRoot   = "GET, HEAD, OPTIONS, PATCH, POST, PUT"
)

// ScenarioHeader names the request header that chooses the [Scenario] of a
// submit, in the form of a query: duration=3s&outcome=failed. Where the query of
// the URL sets the same parameter, the query decides.
const ScenarioHeader = "Asyncctl-Scenario"

// serveSubmit answers for every path that is not below /operations/.
func (s *Server) serveSubmit(x *exchange) {
	allow := allowSubmit
	if x.r.URL.Path == "/" {
		allow = allowRoot
	}
	switch x.r.Method {
	case http.MethodPost, http.MethodPut, http.MethodPatch:
	case http.MethodGet, http.MethodHead:
		if x.r.URL.Path == "/" {
			x.usage()
			return
		}
		fallthrough
	default:
		x.options(allow)
		return
	}
	// RFC 7240, section 2: the answer depends on it, also when it is a refusal.
	x.w.Header()["Vary"] = varyPrefer
	sub, refusal := s.read(x)
	if refusal != nil {
		s.counter.refused.Add(1)
		x.problem(*refusal)
		return
	}
	s.tick(x) // reading may have taken long
	v, result := s.store.submit(sub, x.now, x.scale)
	x.about(v)
	switch result {
	case full:
		s.counter.refused.Add(1)
		// RFC 9110, section 15.6.4
		x.hint("1")
		x.problem(problem{
			Status: http.StatusServiceUnavailable,
			Detail: "the store of " + strconv.FormatInt(s.store.limit, 10) + " operations is full: shorten retention, or raise MaxOperations",
		})
	case crowded:
		s.counter.refused.Add(1)
		// RFC 9110, section 15.6.4
		x.hint("1")
		x.problem(problem{
			Status: http.StatusServiceUnavailable,
			Detail: "the queue of " + strconv.Itoa(s.MaxQueue) + " operations is full: submit again later, or raise MaxQueue or Workers",
		})
	case unsealable:
		s.counter.refused.Add(1)
		x.problem(*refuse(http.StatusBadRequest, "the operation does not fit into its URL, as a server that keeps nothing needs it: shorten result, fail-title and fail-detail, and keep to what parameters may say"))
	case mismatch:
		s.counter.refused.Add(1)
		x.problem(keyMismatch(v))
	case replayed:
		s.counter.replays.Add(1)
		s.answer(x, v)
	default:
		s.counter.submits.Add(1)
		s.answer(x, v)
	}
}

// answer is what an accepted submit gets: the end, if the client prefers to wait
// for it and it comes in time, else 202.
func (s *Server) answer(x *exchange, v view) {
	prefer := parsePrefer(x.r.Header["Prefer"])
	v = s.wait(x, v, prefer)
	x.about(v)
	done := v.snap.Status.Done() && prefer.waits
	if applied := prefer.applied(s.maxWait(), done); applied != "" {
		x.w.Header().Set("Preference-Applied", applied)
	}
	if done {
		s.store.visit(v.id, func(op *operation) { op.watched().answered = true })
		s.sendOutcome(x, v)
		return
	}
	// RFC 9110, section 15.3.3
	x.w.Header().Set("Location", x.location(v, v.statusPath()))
	x.hint(v.hint)
	x.document(http.StatusAccepted, v)
}

// sendOutcome answers a submit that waited long enough: it was synchronous.
func (s *Server) sendOutcome(x *exchange, v view) {
	switch v.snap.Status {
	case Failed:
		x.problem(v.failure())
	case Cancelled:
		x.document(http.StatusOK, v)
	default:
		// RFC 9110, section 8.7: this is also what a GET there would answer.
		x.w.Header().Set("Content-Location", x.location(v, v.resultPath()))
		s.sendResult(x, v)
	}
}

// read validates a submit before anything starts. What it refuses is not an operation.
func (s *Server) read(x *exchange) (*submission, *problem) {
	key, err := parseKey(x.r.Header["Idempotency-Key"])
	if err != nil {
		return nil, refuse(http.StatusBadRequest, err.Error())
	}
	if coding := x.r.Header.Get("Content-Encoding"); coding != "" && !strings.EqualFold(coding, "identity") {
		// RFC 9110, section 15.5.16
		x.w.Header().Set("Accept-Encoding", "identity")
		return nil, refuse(http.StatusUnsupportedMediaType, "the body is encoded: send it without Content-Encoding")
	}
	limit := s.maxBody()
	body, err := io.ReadAll(http.MaxBytesReader(x.w, x.r.Body, limit))
	if tooLarge := (*http.MaxBytesError)(nil); errors.As(err, &tooLarge) {
		// RFC 9110, section 15.5.14
		return nil, refuse(http.StatusRequestEntityTooLarge, "the body is longer than "+strconv.FormatInt(limit, 10)+" bytes: send less")
	} else if err != nil {
		return nil, refuse(http.StatusBadRequest, "the body ended early: send all of it")
	}
	contentType := x.r.Header.Get("Content-Type")
	if isJSON(contentType) && len(body) > 0 && !(json.Valid(body) && utf8.Valid(body)) {
		return nil, refuse(http.StatusBadRequest, "the body is not JSON in UTF-8, as its Content-Type says: correct one of them")
	}
	scenario, err := s.scenario(x.r, body)
	if err != nil {
		return nil, refuse(http.StatusBadRequest, err.Error())
	}
	if s.Stateless && scenario.Polls > 1 {
		return nil, refuse(http.StatusBadRequest, "parameter \"polls\": a server that keeps nothing counts no polls: leave it out")
	}
	sub := &submission{
		scenario:    scenario,
		method:      x.r.Method,
		path:        x.r.URL.Path,
		contentType: clip(contentType),
		size:        len(body),
		key:         key,
	}
	if len(body) > 0 && len(body) <= maxEcho {
		sub.body = bytes.Clone(body) // without the room that ReadAll leaves
	}
	if key != "" {
		sub.payload = fingerprint(x.r, body)
	}
	return sub, nil
}

// scenario is what the rules of the server say, or the scenario that the request
// names, unless the request sets parameters.
func (s *Server) scenario(r *http.Request, body []byte) (*Scenario, error) {
	if r.URL.RawQuery == "" && len(r.Header[ScenarioHeader]) == 0 {
		return s.base(r, body, "")
	}
	header, err := url.ParseQuery(strings.Join(r.Header[ScenarioHeader], "&"))
	if err != nil {
		return nil, errors.New("the header " + ScenarioHeader + " is malformed: write it like duration=3s&outcome=failed")
	}
	query, err := url.ParseQuery(r.URL.RawQuery)
	if err != nil {
		return nil, errors.New("the query is malformed: write it like duration=3s&outcome=failed")
	}
	name := cmp.Or(query.Get(ScenarioParameter), header.Get(ScenarioParameter))
	base, err := s.base(r, body, name)
	if err != nil {
		return nil, err
	}
	sc := *base
	for _, values := range []url.Values{header, query} {
		values.Del(ScenarioParameter)
		if sc, err = ParseScenario(sc, values); err != nil {
			return nil, err
		}
	}
	return &sc, nil
}

func (s *Server) maxBody() int64 {
	if s.MaxBody <= 0 {
		return defaultMaxBody
	}
	return s.MaxBody
}

func refuse(code int, detail string) *problem {
	return &problem{Status: code, Detail: detail}
}

// isJSON reports whether a media type is JSON (RFC 8259; RFC 6839, section 3.1).
func isJSON(contentType string) bool {
	mediaType, _, err := mime.ParseMediaType(contentType)
	return err == nil && (mediaType == "application/json" || strings.HasSuffix(mediaType, "+json"))
}
