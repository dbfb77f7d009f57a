package target

import (
	"fmt"
	"strings"

	"github.com/asyncctl/asyncctl/conformance"
)

// Sketch is what is known of a target before its file is written.
type Sketch struct {
	// Source says where the rest comes from; empty: nothing is known yet.
	Source string
	// Slow is the submit; its zero value is one that the person has to write.
	Slow conformance.Submit
	// Missing are things that the source does not tell, as remarks.
	Missing []string
	// Credentials are names of header fields that the source says are needed.
	Credentials []string
}

// Template returns a target file with a comment on each field, ready to be completed. What is read
// from it without a change is what the sketch says.
func Template(s Sketch) string {
	var b strings.Builder
	b.WriteString("# The API that \"asyncctl conformance --target FILE\" judges.\n")
	if s.Source != "" {
		fmt.Fprintf(&b, "# Made from %s; what it does not tell is left as a comment.\n", comment(s.Source))
	}
	url := s.Slow.URL
	if url == "" {
		url = "https://api.example.com/reports"
	}
	fmt.Fprintf(&b, "\n# Where work is submitted. The URLs below may be relative to it.\nurl: %s\n", quoted(url))
	b.WriteString("\n# How the API says it; auto tells by the answer. \"asyncctl api list\" has the names.\ndialect: auto\n")
	b.WriteString(`
# Sent with every request. A value may be kept elsewhere: {env: NAME} or {file: PATH}, with a prefix.
#headers:
#  X-Team: billing
`)
	b.WriteString("\n# The same, but left out where it is tried what happens without credentials.\n")
	if len(s.Credentials) == 0 {
		b.WriteString("#credentials:\n#  Authorization: {env: API_TOKEN, prefix: \"Bearer \"}\n")
	} else {
		b.WriteString("credentials:\n")
		for _, name := range s.Credentials {
			value := "{env: API_KEY}"
			if strings.EqualFold(name, "Authorization") {
				value = `{env: API_TOKEN, prefix: "Bearer "}`
			}
			fmt.Fprintf(&b, "  %s: %s\n", name, value)
		}
	}
	b.WriteString(`
# The credentials of somebody else, who must not see the operations of the first.
#other:
#  Authorization: {env: OTHER_TOKEN, prefix: "Bearer "}

# More origins that may see the credentials.
#trust: [https://status.example.com]

# A submit whose work takes some seconds: most checks watch it. Method POST unless it says otherwise;
# the content is json, or body (a text), or body_file. {{uuid}} is a new UUID in each submit.
`)
	b.WriteString(s.slow())
	for _, missing := range s.Missing {
		fmt.Fprintf(&b, "# %s\n", comment(missing))
	}
	b.WriteString(rest)
	return b.String()
}

const rest = `
# One whose work is done at once.
#fast:
#  json: {year: 2026, rows: 1}

# One that is accepted, and whose work then fails.
#fail:
#  json: {year: 1066}

# One that must be refused at once.
#invalid:
#  json: {year: "no year"}

# Whether DELETE of the status URL cancels, and whether Idempotency-Key is understood: yes, no, or
# unknown. What is "no" is checked to be refused properly.
cancel: unknown
keys: unknown

# Whether the API asks for credentials at all: yes, no, or unknown.
auth: unknown

# A status URL that was given to nobody; left out, one is made from a real one.
#unknown: https://api.example.com/status/00000000-0000-0000-0000-000000000000

# How long a finished operation can be read, and whether to wait for the end of that.
#retention: 60s
#wait: true

# Allow 50 polls at the same time.
#burst: true
`

func (s *Sketch) slow() string {
	var b strings.Builder
	b.WriteString("slow:\n")
	method := s.Slow.Method
	if method == "" {
		method = "POST"
	}
	fmt.Fprintf(&b, "  method: %s\n", method)
	for i, f := range s.Slow.Header {
		if i == 0 {
			b.WriteString("  headers:\n")
		}
		fmt.Fprintf(&b, "    %s: %s\n", f.Name, quoted(f.Value))
	}
	switch {
	case s.Slow.URL == "":
		b.WriteString("  json: {year: 2026}\n")
	case len(s.Slow.Body) > 0:
		fmt.Fprintf(&b, "  body: %s\n", quoted(string(s.Slow.Body)))
	}
	return b.String()
}

// comment is a text in one line.
func comment(s string) string { return strings.Join(strings.Fields(s), " ") }
