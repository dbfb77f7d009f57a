package conformance_test

import (
	"bufio"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/asyncctl/asyncctl/conformance"
)

// The transcripts in testdata/rules are texts that a person can read and write:
//
//	== fail at=... cancel=yes      a verdict, when it began, and what is known of the target; credential=...
//	                               is one that was configured
//	# slow                         the probe that holds the conversation
//	> 0s submit POST http://...    a request: when, its role, method and URL
//	                               and whether it was repeated, or dropped first
//	> Prefer: respond-async        its fields, and, after an empty line, its content
//	< 10ms HTTP/1.1 202            the answer: when its header section was there, and its status
//	< Location: /operations/7
//	! 30s no answer was read       instead, or at the end: what went wrong
//
// Content that is no text stands in Go's quotes.

// testCase is a verdict with its evidence.
type testCase struct {
	verdict  string
	at       time.Time
	evidence conformance.Evidence
}

func writeCase(b *strings.Builder, verdict string, e *conformance.Evidence) {
	var first time.Time
	for _, t := range e.Transcripts {
		for _, x := range t.Exchanges {
			if first.IsZero() || x.Sent.Before(first) {
				first = x.Sent
			}
		}
	}
	fmt.Fprintf(b, "== %s at=%s", verdict, first.UTC().Format(time.RFC3339))
	for _, known := range []struct{ name, value string }{
		{"dialect", e.Dialect}, {"cancel", string(e.Target.Cancel)}, {"keys", string(e.Target.Keys)},
	} {
		if known.value != "" && known.value != "generic" {
			fmt.Fprintf(b, " %s=%s", known.name, known.value)
		}
	}
	b.WriteString("\n")
	since := func(at time.Time) time.Duration { return at.Sub(first).Round(time.Millisecond) }
	for _, t := range e.Transcripts {
		fmt.Fprintf(b, "# %s", t.Probe)
		if t.Ended != "" {
			fmt.Fprintf(b, " (%s)", t.Ended)
		}
		b.WriteString("\n")
		for _, x := range t.Exchanges {
			first := fmt.Sprintf("%v %s %s %s", since(x.Sent), x.Role, x.Request.Method, x.Request.URL)
			if x.Repeated {
				first += " repeated"
			}
			if x.Dropped {
				first += " dropped"
			}
			writeMessage(b, ">", first, x.Request.Header, x.Request.Body)
			if x.Response.Status != 0 {
				more := ""
				if x.Response.More {
					more = " ..."
				}
				writeMessage(b, "<", fmt.Sprintf("%v %s %d%s", since(x.Answered), x.Response.Proto, x.Response.Status, more), x.Response.Header, x.Response.Body)
			}
			if x.Err != "" {
				fmt.Fprintf(b, "! %v %s\n", since(x.Answered), x.Err)
			}
		}
	}
}

func writeMessage(b *strings.Builder, mark, first string, fields conformance.Fields, content conformance.Content) {
	fmt.Fprintf(b, "%s %s\n", mark, first)
	for _, f := range fields {
		fmt.Fprintf(b, "%s %s: %s\n", mark, f.Name, f.Value)
	}
	if len(content) == 0 {
		return
	}
	fmt.Fprintf(b, "%s\n", mark)
	text := string(content)
	if quoted := strconv.Quote(text); strings.ContainsAny(text, "\r\x00\x1b") || strings.HasPrefix(text, `"`) {
		text = quoted
	}
	for line := range strings.SplitSeq(text, "\n") {
		fmt.Fprintf(b, "%s %s\n", mark, line)
	}
}

// caseReader reads what writeCase writes.
type caseReader struct {
	t       *testing.T
	cases   []testCase
	content bool // the empty line was there
}

