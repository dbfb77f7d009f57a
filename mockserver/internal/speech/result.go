package speech

import (
	"encoding/json"
	"net/http"
	"unicode/utf8"

	"github.com/asyncctl/asyncctl/mockserver/internal/work"
)

// MaxEcho is how much of a submitted body is kept to be repeated in the result.
const MaxEcho = 4 << 10

// SendResult sends what a successful operation produced.
func (x *Exchange) SendResult(v work.View) {
	x.Host.Counter.Results.Add(1)
	code := work.ResultCode(v.Scenario)
	if code == http.StatusNoContent {
		x.Head(code)
		return
	}
	size := v.Scenario.ResultSize
	if size <= 0 {
		body := ResultBody(v)
		x.W.Header().Set("Content-Type", work.MediaType(v.Scenario, body))
		if x.Target.Phase != OnResult {
			x.Body(code, body) // a poll, of which no part may be asked for
			return
		}
		x.SendContent(code, body)
		return
	}
	x.W.Header().Set("Content-Type", work.MediaType(v.Scenario, nil))
	x.sendFile(code, size)
}

// Digits reads as 1234567890 for ever: valid text, and any beginning of it is
// valid JSON.
type Digits struct{ at int }

const tenDigits = "1234567890"

func (d *Digits) Read(p []byte) (int, error) {
	n := copy(p, tenDigits[d.at:])
	for n < len(p) {
		n += copy(p[n:], tenDigits)
	}
	d.at = (d.at + n) % len(tenDigits)
	return n, nil
}

// ResultBody is the body of the result: the text of the scenario, or a repetition
// of what was submitted. The document has no member "status", so that nobody
// takes it for a status document.
func ResultBody(v work.View) []byte {
	if v.Scenario.Result != "" {
		return []byte(v.Scenario.Result)
	}
	type request struct {
		Method      string          `json:"method"`
		Path        string          `json:"path"`
		ContentType string          `json:"contentType,omitempty"`
		Bytes       int             `json:"bytes"`
		Body        json.RawMessage `json:"body,omitempty"`
	}
	return append(Encode(struct {
		Operation string  `json:"operation"`
		Request   request `json:"request"`
	}{v.ID, request{v.Method, v.Path, v.ContentType, v.Size, echo(v.Body)}}), '\n')
}

// echo is a submitted body as JSON: itself if it is JSON, else a string, or
// nothing if it is no text.
func echo(body []byte) json.RawMessage {
	switch {
	case len(body) == 0 || !utf8.Valid(body):
		return nil
	case json.Valid(body):
		return body
	}
	return Encode(string(body))
}
