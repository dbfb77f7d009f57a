package shape

import (
	"fmt"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/asyncctl/asyncctl/mockserver/internal/speech"
	"github.com/asyncctl/asyncctl/mockserver/internal/work"
)

// A Hole is a name that may stand in {{ }}.
type Hole struct{ Name, Means string }

// holes are all that there are.
var holes = []Hole{
	{"id", "the id of the operation: a number in JSON if ids are numbers"},
	{"status", "the URL of its status"},
	{"result", "the URL of its result"},
	{"cancel", "the URL that cancels it"},
	{"submit", "the URL that it was submitted to"},
	{"state", "pending, running, waiting, cancelling, succeeded, partial, failed or cancelled"},
	{"word", "the word of the API for that state"},
	{"percent", "how far it is, from 0 to 100"},
	{"remaining", "100 less percent"},
	{"created", "when it was accepted, as 2006-01-02T15:04:05.000Z; with .unix or .millis since 1970, also of the next four"},
	{"started", "when it began to run; null before"},
	{"updated", "when its state last changed"},
	{"ended", "when it ended; null before"},
	{"expires", "when its result is removed, if it ended now"},
	{"took", "the milliseconds from its acceptance to its last change"},
	{"error", "why it failed, as a text"},
	{"error.title", "the title of the failure"},
	{"error.detail", "the detail of the failure"},
	{"error.status", "the HTTP status of the failure"},
	{"output", "the result itself: as it is if it is JSON, else as a text"},
	{"output.text", "the result itself, as a text"},
	{"items", "a list of the status documents of the operations, the newest first"},
	{"code", "the HTTP status of a refusal"},
	{"reason", "the name of that HTTP status"},
	{"detail", "what is wrong with the request that is refused"},
	{"path", "with :NAME, the segment of the submit path that the endpoint calls {{NAME}}"},
	{"request", "with :/POINTER, a value of the content of the submit; null if there is none"},
	{"request.header", "with :NAME, a header field of the submit"},
	{"request.query", "with :NAME, a query parameter of the submit"},
}

// Holes returns the names that may stand in {{ }}, with what they mean.
func Holes() []Hole { return slices.Clone(holes) }

// holeNamed reads what stands in {{ }}.
func holeNamed(text string) (*hole, error) {
	name, arg, argued := strings.Cut(text, ":")
	base := name
	switch {
	case strings.HasSuffix(name, ".unix"), strings.HasSuffix(name, ".millis"):
		base = name[:strings.LastIndexByte(name, '.')]
		if !slices.Contains([]string{"created", "started", "updated", "ended", "expires"}, base) {
			base = name
		}
	}
	i := slices.IndexFunc(holes, func(h Hole) bool { return h.Name == base })
	wants := strings.HasPrefix(name, "request") || name == "path"
	switch {
	case i < 0:
		return nil, fmt.Errorf("unknown hole {{%s}}: the known ones are %s", work.Clip(text), holeNames())
	case wants != argued || wants && arg == "":
		return nil, fmt.Errorf("the hole {{%s}}: %s", work.Clip(text), holes[i].Means)
	case name == "request" && arg[0] != '/':
		return nil, fmt.Errorf("the hole {{%s}}: write a JSON pointer, such as {{request:/name}}", work.Clip(text))
	}
	return &hole{name: name, arg: arg}, nil
}

func holeNames() string {
	names := make([]string, len(holes))
	for i, h := range holes {
		names[i] = h.Name
	}
	return strings.Join(names, ", ")
}

// A scene is all that holes are filled from.
type scene struct {
	x       *speech.Exchange
	v       work.View // zero: there is no operation
	k       *kind     // nil: there is no kind
	given   *given    // what the submit had, or nil
	refusal *speech.Problem
	items   []byte
}

// write writes the value of a hole.
func (s *scene) write(b []byte, h *hole) []byte {
	value, isJSON := s.value(h)
	switch {
	case h.as == asJSON && isJSON:
		return append(b, value...)
	case h.as == asJSON:
		return appendQuoted(b, value)
	case isJSON && value == "null":
		return b
	case h.as == asString:
		return appendEscaped(b, value)
	}
	return append(b, value...)
}

// value is the value of a hole: JSON, or a text.
func (s *scene) value(h *hole) (value string, isJSON bool) {
	switch h.name {
	case "request", "request.header", "request.query":
		return s.given.value(s, h)
	case "code":
		if s.refusal == nil {
			return "null", true
		}
		return strconv.Itoa(s.refusal.Status), true
	case "reason", "detail":
		if s.refusal == nil {
			return "", false
		}
		if h.name == "reason" {
			return http.StatusText(s.refusal.Status), false
		}
		return s.refusal.Detail, false
	case "items":
		return "[" + string(s.items) + "]", true
	}
	if s.k == nil || s.v.Submission == nil {
		return "null", true
	}
	return s.about(h)
}

// about is a value of the operation.
func (s *scene) about(h *hole) (value string, isJSON bool) {
	v := s.v
	switch h.name {
	case "id":
		return v.ID, v.Manner.Numbers
	case "status":
		return s.k.statusURL(s.x, v), false
	case "result":
		return s.k.url(s.x, v, s.k.result), false
	case "cancel":
		return s.k.url(s.x, v, s.k.cancel), false
	case "submit":
		return s.x.Here(speech.LocalPath(v, s.x)), false
	case "path":
		return s.k.capture(s.x, v)[h.arg], false
	case "state":
		return stateOf(v), false
	case "word":
		return s.k.word(v), false
	case "percent":
		return strconv.Itoa(v.Snap.Percent), true
	case "remaining":
		return strconv.Itoa(100 - v.Snap.Percent), true
	case "took":
		return strconv.FormatInt(v.Snap.Changed.Milliseconds(), 10), true
	case "error":
		return speech.Why(v), false
	case "error.title":
		return speech.FailureOf(v).Title, false
	case "error.detail":
		return speech.FailureOf(v).Detail, false
	case "error.status":
		return strconv.Itoa(work.FailCode(v.Scenario)), true
	case "output":
		return string(speech.AppendResult(v, nil)), true
	case "output.text":
		return strings.TrimSuffix(string(speech.ResultBody(v)), "\n"), false
	}
	return s.moment(h.name)
}

// moment is a time of the operation; null if it has not come.
func (s *scene) moment(name string) (value string, isJSON bool) {
	base, form, _ := strings.Cut(name, ".")
	at, v := time.Time{}, s.v
	switch base {
	case "created":
		at = v.Accepted
	case "updated":
		at = v.Changed()
	case "expires":
		at = v.Accepted.Add(work.Kept(v.Scenario))
	case "ended":
		if v.Snap.Status.Done() {
			at = v.Changed()
		}
	case "started":
		s.x.Host.Store.Visit(v.ID, func(op *work.Operation) {
			if queue := op.Plan().Queue; op.RanBy(s.x.Now, queue) {
				at = op.Accepted.Add(queue)
			}
		})
	}
	switch {
	case at.IsZero():
		return "null", true
	case form == "unix":
		return strconv.FormatInt(at.Unix(), 10), true
	case form == "millis":
		return strconv.FormatInt(at.UnixMilli(), 10), true
	}
	return string(speech.AppendTime(nil, at)), false
}

// stateOf is the state in the word of API files.
func stateOf(v work.View) string {
	switch {
	case v.Frozen:
		return "waiting"
	case v.Partial():
		return "partial"
	}
	return strings.ToLower(string(v.Snap.Status))
}
