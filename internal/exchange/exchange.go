// Package exchange has a short conversation in each built-in dialect, for people to read. They are
// transcripts that end in success; the tests of package dialect play them as well.
package exchange

import (
	"embed"
	"fmt"
	"maps"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/asyncctl/asyncctl/poller/dialect"
	"github.com/asyncctl/asyncctl/poller/lro"
)

//go:embed *.txtar
var transcripts embed.FS

// shownWidth bounds what is shown of one line.
const shownWidth = 110

// In returns the conversation in a built-in dialect, from the submit to the result: lines that
// begin with ">" are sent, those with "<" are received. "" if there is no such dialect.
func In(name string) string {
	text, err := transcripts.ReadFile(name + ".txtar")
	if err != nil {
		return ""
	}
	d, _ := dialect.ByName(name)
	var out strings.Builder
	var op lro.Operation
	now := time.Unix(0, 0)
	for _, section := range strings.Split("\n"+string(text), "\n-- ")[1:] {
		kind, message, _ := strings.Cut(section, " --\n")
		head, body, _ := strings.Cut(message, "\n\n")
		line, fields, _ := strings.Cut(head, "\n")
		method, rest, _ := strings.Cut(line, " ")
		switch kind {
		case "submit":
			op = lro.Begin(d, lro.Request{Method: method, URL: rest, Header: headerOf(fields), Body: []byte(strings.TrimSpace(body))})
			writeRequest(&out, op.Next)
		case "reply":
			if op.NotBefore.After(now) {
				now = op.NotBefore
			}
			code, _, _ := strings.Cut(rest, " ")
			status, _ := strconv.Atoi(code)
			writeMessage(&out, "<", rest, strings.Split(fields, "\n"), body)
			op = lro.Next(d, op, lro.Reply{Status: status, Header: headerOf(fields), Body: []byte(body), At: now})
			if !op.Done() {
				out.WriteString("\n")
				writeRequest(&out, op.Next)
			}
		}
	}
	return out.String()
}

// headerOf reads header lines.
func headerOf(text string) http.Header {
	h := http.Header{}
	for _, line := range strings.Split(text, "\n") {
		if name, value, ok := strings.Cut(line, ": "); ok {
			h.Add(name, value)
		}
	}
	return h
}

func writeRequest(out *strings.Builder, req lro.Request) {
	var lines []string
	for _, name := range slices.Sorted(maps.Keys(req.Header)) {
		lines = append(lines, name+": "+req.Header.Get(name))
	}
	writeMessage(out, ">", req.Method+" "+req.URL, lines, string(req.Body))
}

// writeMessage writes one message, as far as it fits.
func writeMessage(out *strings.Builder, mark, line string, header []string, body string) {
	lines := append([]string{line}, header...)
	if body = strings.TrimSpace(body); body != "" {
		lines = append(append(lines, ""), strings.Split(body, "\n")...)
	}
	for i, l := range lines {
		if len(l) > shownWidth {
			l = l[:shownWidth] + "..."
		}
		if i == 0 || i > len(header) || l != "" {
			fmt.Fprintln(out, strings.TrimRight(mark+" "+l, " "))
		}
	}
}
