package mockserver

import (
	"encoding/json"
	"io"
	"net/http"
	"strconv"
	"unicode/utf8"
)

// maxEcho is how much of a submitted body is kept to be repeated in the result.
const maxEcho = 4 << 10

// sendResult sends what a successful operation produced.
func (x *exchange) sendResult(v view) {
	x.s.counter.results.Add(1)
	code := v.scenario.resultStatus()
	if code == http.StatusNoContent {
		x.head(code)
		return
	}
	size := v.scenario.ResultSize
	if size <= 0 {
		body := v.result()
		x.w.Header().Set("Content-Type", v.scenario.resultType(body))
		x.body(code, body)
		return
	}
	x.w.Header().Set("Content-Type", v.scenario.resultType(nil))
	x.w.Header().Set("Content-Length", strconv.FormatInt(size, 10))
	x.head(code)
	if x.r.Method != http.MethodHead {
		io.CopyN(x.w, &digits{}, size) // the reader is gone if this fails: nobody to tell
	}
}

// digits reads as 1234567890 for ever: valid text, and any beginning of it is
// valid JSON.
type digits struct{ at int }

const tenDigits = "1234567890"

func (d *digits) Read(p []byte) (int, error) {
	n := copy(p, tenDigits[d.at:])
	for n < len(p) {
		n += copy(p[n:], tenDigits)
	}
	d.at = (d.at + n) % len(tenDigits)
	return n, nil
}

// result is the body of the result: the text of the scenario, or a repetition
// of what was submitted. The document has no member "status", so that nobody
// takes it for a status document.
func (v view) result() []byte {
	if v.scenario.Result != "" {
		return []byte(v.scenario.Result)
	}
	type request struct {
		Method      string          `json:"method"`
		Path        string          `json:"path"`
		ContentType string          `json:"contentType,omitempty"`
		Bytes       int             `json:"bytes"`
		Body        json.RawMessage `json:"body,omitempty"`
	}
	return append(encode(struct {
		Operation string  `json:"operation"`
		Request   request `json:"request"`
	}{v.id, request{v.method, v.path, v.contentType, v.size, echo(v.body)}}), '\n')
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
	return encode(string(body))
}
