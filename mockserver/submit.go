package mockserver

import (
	"bytes"
	"cmp"
	"encoding/json"
	"errors"
	"io"
	"maps"
	"mime"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"
)

// ScenarioHeader names the request header that chooses the [Scenario] of a
// submit, in the form of a query: duration=3s&outcome=failed. Where the query of
// the URL sets the same parameter, the query decides.
const ScenarioHeader = "Asyncctl-Scenario"

// serveSubmit starts an operation.
func (s *Server) serveSubmit(x *exchange) {
	if x.d.finished != nil && x.d.async == nil {
		// RFC 7240, section 2: the answer depends on it, also when it is a refusal.
		x.w.Header()["Vary"] = varyPrefer
	}
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

// answer is what an accepted submit gets: the end, if the client waits for it and
// it comes in time, else where to ask for it.
func (s *Server) answer(x *exchange, v view) {
	if x.d.finished != nil {
		prefer := parsePrefer(x.r.Header["Prefer"])
		must := x.d.has(needsAsync) && !prefer.async
		if x.d.async != nil {
			must = !x.d.async(x)
		}
		if must {
			prefer.waits, prefer.seconds = true, maxPreferWait
		}
		v = s.wait(x, v, prefer)
		x.about(v)
		done := v.snap.Status.Done() && prefer.waits
		if applied := prefer.applied(s.maxWait(), done); applied != "" && !must {
			x.w.Header().Set("Preference-Applied", applied)
		}
		switch {
		case done:
			s.answered(v)
			x.d.finished(x, v)
			return
		case must && x.d.async == nil:
			s.answered(v)
			// RFC 9110, section 15.6.5
			x.problem(problem{
				Status: http.StatusGatewayTimeout,
				Detail: "the operation takes longer than a request may: send Prefer: respond-async",
			})
			return
		}
	}
	if v.snap.Status.Done() && x.d.has(endsAtOnce) {
		s.answered(v)
	}
	x.began = true
	x.d.accepted(x, v)
}

// answered notes that the answer to the submit is the last that there is to say.
func (s *Server) answered(v view) {
	s.store.visit(v.id, func(op *operation) { op.watched().answered = true })
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
	scenario, err := s.scenario(x, body)
	if err != nil {
		return nil, refuse(http.StatusBadRequest, err.Error())
	}
	if refusal := s.suits(x.d, scenario); refusal != nil {
		return nil, refusal
	}
	sub := &submission{
		scenario:    scenario,
		dialect:     x.d,
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
	if x.d.admit != nil {
		return sub, x.d.admit(x, sub)
	}
	return sub, nil
}

// suits refuses what the dialect, or a server that keeps nothing, cannot do.
func (s *Server) suits(d *dialect, scenario *Scenario) *problem {
	switch {
	case d != dialects[0] && (scenario.Completion != "" || scenario.PendingStatus != 0):
		return refuse(http.StatusBadRequest, ownEnd(d))
	case scenario.Outcome == OutcomePartial && !d.has(hasPartial):
		return refuse(http.StatusBadRequest, noPartial(d))
	case s.Stateless && d.has(needsMemory):
		return refuse(http.StatusNotImplemented, noMemory(d))
	case s.Stateless && scenario.Polls > 1:
		return refuse(http.StatusBadRequest, "parameter \"polls\": a server that keeps nothing counts no polls: leave it out")
	case s.Stranger == "" && d.has(needsForeign):
		return refuse(http.StatusNotImplemented, noForeign(d))
	}
	return nil
}

// scenario is what the rules of the server say, or the scenario that the request
// names, unless the request sets parameters.
func (s *Server) scenario(x *exchange, body []byte) (*Scenario, error) {
	r := x.r
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
	if x.d != dialects[0] {
		// What is not in the vocabulary is in that of the family.
		known := parameterNames()
		maps.DeleteFunc(query, func(name string, _ []string) bool { return !slices.Contains(known, name) })
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
