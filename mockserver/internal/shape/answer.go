package shape

import (
	"fmt"
	"net/http"
	"slices"
	"strings"

	"github.com/asyncctl/asyncctl/mockserver/internal/speech"
	"github.com/asyncctl/asyncctl/mockserver/internal/work"
)

// An AnswerName is a name that [Kind].Answers may have.
type AnswerName struct {
	Name   string
	Means  string
	Status int // the default of Answer.Status
}

var answerNames = []AnswerName{
	{"accepted", "to a submit", 202},
	{"replayed", "to a submit whose idempotency key was seen before; default accepted", 202},
	{"finished", "to a submit that waited for the end; default that of its state", 200},
	{"pending", "to a poll before the operation runs; default running", 200},
	{"running", "to a poll", 200},
	{"waiting", "to a poll of an operation that is frozen; default running", 200},
	{"cancelling", "to a poll while it is being cancelled; default running", 200},
	{"succeeded", "to a poll of a success", 200},
	{"partial", "to a poll of a success in part; default succeeded", 200},
	{"failed", "to a poll of a failure", 200},
	{"cancelled", "to a poll of a cancelled operation", 200},
	{"result", "with the result", 200},
	{"unready", "to a request for a result that is not there; default missing", 404},
	{"cancel", "to a request that cancels", 202},
	{"ended", "to a request that cancels an operation that has ended; default refused", 409},
	{"forget", "to a request that removes an operation", 204},
	{"any", "to a request for something of an operation, in whatever state; only behind a dot", 200},
	{"list", "with the list of operations", 200},
	{"invalid", "to a submit that breaks a rule of the API", 400},
	{"missing", "where there is nothing", 404},
	{"unauthorized", "without the fields that are required", 401},
	{"refused", "to every other refusal; the HTTP status is that of the refusal", 0},
}

// AnswerNames returns the names that [Kind].Answers may have. A name may be
// preceded by the Answer of an [Endpoint] and a dot.
func AnswerNames() []AnswerName { return slices.Clone(answerNames) }

// An answer is an Answer that is ready to be filled.
type answer struct {
	status int
	header []field
	body   template
	file   []byte // instead of body
	empty  bool   // it has no content
	fails  bool   // the status is that of the failure
	raw    bool   // the content is the result itself
	asPoll bool   // the content is that of a poll
	output int    // the part of body that is the result itself, or -1
}

type field struct {
	name  string
	value template
}

// compileAnswer reads an answer, with the HTTP status that it has by default.
func compileAnswer(a Answer, status int) (*answer, error) {
	c := &answer{status: work.IntOr(a.Status, status), file: a.Body, fails: a.FailStatus, raw: a.Raw, asPoll: a.AsPoll, output: -1}
	given := 0
	for _, set := range []bool{a.JSON != nil, a.Text != "", a.Body != nil} {
		if set {
			given++
		}
	}
	contentType := ""
	var err error
	switch {
	case given > 1:
		return nil, fmt.Errorf("it has JSON, Text and Body: give one of them")
	case a.Status != 0 && (a.Status < 200 || a.Status > 599):
		return nil, fmt.Errorf("the HTTP status %d: use 200 to 599", a.Status)
	case a.JSON != nil:
		contentType = "application/json"
		c.body, err = parseJSON(a.JSON)
		c.body = c.body.plain("\n")
	case a.Text != "":
		contentType = "text/plain; charset=utf-8"
		c.body, err = parse(a.Text, asText)
	case a.Body != nil:
		contentType = "application/octet-stream"
	default:
		c.empty = true
	}
	if err != nil {
		return nil, err
	}
	for i, p := range c.body {
		if p.hole != nil && strings.HasPrefix(p.hole.name, "output") && c.output < 0 {
			c.output = i
		}
	}
	return c, c.fields(a.Header, contentType)
}

