// Package shape makes a dialect of the mock from a description of an API: its
// paths, and what is answered there.
package shape

import (
	"encoding/json"
	"errors"
	"strings"
	"time"

	"github.com/asyncctl/asyncctl/mockserver/internal/work"
)

// A Shape describes an API with slow operations, as data. Everything but the
// submit paths has a default, so that a Shape with one path is a mock.
//
// Texts in answers, header fields, paths and callbacks may have holes such as
// {{id}}: see [Holes].
type Shape struct {
	// Name is for people and for reports; default "shape".
	Name string `json:"name"`
	// Base is the path that all others are below, such as /api/v2; default none.
	Base string `json:"base,omitempty"`
	// Kinds are the kinds of operations.
	Kinds []Kind `json:"kinds"`
	// Routes are answered as they are, without any operation. They go before
	// the kinds.
	Routes []Route `json:"routes,omitempty"`
	// Header is sent with every answer that does not set the field itself.
	Header map[string]string `json:"headers,omitempty"`
	// Numbers makes ids numbers, from 1, instead of 128 random bits. Not on a
	// stateless server.
	Numbers bool `json:"numbers,omitempty"`
	// Required are the names of header fields that every request has to have, with
	// any value; without them the answer is Unauthorized.
	Required []string `json:"required,omitempty"`
	// Answers are those of every Kind that has none of its own, and those to
	// requests that are about none.
	Answers map[string]Answer `json:"answers,omitempty"`
}

// A Kind is one kind of operation: where it is submitted, polled and fetched, and
// what is answered there. Of several endpoints the first is the one that the
// mock names; the others are understood as well.
type Kind struct {
	// Name is for people and for reports; default that of the Shape.
	Name string `json:"name,omitempty"`
	// Submit is where the operation starts. It must be given.
	Submit []Endpoint `json:"submit"`
	// Status is where it is polled; default GET /operations/{{id}}.
	Status []Endpoint `json:"status,omitempty"`
	// Result is where its result is; default GET /operations/{{id}}/result,
	// unless Inline is set.
	Result []Endpoint `json:"result,omitempty"`
	// Inline tells that the result has no URL of its own.
	Inline bool `json:"inline,omitempty"`
	// Cancel is where it is cancelled; default nowhere.
	Cancel []Endpoint `json:"cancel,omitempty"`
	// Destroys tells that a cancelled operation is not found any more.
	Destroys bool `json:"destroys,omitempty"`
	// List answers with the operations of the kind: see the hole items. Default
	// nowhere.
	List []Endpoint `json:"list,omitempty"`
	// Forget is where the operation is removed without being cancelled; default
	// nowhere.
	Forget []Endpoint `json:"forget,omitempty"`
	// Also are further resources of an operation, such as its events; to ask for
	// them is no poll. Their answers begin with the Answer of the endpoint.
	Also []Endpoint `json:"also,omitempty"`
	// AtOnce tells that a submit whose operation has ended is answered like a
	// poll.
	AtOnce bool `json:"atOnce,omitempty"`
	// Forgets tells that a stateless server may leave holes of the submit null.
	Forgets bool `json:"forgets,omitempty"`
	// Waits tells that a submit with Prefer: wait waits for the end, up to
	// MaxWait where it names no time.
	Waits bool `json:"waits,omitempty"`
	// Key is where the idempotency key is: the name of a header field, a JSON
	// pointer into the content, "query:NAME", or "none"; default Idempotency-Key.
	Key string `json:"key,omitempty"`
	// Words are the words of the API for the states, for the hole word; default
	// the states themselves.
	Words map[string]string `json:"words,omitempty"`
	// Answers are by name: see [AnswerNames]. What is left out is made from the
	// others, or is a small JSON document.
	Answers map[string]Answer `json:"answers,omitempty"`
	// Partial tells that an operation can succeed in part. An answer for it
	// tells the same.
	Partial bool `json:"partial,omitempty"`
	// NoHints tells that the API has no Retry-After; a Scenario may still set
	// one.
	NoHints bool `json:"noHints,omitempty"`
	// Check refuses submits: the first that holds answers, instead of an
	// operation.
	Check []Check `json:"check,omitempty"`
	// Scenario is what its operations do; default that of the Server.
	Scenario *work.Scenario `json:"-"`
	// Callback, if not nil, is sent when the operation ends.
	Callback *Callback `json:"callback,omitempty"`
}

// An Endpoint is a method and a path, with the id of the operation in one place.
type Endpoint struct {
	// Method is that of the request; default POST for Submit and Cancel, DELETE
	// for Forget, else GET, which includes HEAD.
	Method string `json:"method,omitempty"`
	// Path is below the Base. {{id}} stands for the id, within one segment or as
	// the value of a query parameter; {{*}} for any one segment, {{**}} for the
	// rest of the path, also none of it, and {{NAME}} for a segment that is taken
	// from the path of the submit. Other query parameters must have the value
	// that is given.
	Path string `json:"path"`
	// ID is a JSON pointer to the id in the content of the request, if it is
	// there.
	ID string `json:"id,omitempty"`
	// Hold makes a poll, or a submit, wait until there is something new to say: for as many
	// seconds as the query parameter of this name says, or for MaxWait where it is
	// "always" or the parameter is -1; default not at all.
	Hold string `json:"hold,omitempty"`
	// UntilDone makes a poll that is held wait for the end, not for the next state.
	UntilDone bool `json:"untilDone,omitempty"`
	// Answer begins the names of the answers that are given here instead, where
	// there are such: with "short" the answer to a poll of a running operation is
	// "short.running".
	Answer string `json:"answer,omitempty"`
}

