package dialect

import (
	"encoding/json"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"time"

	"github.com/asyncctl/asyncctl/poller/lro"
)

// Ask returns the poll as the family wants it.
func (d *rules) Ask(op lro.Operation) lro.Request {
	p := &d.Poll
	seconds := waitSeconds(&op, p.MaxWait)
	if p.Wait == "" && seconds > 0 {
		op.Next, seconds = lro.PreferWait(op), 0
	}
	if p.Method == "" && len(p.Header) == 0 && seconds == 0 || d.asked(&op) {
		return op.Next
	}
	req := lro.Request{Method: op.Next.Method, URL: op.Next.URL, Header: http.Header{}}
	if op.Next.Header != nil {
		req.Header = op.Next.Header.Clone()
	}
	for name, value := range p.Header {
		req.Header.Set(name, value)
	}
	if p.Method != "" {
		req.Method = p.Method
	}
	if p.Body != "" {
		req.Header.Set("Content-Type", contentType(p.Body))
		req.Body = fill(p.Body, op.Job)
	}
	if seconds > 0 {
		req.URL = hold(op, p.Wait, seconds)
	}
	return req
}

// asked says whether op.Next is what Ask made of the plain poll.
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
		"{seconds}", strconv.Itoa(seconds), "{milliseconds}", strconv.Itoa(seconds*1000),
	).Replace(template)
	if strings.Contains(op.StatusURL, "?") {
		return op.StatusURL + "&" + query
	}
	return op.StatusURL + "?" + query
}

// contentType is that of a body which begins as JSON, or of a form.
func contentType(body string) string {
	if lro.JSON(body).IsObject() || strings.HasPrefix(strings.TrimSpace(body), "[") {
		return "application/json"
	}
	return "application/x-www-form-urlencoded"
}

// fill puts the server's name for the operation into a body, as the kind of body needs it.
func fill(body, job string) []byte {
	value := url.QueryEscape(job)
	if contentType(body) == "application/json" {
		quoted, _ := json.Marshal(job) // a string always can be
		value = string(quoted[1 : len(quoted)-1])
	}
	return []byte(strings.ReplaceAll(body, "{job}", value))
}
