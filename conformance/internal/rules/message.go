package rules

import (
	"bytes"
	"encoding/json"
	"fmt"
	"mime"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/asyncctl/asyncctl/conformance/internal/evidence"
	"github.com/asyncctl/asyncctl/internal/jsontext"
)

// messageRules speak about every answer, whatever it answers.
var messageRules = []Rule{{
	ID: "content-type-declared", Code: "S15", Level: Should, Basis: BasisRFC,
	Title:   "Content is what its Content-Type says, and it is whole",
	Why:     "Clients choose the parser by the media type. A page that calls itself JSON, or JSON that calls itself a page, ends in the wrong one.",
	Breaks:  "Parsers fail, and the error that a person sees speaks of \"<\" instead of what went wrong.",
	Fix:     "Set Content-Type wherever there is content, also in the error pages of the gateway; send JSON as UTF-8.",
	Sources: []string{"RFC 9110, section 8.3", "RFC 8259, section 8.1"},
	Fault:   "body-mistyped",
	check:   checkContentType,
}, {
	ID: "error-explained", Code: "S17", Level: Should, Basis: BasisRFC,
	Title:   "Errors are explained, best as problem details",
	Why:     "The status code says what kind of error it is; only content says which, and what to do.",
	Breaks:  "People: \"400 Bad Request\" and nothing else is a support case.",
	Fix:     "Send application/problem+json with type, title and detail; see that the gateway's own errors have content that machines can read.",
	Sources: []string{"RFC 9110, section 15.5", "RFC 9110, section 15.6", "RFC 9457, section 3"},
	check:   checkErrorExplained,
}, {
	ID: "problem-status-matches", Code: "S18", Level: Must, Basis: BasisRFC,
	Title:   "The member status of problem details is the HTTP status, as a number",
	Why:     "The member exists so that the status survives intermediaries. It is not the state of the operation.",
	Breaks:  "Clients that decode it into an integer fail on a string; those that trust it treat a 500 as a 400.",
	Fix:     "Copy the status code of the answer, or leave the member out.",
	Sources: []string{"RFC 9457, section 3.1.2"},
	check:   checkProblemStatus,
}, {
	ID: "date-header", Code: "P12", Level: Must, Basis: BasisRFC,
	Title:   "Every answer has one Date, in the form of RFC 9110",
	Why:     "A Retry-After that is a date, and every age in a cache, are measured against it.",
	Breaks:  "Clients have to trust their own clock, and wait too long or not at all where it differs.",
	Fix:     "Let the server set Date (most do), and keep its clock in step.",
	Sources: []string{"RFC 9110, section 6.6.1", "RFC 9110, section 5.6.7"},
	Fault:   "date-skew",
	check:   checkDate,
}}

func checkContentType(e *facts) Verdict {
	var s seen
	broken := map[string]int{}
	whole := map[string]int{}
	e.answers(func(c *conversation, i int, x *evidence.Exchange) {
		if x.Request.Method == http.MethodHead || len(x.Response.Body) == 0 && x.Err == "" {
			return
		}
		key := c.Probe + " " + string(x.Role)
		if x.Err != "" {
			// Once it may be the network; always it is the server.
			if broken[key]++; broken[key] >= 2 && whole[key] == 0 {
				s.add(c, i, []string{x.Err}, "the content broke off, each time: %s", x.Err)
			}
			return
		}
		whole[key]++
		s.look(x)
		if what := mistyped(x); what != "" {
			s.add(c, i, append(fieldLine("Content-Type", x.Response.Header.Get("Content-Type")), excerpt(x)), "%s", what)
		}
	})
	return s.verdict("it is what it says", notApplicable("no answer has content"))
}

// mistyped says how content and Content-Type disagree; "" if they do not.
func mistyped(x *evidence.Exchange) string {
	declared := x.Response.Header.Get("Content-Type")
	if declared == "" {
		return "there is content without Content-Type"
	}
	media, _, err := mime.ParseMediaType(declared)
	if err != nil {
		return "Content-Type cannot be parsed"
	}
	isJSON := media == "application/json" || strings.HasSuffix(media, "+json")
	switch {
	case isJSON && !utf8.Valid(x.Response.Body) && !x.Response.More:
		return "the content calls itself JSON and is not UTF-8"
	case isJSON && !x.Response.More && !json.Valid(x.Response.Body):
		return "the content calls itself " + media + " and is not JSON"
	case isJSON && page(x):
		return "the content calls itself " + media + " and is an HTML page"
	case isJSON && !x.Response.More && twice(x.Response.Body) != "":
		return fmt.Sprintf("the content has the member %q twice in one object: each reader takes another", twice(x.Response.Body))
	case (media == "text/html" || media == "text/plain") && json.Valid(x.Response.Body) && jsontext.Value(x.Response.Body).IsObject():
		return "the content is JSON and calls itself " + media
	}
	return ""
}

// declaredXML reports whether content calls itself XML, which no check reads.
func declaredXML(x *evidence.Exchange) bool {
	media, _, _ := mime.ParseMediaType(x.Response.Header.Get("Content-Type"))
	return media == "application/xml" || media == "text/xml" || strings.HasSuffix(media, "+xml")
}

