package render

import (
	"encoding/base64"
	"encoding/json"
	"io"
	"net/http"
	"strings"
	"unicode/utf8"

	"github.com/asyncctl/asyncctl/internal/schema"
	"github.com/asyncctl/asyncctl/internal/show"
	"github.com/asyncctl/asyncctl/poller"
	"github.com/asyncctl/asyncctl/poller/lro"
)

// Document is what --format json prints when a command ends, however it ends.
type Document struct {
	Schema         string          `json:"schema"`
	Outcome        string          `json:"outcome"` // or "pending"
	ExitCode       int             `json:"exit_code"`
	Reason         lro.Reason      `json:"reason,omitempty"`
	Message        string          `json:"message,omitempty"`
	Detail         string          `json:"detail,omitempty"`
	State          string          `json:"state"`
	Native         string          `json:"native,omitempty"`
	Percent        *float64        `json:"percent,omitempty"`
	Dialect        string          `json:"dialect,omitempty"`
	Cue            string          `json:"cue,omitempty"` // what gave the dialect away
	Style          string          `json:"style,omitempty"`
	Doubtful       bool            `json:"doubtful,omitempty"` // the state is a guess
	Handle         json.RawMessage `json:"handle,omitempty"`
	Problem        *lro.Problem    `json:"problem,omitempty"`
	LastResponse   *Response       `json:"last_response,omitempty"`
	Polls          int             `json:"polls"`
	EarlyPolls     int             `json:"early_polls"`
	Timing         poller.Timing   `json:"timing"`
	Cancel         string          `json:"cancel,omitempty"`
	IdempotencyKey string          `json:"idempotency_key,omitempty"` // that the submit carried
	Result         *Content        `json:"result,omitempty"`
}

// Response is the last response, without what may be a secret.
type Response struct {
	Status  int                 `json:"status"`
	URL     string              `json:"url"`
	Headers map[string][]string `json:"headers"`
	Content *Content            `json:"content,omitempty"`
}

// Content is a body: JSON as it is, text as text, the rest as base64, or the file that holds it.
type Content struct {
	Type   string          `json:"content_type,omitempty"`
	Length int64           `json:"length"`
	JSON   json.RawMessage `json:"json,omitempty"`
	Text   string          `json:"text,omitempty"`
	Base64 string          `json:"base64,omitempty"`
	File   string          `json:"file,omitempty"`
	// Files are those that the result names, where they were fetched.
	Files []*Content `json:"files,omitempty"`
}

// NewDocument returns the document for an operation.
func NewDocument(op lro.Operation) *Document {
	d := &Document{
		Schema: schema.Operation, Outcome: op.Outcome.String(), Reason: op.Reason, State: op.State.String(), Native: op.Native,
		Dialect: op.Dialect, Cue: op.Cue, Style: op.Style.String(), Problem: op.Problem, Detail: op.Detail, Doubtful: op.Doubtful, Polls: op.Polls,
	}
	if op.Outcome == lro.Undecided {
		d.Outcome = "pending"
	}
	if op.Progress.Known {
		d.Percent = &op.Progress.Percent
	}
	if text, err := json.Marshal(op); err == nil {
		d.Handle = text
	}
	return d
}

// secretHeaders are left out of what is shown: their values let others act as the person.
var secretHeaders = []string{"Set-Cookie", "Authentication-Info", "Proxy-Authenticate"}

// SetResponse adds the last response.
func (d *Document) SetResponse(r *poller.Response) {
	if r == nil {
		return
	}
	headers := http.Header(r.Header).Clone()
	for _, name := range secretHeaders {
		if headers.Get(name) != "" {
			headers.Set(name, "REDACTED")
		}
	}
	d.LastResponse = &Response{Status: r.Status, URL: show.URL(r.URL), Headers: headers}
	if len(r.Content) > 0 {
		d.LastResponse.Content = NewContent(r.Header.Get("Content-Type"), r.Content)
	}
}

// NewContent returns a body in the form that fits it.
func NewContent(mediaType string, body []byte) *Content {
	c := &Content{Type: mediaType, Length: int64(len(body))}
	switch {
	case len(body) == 0:
	case strings.Contains(mediaType, "json") && json.Valid(body):
		c.JSON = body
	case utf8.Valid(body):
		c.Text = string(body)
	default:
		c.Base64 = base64.StdEncoding.EncodeToString(body)
	}
	return c
}

// Write prints the document, indented.
func (d *Document) Write(w io.Writer) error {
	to := json.NewEncoder(show.Writer(w))
	to.SetIndent("", "  ")
	to.SetEscapeHTML(false)
	return to.Encode(d)
}

// WriteLine prints the document as one line of NDJSON.
func (d *Document) WriteLine(w io.Writer) error {
	to := json.NewEncoder(show.Writer(w))
	to.SetEscapeHTML(false)
	return to.Encode(d)
}
