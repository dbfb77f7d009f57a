package lro

import (
	"strings"

	"github.com/asyncctl/asyncctl/internal/jsontext"
)

// Problem is what a server said about a failure: problem details (RFC 9457), or what comes close.
// The texts are the server's: escape control characters before they reach a terminal.
type Problem struct {
	Status   int    `json:"status,omitempty"` // the HTTP status that carried it
	Code     string `json:"code,omitempty"`
	Type     string `json:"type,omitempty"`
	Title    string `json:"title,omitempty"`
	Detail   string `json:"detail,omitempty"`
	Instance string `json:"instance,omitempty"`
}

// String returns the problem in one line: "title: detail (code)".
func (p *Problem) String() string {
	if p == nil {
		return ""
	}
	var parts []string
	for _, s := range []string{p.Title, p.Detail} {
		if s != "" && (len(parts) == 0 || parts[0] != s) {
			parts = append(parts, s)
		}
	}
	text := strings.Join(parts, ": ")
	switch {
	case p.Code == "":
		return text
	case text == "":
		return p.Code
	}
	return text + " (" + p.Code + ")"
}

// maxProblemText bounds each text that is kept of a problem.
const maxProblemText = 4096

// ReadProblem returns what a reply says about a failure, and nil if it says nothing in words.
// Members of the wrong type are ignored (RFC 9457, section 3.1), and so are extensions.
func ReadProblem(r Reply) *Problem {
	doc := jsontext.Value(r.Body)
	if !doc.IsObject() {
		return plainProblem(r)
	}
	p := &Problem{Status: r.Status}
	for _, source := range []string{"/error", "/errors/0", ""} {
		v, ok := doc.At(source)
		if !ok {
			continue
		}
		if text := v.String(); text != "" {
			p.fill(&p.Detail, text)
			continue
		}
		p.read(v)
	}
	if *p == (Problem{Status: r.Status}) {
		return nil
	}
	return p
}

// read takes over the members of a problem document or of an error object.
func (p *Problem) read(v jsontext.Value) {
	for _, m := range [...]struct {
		to      *string
		pointer string
	}{
		{&p.Type, "/type"}, {&p.Title, "/title"}, {&p.Detail, "/detail"}, {&p.Instance, "/instance"},
		{&p.Code, "/code"}, {&p.Detail, "/message"}, {&p.Detail, "/description"}, {&p.Title, "/reason"},
		{&p.Detail, "/error_description"}, {&p.Detail, "/issue/0/diagnostics"},
	} {
		if member, ok := v.At(m.pointer); ok {
			p.fill(m.to, member.String())
		}
	}
}

// fill sets a text that is not yet there.
func (p *Problem) fill(to *string, text string) {
	if *to == "" {
		*to = strings.ToValidUTF8(text[:min(len(text), maxProblemText)], "")
	}
}

// plainProblem keeps the first lines of a text answer; markup is no message.
func plainProblem(r Reply) *Problem {
	media := strings.ToLower(r.field("Content-Type"))
	if !strings.HasPrefix(media, "text/plain") {
		return nil
	}
	text := strings.TrimSpace(string(r.Body[:min(len(r.Body), maxProblemText)]))
	if text == "" {
		return nil
	}
	return &Problem{Status: r.Status, Detail: strings.ToValidUTF8(text, "")}
}
