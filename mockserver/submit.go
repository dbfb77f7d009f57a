package mockserver

import (
	"bytes"
	"cmp"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"mime"
	"net/http"
	"net/url"
	"os"
	"strconv"
	"strings"
	"unicode/utf8"

	"github.com/asyncctl/asyncctl/mockserver/internal/speech"
	"github.com/asyncctl/asyncctl/mockserver/internal/work"
)

// ScenarioHeader names the request header that chooses the [Scenario] of a
// submit, in the form of a query: duration=3s&outcome=failed. The query of the URL
// may set the same parameters, below ControlPrefix; then the query decides.
const ScenarioHeader = "Asyncctl-Scenario"

// serveSubmit starts an operation.
func (s *Server) serveSubmit(x *speech.Exchange) {
	if x.Dialect.Finished != nil && x.Dialect.Async == nil {
		// RFC 7240, section 2: the answer depends on it, also when it is a refusal.
		x.W.Header()["Vary"] = speech.VaryPrefer
	}
	sub, refusal := s.read(x)
	if refusal != nil {
		s.host.Counter.Refused.Add(1)
		x.Problem(*refusal)
		return
	}
	x.Tick() // reading may have taken long
	v, result := s.host.Store.Submit(sub, x.Now, x.Scale)
	x.About(v)
	switch result {
	case work.Full:
		s.host.Counter.Refused.Add(1)
		// RFC 9110, section 15.6.4
		x.Hint("1")
		x.Problem(speech.Problem{
			Status: http.StatusServiceUnavailable,
			Detail: "the store of " + strconv.FormatInt(s.host.Store.Limit, 10) + " operations is full: shorten retention, or raise MaxOperations",
		})
	case work.Crowded:
		s.host.Counter.Refused.Add(1)
		// RFC 9110, section 15.6.4
		x.Hint("1")
		x.Problem(speech.Problem{
			Status: http.StatusServiceUnavailable,
			Detail: "the queue of " + strconv.Itoa(s.MaxQueue) + " operations is full: submit again later, or raise MaxQueue or Workers",
		})
	case work.Unsealable:
		s.host.Counter.Refused.Add(1)
		x.Problem(*speech.Refuse(http.StatusBadRequest, "the operation does not fit into its URL, as a server that keeps nothing needs it: shorten result, fail-title and fail-detail, and keep to what parameters may say"))
	case work.Mismatch:
		s.host.Counter.Refused.Add(1)
		x.Problem(keyMismatch(v))
	case work.Replayed:
		s.host.Counter.Replays.Add(1)
		x.Replayed = true
		s.answer(x, v)
	default:
		s.host.Counter.Submits.Add(1)
		if s.router != nil {
			s.sender.Watch(s.router, x, v)
		}
		s.answer(x, v)
	}
}

// answer is what an accepted submit gets: the end, if the client waits for it and
// it comes in time, else where to ask for it.
func (s *Server) answer(x *speech.Exchange, v work.View) {
	if x.Dialect.Finished != nil {
		prefer := speech.ParsePrefer(x.R.Header["Prefer"])
		must := x.Dialect.Has(speech.NeedsAsync) && !prefer.Async
		if x.Dialect.Async != nil {
			must = !x.Dialect.Async(x)
		}
		if prefer.Bare && x.Dialect.BareWait {
			prefer.Waits, prefer.Seconds = true, speech.MaxPreferWait
		}
		if must {
			prefer.Waits, prefer.Seconds = true, speech.MaxPreferWait
		}
		v = s.wait(x, v, prefer)
		x.About(v)
		done := v.Snap.Status.Done() && prefer.Waits
		if applied := prefer.Applied(s.maxWait(), done); applied != "" && !must {
			x.W.Header().Set("Preference-Applied", applied)
		}
		switch {
		case done:
			s.answered(v)
			x.Dialect.Finished(x, v)
			return
		case must && x.Dialect.Async == nil:
			s.answered(v)
			// RFC 9110, section 15.6.5
			x.Problem(speech.Problem{
				Status: http.StatusGatewayTimeout,
				Detail: "the operation takes longer than a request may: send Prefer: respond-async",
			})
			return
		}
	}
	if v.Snap.Status.Done() && x.Dialect.Has(speech.EndsAtOnce) {
		s.answered(v)
	}
	x.Began = true
	x.Dialect.Accepted(x, v)
}

// answered notes that the answer to the submit is the last that there is to say.
func (s *Server) answered(v work.View) {
	s.host.Store.Visit(v.ID, func(op *work.Operation) { op.Watched().Answered = true })
}