func readCases(t *testing.T, text string) []testCase {
	t.Helper()
	r := caseReader{t: t}
	lines := bufio.NewScanner(strings.NewReader(text))
	lines.Buffer(nil, 4<<20)
	for n := 1; lines.Scan(); n++ {
		mark, rest, _ := strings.Cut(lines.Text(), " ")
		if !r.read(mark, rest, lines.Text()) {
			t.Fatalf("line %d cannot be read: %s", n, lines.Text())
		}
	}
	for i := range r.cases {
		for j := range r.cases[i].evidence.Transcripts {
			for k := range r.cases[i].evidence.Transcripts[j].Exchanges {
				x := &r.cases[i].evidence.Transcripts[j].Exchanges[k]
				x.Request.Body, x.Response.Body = unquoted(x.Request.Body), unquoted(x.Response.Body)
			}
		}
	}
	return r.cases
}

func unquoted(c conformance.Content) conformance.Content {
	if plain, err := strconv.Unquote(string(c)); err == nil {
		return conformance.Content(plain)
	}
	return c
}

func (r *caseReader) read(mark, rest, line string) bool {
	switch mark {
	case "==":
		words := strings.Fields(rest)
		c := testCase{verdict: words[0]}
		for _, word := range words[1:] {
			name, value, _ := strings.Cut(word, "=")
			switch name {
			case "at":
				at, err := time.Parse(time.RFC3339, value)
				if err != nil {
					return false
				}
				c.at = at
			case "dialect":
				c.evidence.Dialect = value
			case "cancel":
				c.evidence.Target.Cancel = conformance.Support(value)
			case "credential": // that was configured
				c.evidence.Know(value)
			case "keys":
				c.evidence.Target.Keys = conformance.Support(value)
			default:
				return false
			}
		}
		r.cases = append(r.cases, c)
		return true
	case "#":
		probe, ended, _ := strings.Cut(rest, " (")
		e := r.evidence()
		e.Transcripts = append(e.Transcripts, conformance.Transcript{Probe: probe, Ended: strings.TrimSuffix(ended, ")")})
		return true
	}
	return r.message(mark, rest, line)
}

func (r *caseReader) message(mark, rest, line string) bool {
	e := r.evidence()
	t := &e.Transcripts[len(e.Transcripts)-1]
	words := strings.Fields(rest)
	if mark == ">" && len(words) >= 4 && begins(words[0]) {
		r.content = false
		t.Exchanges = append(t.Exchanges, conformance.Exchange{
			Role: conformance.Role(words[1]), Request: conformance.Request{Method: words[2], URL: words[3]}, Sent: r.moment(words[0]), Answered: r.moment(words[0]),
			Repeated: slices.Contains(words[4:], "repeated"), Dropped: slices.Contains(words[4:], "dropped"),
		})
		return true
	}
	x := &t.Exchanges[len(t.Exchanges)-1]
	fields, content := &x.Request.Header, &x.Request.Body
	if mark == "<" {
		fields, content = &x.Response.Header, &x.Response.Body
	}
	switch {
	case mark == "!":
		at, text, _ := strings.Cut(rest, " ")
		x.Answered, x.Err = r.moment(at), text
	case mark == "<" && x.Response.Status == 0:
		r.content = false
		status, err := strconv.Atoi(words[2])
		if err != nil {
			return false
		}
		x.Answered, x.Read = r.moment(words[0]), r.moment(words[0])
		x.Response.Proto, x.Response.Status, x.Response.Raw, x.Response.More = words[1], status, true, len(words) > 3
	case r.content:
		if len(*content) > 0 {
			*content = append(*content, '\n')
		}
		*content = append(*content, strings.TrimPrefix(line, mark+" ")...)
	case line == mark:
		r.content = true
	default:
		name, value, ok := strings.Cut(rest, ": ")
		*fields = append(*fields, conformance.Field{Name: strings.TrimSuffix(name, ":"), Value: value})
		return ok || strings.HasSuffix(name, ":")
	}
	return true
}

func (r *caseReader) evidence() *conformance.Evidence { return &r.cases[len(r.cases)-1].evidence }

func begins(word string) bool {
	_, err := time.ParseDuration(word)
	return err == nil
}

// moment is when something happened, by how long after the begin it did.
func (r *caseReader) moment(word string) time.Time {
	d, _ := time.ParseDuration(word)
	return r.cases[len(r.cases)-1].at.Add(d)
}