// fields reads the header, the names as they are spelled.
func (c *answer) fields(header map[string]string, contentType string) error {
	names := make([]string, 0, len(header))
	for name := range header {
		names = append(names, name)
	}
	slices.Sort(names)
	for _, name := range names {
		if !isToken(name) {
			return fmt.Errorf("%q is no name of a header field", work.Clip(name))
		}
		if strings.ContainsAny(header[name], "\r\n") {
			return fmt.Errorf("the header field %s: %w", name, errControl)
		}
		value, err := parse(header[name], asText)
		if err != nil {
			return fmt.Errorf("the header field %s: %w", name, err)
		}
		if strings.EqualFold(name, "Content-Type") {
			contentType = ""
		}
		c.header = append(c.header, field{name, value})
	}
	if contentType != "" {
		c.header = append(c.header, field{"Content-Type", template{{text: contentType}}})
	}
	return nil
}

// isToken reports whether a text can name a header field (RFC 9110, section 5.6.2).
func isToken(name string) bool {
	return name != "" && !strings.ContainsFunc(name, func(c rune) bool {
		return c <= ' ' || c > '~' || strings.ContainsRune(`"(),/:;<=>?@[\]{}`, c)
	})
}

// templates are all of the answer.
func (c *answer) templates() []template {
	all := []template{c.body}
	for _, f := range c.header {
		all = append(all, f.value)
	}
	return all
}

// has reports whether one of the holes is in the answer.
func (c *answer) has(names ...string) bool {
	return slices.ContainsFunc(c.templates(), func(t template) bool { return t.has(names...) })
}

// hinted reports whether the answer sets Retry-After itself.
func (c *answer) hinted() bool {
	return slices.ContainsFunc(c.header, func(f field) bool { return strings.EqualFold(f.name, "Retry-After") })
}

// head writes the fields. It reports false for a value that cannot be one, which
// it has answered.
func (c *answer) head(s *scene) bool {
	header := s.x.W.Header()
	for i := range c.header {
		f := &c.header[i]
		value := ""
		if len(f.value) == 1 && f.value[0].hole == nil {
			value = f.value[0].text
		} else {
			var err error
			if value, err = f.value.field(s); err != nil {
				s.x.W.Header().Del("Retry-After")
				speech.SendProblem(s.x, speech.Problem{Status: http.StatusBadRequest, Detail: "the header field " + f.name + ": " + err.Error()})
				return false
			}
		}
		if strings.EqualFold(f.name, "Retry-After") {
			s.x.Said.RetryAfter = value
			header.Del("Retry-After")
		}
		header[http.CanonicalHeaderKey(f.name)] = []string{value}
	}
	return true
}

// send sends the answer.
func (c *answer) send(s *scene) {
	if c.asPoll && s.k != nil && s.v.Submission != nil {
		s.k.answers[stateOf(s.v)].sendAs(s, c.status)
		return
	}
	if c.fails && s.v.Submission != nil {
		c.sendAs(s, work.FailCode(s.v.Scenario))
		return
	}
	c.sendAs(s, c.status)
}

// sendAs sends the answer with another HTTP status.
func (c *answer) sendAs(s *scene, code int) {
	x := s.x
	if s.k != nil {
		s.k.shape.common(x.W.Header())
	}
	if !c.head(s) {
		return
	}
	size := int64(0)
	if c.output >= 0 && s.v.Submission != nil {
		size = s.v.Scenario.ResultSize
		x.Host.Counter.Results.Add(1)
	}
	switch {
	case c.raw:
		x.SendResult(s.v)
	case c.empty, code == http.StatusNoContent, code == http.StatusNotModified:
		x.W.Header().Del("Content-Type")
		x.Head(code)
	case c.file != nil:
		x.Body(code, c.file)
	case size > 0:
		c.sendDigits(s, code, size)
	default:
		x.Buf = c.body.fill(x.Buf[:0], s)
		x.Body(code, x.Buf)
	}
}

// sendDigits sends a result of any size inside the answer, without holding it in
// memory.
func (c *answer) sendDigits(s *scene, code int, size int64) {
	quote := `"`
	if c.body[c.output].hole.as != asJSON {
		quote = ""
	}
	head := append(c.body[:c.output].fill(s.x.Buf[:0], s), quote...)
	tail := quote + string(c.body[c.output+1:].fill(nil, s))
	s.x.SendDigits(code, head, size, tail)
}