// read validates a submit before anything starts. What it refuses is not an operation.
func (s *Server) read(x *speech.Exchange) (*work.Submission, *speech.Problem) {
	if coding := x.R.Header.Get("Content-Encoding"); coding != "" && !strings.EqualFold(coding, "identity") {
		// RFC 9110, section 15.5.16
		x.W.Header().Set("Accept-Encoding", "identity")
		return nil, speech.Refuse(http.StatusUnsupportedMediaType, "the body is encoded: send it without Content-Encoding")
	}
	limit := s.maxBody()
	body, err := io.ReadAll(http.MaxBytesReader(x.W, x.R.Body, limit))
	if tooLarge := (*http.MaxBytesError)(nil); errors.As(err, &tooLarge) {
		// RFC 9110, section 15.5.14
		return nil, speech.Refuse(http.StatusRequestEntityTooLarge, "the body is longer than "+strconv.FormatInt(limit, 10)+" bytes: send less")
	} else if errors.Is(err, os.ErrDeadlineExceeded) {
		// RFC 9110, section 15.5.9
		x.W.Header().Set("Connection", "close")
		return nil, speech.Refuse(http.StatusRequestTimeout, "the body took longer than "+bodyTime.String()+": send it faster")
	} else if err != nil {
		return nil, speech.Refuse(http.StatusBadRequest, "the body ended early: send all of it")
	}
	x.Keep(body)
	key, err := keyOf(x)
	if err != nil {
		return nil, speech.Refuse(http.StatusBadRequest, err.Error())
	}
	contentType := x.R.Header.Get("Content-Type")
	if isJSON(contentType) && len(body) > 0 && !(json.Valid(body) && utf8.Valid(body)) {
		return nil, speech.Refuse(http.StatusBadRequest, "the body is not JSON in UTF-8, as its Content-Type says: correct one of them")
	}
	scenario, err := s.scenario(x)
	if err != nil {
		return nil, speech.Refuse(http.StatusBadRequest, err.Error())
	}
	if refusal := s.suits(x.Dialect, scenario); refusal != nil {
		return nil, refusal
	}
	sub := &work.Submission{
		Scenario:    scenario,
		Manner:      &x.Dialect.Manner,
		Method:      x.R.Method,
		Path:        x.R.URL.Path,
		ContentType: work.Clip(contentType),
		Size:        len(body),
		Key:         key,
	}
	if len(body) > 0 && len(body) <= speech.MaxEcho {
		sub.Body = bytes.Clone(body) // without the room that ReadAll leaves
	}
	if key != "" {
		sub.Payload = fingerprint(x.R, body)
	}
	if x.Dialect.Admit != nil {
		return sub, x.Dialect.Admit(x, sub)
	}
	return sub, nil
}

// suits refuses what the dialect, or a server that keeps nothing, cannot do.
func (s *Server) suits(d *speech.Dialect, scenario *Scenario) *speech.Problem {
	switch {
	case d != generic && (scenario.Completion != "" || scenario.PendingStatus != 0):
		return speech.Refuse(http.StatusBadRequest, ownEnd(d))
	case scenario.Outcome == OutcomePartial && !d.Has(speech.HasPartial):
		return speech.Refuse(http.StatusBadRequest, noPartial(d))
	case s.Stateless && d.Has(speech.NeedsMemory):
		return speech.Refuse(http.StatusNotImplemented, noMemory(d))
	case s.Stateless && scenario.Polls > 1:
		return speech.Refuse(http.StatusBadRequest, "parameter \"polls\": a server that keeps nothing counts no polls: leave it out")
	case s.Stranger == "" && d.Has(speech.NeedsForeign):
		return speech.Refuse(http.StatusNotImplemented, noForeign(d))
	}
	return nil
}

// ControlPrefix begins the names of the query parameters that are for the mock:
// asyncctl.duration=3s. All others are for the API under test.
const ControlPrefix = "asyncctl."

// scenario is what the rules of the server say, or the scenario that the request
// names, unless the request sets parameters.
func (s *Server) scenario(x *speech.Exchange) (*Scenario, error) {
	r := x.R
	header := url.Values{}
	if lines := r.Header[ScenarioHeader]; len(lines) > 0 {
		var err error
		if header, err = url.ParseQuery(strings.Join(lines, "&")); err != nil {
			return nil, errors.New("the header " + ScenarioHeader + " is malformed: write it like duration=3s&outcome=failed")
		}
	}
	query, err := controls(r.URL)
	if err != nil {
		return nil, err
	}
	if len(header) == 0 && len(query) == 0 {
		return s.base(x, "")
	}
	base, err := s.base(x, cmp.Or(query.Get(ScenarioParameter), header.Get(ScenarioParameter)))
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

// controls are the parameters of a query that are for the mock, without their
// prefix. What is not for the mock may be malformed.
func controls(u *url.URL) (url.Values, error) {
	if !strings.Contains(u.RawQuery, ControlPrefix) {
		return nil, nil
	}
	values := url.Values{}
	for pair := range strings.SplitSeq(u.RawQuery, "&") {
		name, value, _ := strings.Cut(pair, "=")
		word, ok := strings.CutPrefix(name, ControlPrefix)
		if !ok {
			continue
		}
		value, err := url.QueryUnescape(value)
		if err != nil {
			return nil, fmt.Errorf("parameter %q: it is malformed: write it like %sduration=3s", work.Clip(name), ControlPrefix)
		}
		values.Add(word, value)
	}
	return values, nil
}

func (s *Server) maxBody() int64 {
	if s.MaxBody <= 0 {
		return defaultMaxBody
	}
	return s.MaxBody
}

// isJSON reports whether a media type is JSON (RFC 8259; RFC 6839, section 3.1).
func isJSON(contentType string) bool {
	mediaType, _, err := mime.ParseMediaType(contentType)
	return err == nil && (mediaType == "application/json" || strings.HasSuffix(mediaType, "+json"))
}
