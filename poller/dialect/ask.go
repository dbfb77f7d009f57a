package dialect

import (
	"encoding/json"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"time"

	"github.com/asyncctl/asyncctl/internal/hole"
	"github.com/asyncctl/asyncctl/internal/jsontext"
	"github.com/asyncctl/asyncctl/poller/lro"
)

// Ask returns the poll as the family wants it.
func (d *rules) Ask(op lro.Operation) lro.Request {
	p := &d.Poll
	seconds := waitSeconds(&op, p.MaxWait)
	if p.Wait == "" && seconds > 0 {
		op.Next, seconds = lro.Generic{}.Ask(op), 0
	}
	if p.Method == "" && len(p.Header) == 0 && seconds == 0 || d.asked(&op) {
		return op.Next
	}
	req := lro.Request{Method: op.Next.Method, URL: op.Next.URL, Header: http.Header{}}
	if op.Next.Header != nil {
		req.Header = op.Next.Header.Clone()
	}
	dress(&req, &op, p.Header, p.Body)
	if p.Method != "" {
		req.Method = p.Method
	}
	if seconds > 0 {
		req.URL = hold(op, p.Wait, seconds)
	}
	return req
}

// asked reports whether op.Next is what Ask made of the plain poll.
func (d *rules) asked(op *lro.Operation) bool {
	p := &d.Poll
	switch {
	case p.Wait != "" && waitSeconds(op, p.MaxWait) > 0:
		return op.Next.URL != op.StatusURL
	case p.Method != "" && p.Method != http.MethodGet:
		return op.Next.Method == p.Method
	}
	for name := range p.Header {
		if len(op.Next.Header.Values(name)) == 0 {
			return false
		}
	}
	return true
}

// waitSeconds is how long the server may hold the answer; 0: not at all.
func waitSeconds(op *lro.Operation, longest int) int {
	if op.Policy == nil || op.Policy.LongPoll < time.Second {
		return 0
	}
	seconds := int(op.Policy.LongPoll / time.Second)
	if longest > 0 {
		seconds = min(seconds, longest)
	}
	return seconds
}

// hold returns the status URL with the query that lets the server hold the answer.
func hold(op lro.Operation, template string, seconds int) string {
	query := strings.NewReplacer(
		"{{seconds}}", strconv.Itoa(seconds), "{{milliseconds}}", strconv.Itoa(seconds*1000),
	).Replace(template)
	if strings.Contains(op.StatusURL, "?") {
		return op.StatusURL + "&" + query
	}
	return op.StatusURL + "?" + query
}

// contentType is that of a body which begins as JSON, or of a form.
func contentType(body string) string {
	if jsontext.Value(body).IsObject() || strings.HasPrefix(strings.TrimSpace(body), "[") {
		return "application/json"
	}
	return "application/x-www-form-urlencoded"
}

// fill puts what is known of the operation into a body, as the kind of body needs it. In JSON a text that
// is {{job}} and nothing else becomes a number where the server's name is one.
func fill(body string, op *lro.Operation) []byte {
	if contentType(body) != "application/json" {
		return []byte(fillText(body, op, url.QueryEscape))
	}
	var out strings.Builder
	for rest := body; rest != ""; {
		i := strings.IndexByte(rest, '"')
		if i < 0 {
			out.WriteString(rest)
			break
		}
		out.WriteString(rest[:i])
		end := jsontext.StringEnd(rest[i:])
		literal := rest[i : i+end]
		rest = rest[i+end:]
		if name, whole := hole.Whole(strings.Trim(literal, `"`)); whole && name == "job" && op.JobNumber {
			out.WriteString(op.Job)
			continue
		}
		out.WriteString(fillText(literal, op, func(v string) string {
			quoted, _ := json.Marshal(v) // a string always can be
			return string(quoted[1 : len(quoted)-1])
		}))
	}
	return []byte(out.String())
}

// fillText fills in the holes of a text.
func fillText(text string, op *lro.Operation, escape func(string) string) string {
	var out strings.Builder
	for {
		before, name, rest, found := hole.Cut(text)
		out.WriteString(before)
		if !found {
			return out.String()
		}
		out.WriteString(escape(inHole(op, lro.Reply{}, name)))
		text = rest
	}
}

// FetchAs returns the request for the result as the family wants it.
func (d *rules) FetchAs(op lro.Operation) lro.Request {
	f := &d.Rules.Fetch
	req := op.Next
	if f.Method == "" && len(f.Header) == 0 || req.URL == op.StatusURL || !lro.SameOrigin(req.URL, op.StatusURL) {
		return req // another origin is asked for what it has, and for nothing more
	}
	dress(&req, &op, f.Header, f.Body)
	if f.Method != "" {
		req.Method = f.Method
	}
	return req
}
