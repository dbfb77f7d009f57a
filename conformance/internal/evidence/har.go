package evidence

import (
	"bytes"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"time"

	"github.com/asyncctl/asyncctl/poller/lro"
)

// maxHAR is the size of the largest HTTP archive that is read, in bytes.
const maxHAR = 256 << 20

// archive is what is read of an HTTP archive, version 1.2.
type archive struct {
	Log *struct {
		Version string     `json:"version"`
		Entries []harEntry `json:"entries"`
	} `json:"log"`
}

type harEntry struct {
	Started time.Time `json:"startedDateTime"`
	Time    float64   `json:"time"` // milliseconds
	Request struct {
		Method   string  `json:"method"`
		URL      string  `json:"url"`
		Headers  []Field `json:"headers"`
		PostData *struct {
			Text string `json:"text"`
		} `json:"postData"`
	} `json:"request"`
	Response struct {
		Status  int     `json:"status"`
		Version string  `json:"httpVersion"`
		Headers []Field `json:"headers"`
		Content struct {
			Size     int64  `json:"size"`
			Text     string `json:"text"`
			Encoding string `json:"encoding"`
		} `json:"content"`
		Error string `json:"_error"`
	} `json:"response"`
}

// ImportHAR reads an HTTP archive (HAR 1.2), as browsers and proxies record it, and finds the
// operations in it: each submit that was accepted, and the requests that followed it. Everything
// else is left out. It is an error if there is no operation.
func ImportHAR(r io.Reader, d lro.Dialect) (*Evidence, error) {
	if d == nil {
		d = lro.Generic{}
	}
	text, err := io.ReadAll(io.LimitReader(r, maxHAR+1))
	switch {
	case err != nil:
		return nil, fmt.Errorf("the HTTP archive cannot be read: %w", err)
	case len(text) > maxHAR:
		return nil, fmt.Errorf("the HTTP archive is larger than %d MiB", maxHAR>>20)
	}
	var a archive
	text = bytes.TrimPrefix(text, []byte("\ufeff")) // some programs on Windows write one
	if err := json.Unmarshal(text, &a); err != nil {
		return nil, fmt.Errorf("it is no HTTP archive (HAR 1.2): %w", err)
	}
	if a.Log == nil {
		return nil, errors.New(`it is no HTTP archive (HAR 1.2): there is no member "log"`)
	}
	h := heard{dialect: d}
	for i := range a.Log.Entries {
		x, err := a.Log.Entries[i].exchange()
		if err != nil {
			return nil, fmt.Errorf("entry %d of the HTTP archive: %w", i+1, err)
		}
		h.hear(x)
	}
	if len(h.talks) == 0 {
		return nil, fmt.Errorf("none of the %d entries of the HTTP archive accepts an operation", len(a.Log.Entries))
	}
	return h.evidence(), nil
}

func (e *harEntry) exchange() (Exchange, error) {
	x := Exchange{
		Request:  Request{Method: e.Request.Method, URL: e.Request.URL, Header: e.Request.Headers},
		Response: Response{Proto: e.Response.Version, Status: e.Response.Status, Header: e.Response.Headers, Body: Content(e.Response.Content.Text)},
		Err:      e.Response.Error,
		Sent:     e.Started,
	}
	if e.Response.Content.Encoding == "base64" {
		body, err := base64.StdEncoding.DecodeString(e.Response.Content.Text)
		if err != nil {
			return x, fmt.Errorf("its content is not base64: %w", err)
		}
		x.Response.Body = body
	}
	switch status := x.Response.Status; {
	case status == http.StatusNotModified || status == http.StatusNoContent:
		x.Response.Body = nil // what is there comes from the cache of the browser
	case len(x.Response.Body) == 0 && x.Request.Method != http.MethodHead:
		// Browsers leave out what they do not need any more, redirects first.
		length := x.Response.Header.Get("Content-Length")
		x.Response.More = e.Response.Content.Size > 0 || length != "" && length != "0"
	}
	if e.Request.PostData != nil {
		x.Request.Body = Content(e.Request.PostData.Text)
	}
	x.Answered = e.Started.Add(time.Duration(min(max(e.Time, 0), 1e9) * float64(time.Millisecond)))
	x.Read = x.Answered
	if x.Response.Status == 0 && x.Err == "" {
		x.Err = "no answer was recorded"
	}
	return x, nil
}

// heard are conversations that somebody else held, as they are told apart.
type heard struct {
	dialect lro.Dialect
	talks   []*overheard
}

type overheard struct {
	t  Transcript
	op lro.Operation
}

// hear gives an exchange to the conversation that it belongs to.
func (h *heard) hear(x Exchange) {
	for i := len(h.talks) - 1; i >= 0; i-- {
		if h.talks[i].takes(h.dialect, x) {
			return
		}
	}
	op := lro.Begin(h.dialect, lro.Request{Method: x.Request.Method, URL: x.Request.URL, Header: x.Request.Header.HTTP(), Body: x.Request.Body})
	op = lro.Next(h.dialect, op, x.Reply())
	if op.StatusURL == "" {
		return
	}
	x.Role = RoleSubmit
	h.talks = append(h.talks, &overheard{t: Transcript{Exchanges: []Exchange{x}}, op: op})
}

// takes adds the exchange if it is about the operation.
func (o *overheard) takes(d lro.Dialect, x Exchange) bool {
	get := x.Request.Method == http.MethodGet
	switch status := x.Request.URL == o.op.StatusURL; {
	case get && !o.op.Done() && x.Request.URL == o.op.Next.URL:
		x.Role = map[lro.Phase]Role{lro.Polling: RolePoll, lro.Following: RoleHop, lro.Fetching: RoleResult}[o.op.Phase]
		o.op = lro.Next(d, o.op, x.Reply())
	case status && get:
		x.Role = RoleAgain
	case status && x.Request.Method == http.MethodHead:
		x.Role = RoleHead
	default:
		cancel, ok := d.Cancel(o.op)
		if !ok || x.Request.Method != cancel.Method || x.Request.URL != cancel.URL {
			return false
		}
		x.Role = RoleCancelAgain
		switch {
		case Over(o.op):
			x.Role = RoleCancelLate
		case !o.op.CancelSent:
			x.Role = RoleCancel
			o.op, _ = lro.AfterCancel(o.op, x.Reply())
		}
	}
	o.t.Exchanges = append(o.t.Exchanges, x)
	return true
}

// evidence names the conversations by what became of the operation.
func (h *heard) evidence() *Evidence {
	e := &Evidence{Dialect: lro.GenericName, Recorded: true}
	for i, o := range h.talks {
		probe := ProbeSlow
		switch {
		case o.op.CancelSent:
			probe = ProbeCancel
		case o.op.Outcome == lro.Failed:
			probe = ProbeFail
		}
		o.t.Probe = fmt.Sprintf("%s/%d", probe, i+1)
		e.Transcripts = append(e.Transcripts, o.t)
		if o.op.Dialect != "" {
			e.Dialect = o.op.Dialect
		}
		if e.Target.Slow == nil && probe == ProbeSlow {
			e.Target.Slow = &Submit{Method: o.t.Exchanges[0].Request.Method, URL: o.t.Exchanges[0].Request.URL}
		}
	}
	return e
}