func checkErrorExplained(e *facts) Verdict {
	var s seen
	e.answers(func(c *conversation, i int, x *evidence.Exchange) {
		if x.Response.Status < 400 || x.Request.Method == http.MethodHead || x.Err != "" {
			return
		}
		s.look(x)
		switch {
		case len(strings.TrimSpace(string(x.Response.Body))) == 0 && !x.Response.More:
			s.add(c, i, statusLine(x), "HTTP %d in answer to %s has no content that explains it", x.Response.Status, x.Request.Method)
		case page(x):
			s.add(c, i, []string{excerpt(x)}, "HTTP %d in answer to %s is explained by an HTML page", x.Response.Status, x.Request.Method)
		case trace(x) != "":
			s.add(c, i, []string{excerpt(x)}, "HTTP %d in answer to %s is explained by what a program says to its programmers: %q", x.Response.Status, x.Request.Method, trace(x))
		case problemJSON(x):
			for _, name := range []string{"type", "title", "detail", "instance"} {
				value, ok := jsontext.Value(x.Response.Body).At("/" + name)
				text, isString := value.Text()
				switch {
				case ok && !isString:
					s.add(c, i, []string{`"` + name + `": ` + string(value)}, "the member %q of problem details is not a string", name)
				case name == "type" && isString && !isReference(string(text)):
					s.add(c, i, []string{`"type": ` + string(value)}, "the type of problem details is no URI reference")
				}
			}
		}
	})
	return s.verdict("they are", notApplicable("no error occurred"))
}

func isReference(s string) bool {
	_, err := url.Parse(s)
	return err == nil && !strings.ContainsAny(s, " \t\r\n")
}

func problemJSON(x *evidence.Exchange) bool {
	return strings.HasPrefix(strings.ToLower(x.Response.Header.Get("Content-Type")), "application/problem+json")
}

func checkProblemStatus(e *facts) Verdict {
	var s seen
	e.answers(func(c *conversation, i int, x *evidence.Exchange) {
		if !problemJSON(x) || len(x.Response.Body) == 0 {
			return
		}
		s.look(x)
		value, ok := jsontext.Value(x.Response.Body).At("/status")
		if !ok {
			return
		}
		switch n, isNumber := value.Number(); {
		case !isNumber:
			s.add(c, i, []string{`"status": ` + string(value)}, "the member status of problem details is not a number: %s", value)
		case n != float64(x.Response.Status):
			s.add(c, i, []string{`"status": ` + string(value), statusLine(x)[0]}, "problem details say %s, and the answer is HTTP %d", value, x.Response.Status)
		}
	})
	return s.verdict("they agree", notApplicable("no answer has problem details"))
}

// largestSkew is by how much a server's clock may differ before it is worth a word.
const largestSkew = 5 * time.Minute

func checkDate(e *facts) Verdict {
	var s seen
	e.answers(func(c *conversation, i int, x *evidence.Exchange) {
		if x.Response.Status >= 500 {
			return
		}
		s.look(x)
		dates := x.Response.Header.Values("Date")
		switch {
		case len(dates) == 0:
			s.add(c, i, statusLine(x), "there is no Date")
		case len(dates) > 1:
			s.add(c, i, dates, "there are %d lines of Date", len(dates))
		case !fixdate(dates[0]):
			s.add(c, i, fieldLine("Date", dates[0]), "Date is not in the form of RFC 9110")
		default:
			at, _ := http.ParseTime(dates[0])
			if skew := x.Answered.Sub(at); skew.Abs() > largestSkew {
				s.addMild(c, i, fieldLine("Date", dates[0]), "the clock of the server differs from ours by %s minutes", strconv.Itoa(int(skew.Abs().Minutes())))
			}
		}
	})
	return s.verdict("each has one", notApplicable("there was no answer"))
}

// traces are marks of stack traces.
var traces = []string{"Traceback (most recent call last)", "\n\tat ", "\n   at ", "\\n\\tat ", "\\n   at ", "goroutine 1 [", "java.lang.", "NullReferenceException", "#0 /", ".py\", line "}

// trace is the mark of a stack trace in the content; "" if there is none.
func trace(x *evidence.Exchange) string {
	for _, mark := range traces {
		if strings.Contains(string(x.Response.Body), mark) {
			return strings.TrimSpace(strings.Trim(mark, "\\nt "))
		}
	}
	return ""
}

// twice is a member that one object of a JSON text has twice (RFC 8259, section 4); "" if there is none.
func twice(text []byte) string {
	d := json.NewDecoder(bytes.NewReader(text))
	var objects []map[string]bool // those that are open; nil for an array
	key := false
	for {
		token, err := d.Token()
		if err != nil {
			return ""
		}
		inObject := len(objects) > 0 && objects[len(objects)-1] != nil
		switch delim, isDelim := token.(json.Delim); {
		case isDelim && delim == '{':
			objects, key = append(objects, map[string]bool{}), true
			continue
		case isDelim && delim == '[':
			objects, key = append(objects, nil), false
			continue
		case isDelim:
			objects = objects[:len(objects)-1]
		case inObject && key:
			name, _ := token.(string)
			if objects[len(objects)-1][name] {
				return name
			}
			objects[len(objects)-1][name] = true
			key = false
			continue
		}
		key = len(objects) > 0 && objects[len(objects)-1] != nil
	}
}
