package evidence

import (
	"net/http"
	"slices"
	"strings"
	"time"
)

// Transcript is one conversation with the API, in the order in which its requests were sent. It is
// all that checks ever see: what is judged live can be judged again from a file.
type Transcript struct {
	// Probe is the name of the probe that held it, such as "slow" or "cancel"; a probe that held
	// several, such as "idempotency", numbers them: "idempotency/2".
	Probe string `json:"probe"`
	// Exchanges are its requests with their answers.
	Exchanges []Exchange `json:"exchanges"`
	// Ended says why the probe stopped, if not because it was through: "budget", "interrupted",
	// "unreachable", or a reason of package lro. Empty: it was through.
	Ended string `json:"ended,omitempty"`
	// Cause says in words what took the time, where Ended is "budget": "the server asks to wait 2h0m0s".
	// Empty: the operation did.
	Cause string `json:"cause,omitempty"`
}

// Exchange is one request and what came back for it.
type Exchange struct {
	// Role is what the request was for.
	Role     Role     `json:"role"`
	Request  Request  `json:"request"`
	Response Response `json:"response"`
	// Err is the failure to send or to read, in words; empty: the whole answer was read.
	Err string `json:"error,omitempty"`
	// Repeated says that the same was asked again because of this answer: a throttle, a gateway's error, no
	// answer, or a redirect to the same resource. A later exchange of the same role has the answer.
	Repeated bool `json:"repeated,omitempty"`
	// Dropped says that a connection over which an answer had come a moment ago was closed instead of this
	// one, and that the request was sent again over another.
	Dropped bool `json:"dropped,omitempty"`
	// Unsent says that Err struck before a byte of the request left.
	Unsent bool `json:"unsent,omitempty"`
	// Sent is when the request began to be sent, Answered when the header section had arrived, and
	// Read when the content had.
	Sent     time.Time `json:"sent"`
	Answered time.Time `json:"answered,omitzero"`
	Read     time.Time `json:"read,omitzero"`
}

// Request is a request as it was sent, but that the values of secret fields are replaced by a
// constant.
type Request struct {
	Method string  `json:"method"`
	URL    string  `json:"url"`
	Header Fields  `json:"header,omitempty"`
	Body   Content `json:"body,omitempty"`
}

// Response is an answer as it was received.
type Response struct {
	Proto  string `json:"proto,omitempty"` // "HTTP/1.1", "HTTP/2.0"
	Status int    `json:"status"`          // 0: none was read
	// Header holds the field lines in their order, several of one name too.
	Header Fields `json:"header,omitempty"`
	// Raw says that Header has the lines as they came over the wire, and that Body has what followed
	// an answer to HEAD. It is false for HTTP/2, through a proxy, and for traffic that others recorded:
	// there only the order of lines of one name is known.
	Raw bool `json:"raw,omitempty"`
	// Body is the content as far as it was read; More says that there was more.
	Body Content `json:"body,omitempty"`
	More bool    `json:"more,omitempty"`
}

// Fields are the lines of a header section in their order.
type Fields []Field

// Field is one line of a header section.
type Field struct {
	Name  string `json:"name"`
	Value string `json:"value"`
}

// Get returns the first value of the named field, or "". The name may be in any case.
func (f Fields) Get(name string) string {
	for i := range f {
		if strings.EqualFold(f[i].Name, name) {
			return f[i].Value
		}
	}
	return ""
}

// Values returns all values of the named field in their order.
func (f Fields) Values(name string) []string {
	var all []string
	for i := range f {
		if strings.EqualFold(f[i].Name, name) {
			all = append(all, f[i].Value)
		}
	}
	return all
}

// Lines are the lines of the named field, as they stand in a header section.
func (f Fields) Lines(name string) []string {
	var all []string
	for _, value := range f.Values(name) {
		all = append(all, name+": "+value)
	}
	return all
}

// HTTP returns the fields as net/http has them.
func (f Fields) HTTP() http.Header {
	h := http.Header{}
	for _, field := range f {
		h.Add(field.Name, field.Value)
	}
	return h
}

// FieldsOf returns the lines of a header section as net/http has it, in the order of their names.
func FieldsOf(header http.Header) Fields {
	var fields Fields
	for name, values := range header {
		for _, value := range values {
			fields = append(fields, Field{Name: name, Value: value})
		}
	}
	slices.SortStableFunc(fields, func(a, b Field) int { return strings.Compare(a.Name, b.Name) })
	return fields
}

// BareURL is a URL without its query, which may be a secret.
func BareURL(raw string) string {
	bare, _, _ := strings.Cut(raw, "?")
	bare, _, _ = strings.Cut(bare, "#")
	return bare
}