// UnmarshalJSON reads an object, or a text such as "GET /jobs/{{id}}".
func (e *Endpoint) UnmarshalJSON(text []byte) error {
	line := ""
	if json.Unmarshal(text, &line) == nil {
		method, path, ok := strings.Cut(line, " ")
		if !ok {
			return errors.New("an endpoint is a method and a path, such as \"GET /jobs/{{id}}\"")
		}
		e.Method, e.Path = method, path
		return nil
	}
	type plain Endpoint
	return json.Unmarshal(text, (*plain)(e))
}

// A Route is a request that is answered as it is.
type Route struct {
	Endpoint
	Answer Answer `json:"answer"`
}

// UnmarshalJSON reads {"on": "GET /ping", "answer": {...}}.
func (r *Route) UnmarshalJSON(text []byte) error {
	var plain struct {
		On     Endpoint `json:"on"`
		Answer Answer   `json:"answer"`
	}
	err := json.Unmarshal(text, &plain)
	r.Endpoint, r.Answer = plain.On, plain.Answer
	return err
}

// A Check is a rule of the API that a submit breaks.
type Check struct {
	// Missing is a JSON pointer: a content without a value there is refused. With
	// Is, one with another value is.
	Missing string          `json:"missing,omitempty"`
	Is      json.RawMessage `json:"is,omitempty"`
	// Has is a JSON pointer: a content whose value there is Value is refused.
	Has   string          `json:"has,omitempty"`
	Value json.RawMessage `json:"value,omitempty"`
	// Header is the name of a field that must be there.
	Header string `json:"header,omitempty"`
	// Detail says what is wrong, for the hole detail.
	Detail string `json:"detail"`
	// Answer is the name of the answer; default "invalid".
	Answer string `json:"answer,omitempty"`
}

// An Answer is a response. At most one of JSON, Text and Body is set; none of
// them is no content.
type Answer struct {
	// Status is the HTTP status; the default depends on the name of the answer:
	// 202 for accepted and cancel, 400 for invalid, 401 for unauthorized, 404 for
	// missing, else 200.
	Status int `json:"status,omitempty"`
	// AsPoll makes the content that of the answer to a poll.
	AsPoll bool `json:"asPoll,omitempty"`
	// FailStatus makes the HTTP status that of the failure in the Scenario.
	FailStatus bool `json:"failStatus,omitempty"`
	// Raw makes the content the result as the Scenario has it, with its media
	// type.
	Raw bool `json:"raw,omitempty"`
	// Header is the fields; their values are texts with holes.
	Header map[string]string `json:"headers,omitempty"`
	// JSON is the content, whose texts may have holes. A text that is one hole and
	// nothing else becomes its value, a number a number.
	JSON json.RawMessage `json:"json,omitempty"`
	// Text is the content as a text with holes; the media type is text/plain, if
	// Header has none.
	Text string `json:"text,omitempty"`
	// Body is the content as it is, without holes, such as that of a file; the
	// media type is application/octet-stream, if Header has none.
	Body []byte `json:"body,omitempty"`
}

// A Callback is a request that the mock sends when an operation ends.
type Callback struct {
	// Method is that of the request; default POST.
	Method string `json:"method,omitempty"`
	// URL is a text with holes; where it comes out empty nothing is sent. Its host
	// has to be a loopback address, unless its origin is among
	// [Server].CallbackOrigins.
	URL string `json:"url"`
	// Header, JSON and Text are those of the request, with holes.
	Header map[string]string `json:"headers,omitempty"`
	JSON   json.RawMessage   `json:"json,omitempty"`
	Text   string            `json:"text,omitempty"`
	// States are those that it is sent in; default the final ones.
	States []string `json:"states,omitempty"`
	// Delay is the time from the end to the callback.
	Delay time.Duration `json:"-"`
	// Times is how often it is sent; 0 means once.
	Times int `json:"times,omitempty"`
	// Before sends it before the submit is answered, with the state that the
	// operation is going to end in.
	Before bool `json:"before,omitempty"`
	// Sign, if not nil, signs its content.
	Sign *Sign `json:"sign,omitempty"`
}

// A Sign is a signature of the content: HMAC-SHA256 in hexadecimal (RFC 2104).
type Sign struct {
	Header string `json:"header"`           // the name of the field that it is in
	Prefix string `json:"prefix,omitempty"` // before it, such as "sha256="
	Secret []byte `json:"-"`
}
