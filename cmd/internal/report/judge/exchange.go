package judge

import (
	"bytes"
	"encoding/json"
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strings"

	"github.com/asyncctl/asyncctl/conformance"
	"github.com/asyncctl/asyncctl/internal/show"
)

// How much of an exchange is shown.
const (
	mostFields   = 24
	mostLines    = 12
	lineWidth    = 160
	mostFindings = 3 // of one rule, with their exchanges
)

// wireLine is one line of an exchange as it is shown: of the request ('>'), of the answer ('<'), of a
// content ('|'), or a remark ('*').
type wireLine struct {
	Side byte
	Text string
	Hit  bool // it is one of the offending lines
}

// wire returns an exchange as lines; those that offend are marked. Offending lines that are not among
// what is shown come last.
func wire(x *conformance.Exchange, offending []string) []wireLine {
	var list []wireLine
	seen := make([]bool, len(offending))
	hit := func(text string, part bool) bool {
		found := false
		for i, o := range offending {
			o = strings.TrimSpace(o)
			if o != "" && (strings.EqualFold(o, text) || part && strings.Contains(text, o)) {
				seen[i], found = true, true
			}
		}
		return found
	}
	fields := func(side byte, header conformance.Fields) {
		left := 0
		for i, f := range header {
			line := f.Name + ": " + f.Value
			bad := hit(line, false)
			if i >= mostFields && !bad {
				left++
				continue
			}
			list = append(list, wireLine{side, show.Clip(visible(line), lineWidth), bad})
		}
		if left > 0 {
			list = append(list, wireLine{'*', show.Count(left, "more field"), false})
		}
	}
	content := func(body []byte, more bool) {
		if len(body) == 0 {
			return
		}
		for _, line := range visibleLines(string(body[:min(len(body), 64<<10)]), mostLines, lineWidth) {
			list = append(list, wireLine{'|', line, hit(line, true)})
		}
		if more {
			list = append(list, wireLine{'*', "the content goes on", false})
		}
	}
	list = append(list, wireLine{'>', visible(x.Request.Method + " " + withoutUser(x.Request.URL)), false})
	fields('>', x.Request.Header)
	content(x.Request.Body, false)
	if x.Response.Status != 0 {
		status := statusLine(&x.Response)
		list = append(list, wireLine{'<', status, hit(status, true)})
		fields('<', x.Response.Header)
		content(x.Response.Body, x.Response.More)
	}
	if x.Err != "" {
		list = append(list, wireLine{'*', show.Clip(visible(x.Err), lineWidth), false})
	}
	for i, o := range offending {
		if !seen[i] {
			list = append(list, wireLine{'*', show.Clip(visible(o), lineWidth), true})
		}
	}
	return list
}

func statusLine(r *conformance.Response) string {
	proto := r.Proto
	if proto == "" {
		proto = "HTTP"
	}
	return visible(strings.TrimSpace(fmt.Sprintf("%s %d %s", proto, r.Status, http.StatusText(r.Status))))
}

// place says where a finding was seen: "probe slow, exchange 2 (poll)".
func place(f *conformance.Finding, x *conformance.Exchange) string {
	if f.Probe == "" {
		return ""
	}
	text := fmt.Sprintf("probe %s, exchange %d", visible(f.Probe), f.Exchange+1)
	if x != nil && x.Role != "" {
		text += " (" + visible(string(x.Role)) + ")"
	}
	return text
}

// reproduce returns the commands that show a finding again: the submit that began the conversation,
// and the request itself.
func (d *digest) reproduce(f *conformance.Finding) []string {
	t, x := d.exchange(f)
	if x == nil {
		return nil
	}
	var commands []string
	if x.Role != conformance.RoleSubmit {
		for i := range f.Exchange {
			if t.Exchanges[i].Role == conformance.RoleSubmit {
				commands = append(commands, Curl(&t.Exchanges[i].Request))
				break
			}
		}
	}
	return append(commands, Curl(&x.Request))
}

// decisive is the exchange by which a target is called broken: the last submit of the first
// conversation; nil if there is none.
func (d *digest) decisive() *conformance.Exchange {
	for i := range d.Transcripts {
		exchanges := d.Transcripts[i].Exchanges
		for n := len(exchanges) - 1; n >= 0; n-- {
			if exchanges[n].Role == conformance.RoleSubmit {
				return &exchanges[n]
			}
		}
	}
	return nil
}

// ownFields are those that curl sends by itself.
var ownFields = []string{"Host", "Content-Length", "User-Agent", "Accept-Encoding", "Connection", "Transfer-Encoding"}

// masked is what a recording has in the place of a secret.
const masked = "[redacted]"

// secretFields are those whose values are never shown.
var secretFields = []string{"Authorization", "Proxy-Authorization", "Cookie", "X-Api-Key", "Api-Key", "X-Auth-Token", "Ocp-Apim-Subscription-Key"}

// Curl returns the curl command for a recorded request, quoted for a POSIX shell. In the place of
// secrets stand variables: "Authorization: $AUTHORIZATION".
func Curl(r *conformance.Request) string {
	parts := []string{"curl", "-i"}
	if r.Method != "" && r.Method != http.MethodGet {
		parts = append(parts, "-X", quote(r.Method))
	}
	if r.Method == http.MethodHead {
		parts = []string{"curl", "-I"}
	}
	for _, f := range r.Header {
		switch {
		case slices.Contains(ownFields, http.CanonicalHeaderKey(f.Name)):
		case isSecret(f):
			parts = append(parts, "-H", `"`+token(f.Name)+": $"+variable(f.Name)+`"`)
		default:
			parts = append(parts, "-H", quote(visible(f.Name+": "+f.Value)))
		}
	}
	body := oneLine(r.Body)
	switch {
	case body == "":
	case len(body) > 4096 || visible(body) != body:
		parts = append(parts, "--data-binary", "@content")
	default:
		parts = append(parts, "--data-raw", quote(body))
	}
	return strings.Join(append(parts, quote(visible(withoutUser(r.URL)))), " ")
}

// oneLine returns a content, JSON without its line breaks.
func oneLine(body []byte) string {
	var b bytes.Buffer
	if json.Compact(&b, body) == nil {
		return b.String()
	}
	return string(body)
}

func isSecret(f conformance.Field) bool {
	return slices.Contains(secretFields, http.CanonicalHeaderKey(f.Name)) || f.Value == masked
}

// token is the name of a field, which may come from a recording: nothing of it may mean something to
// a shell.
func token(name string) string {
	return strings.Map(func(r rune) rune {
		if r == '-' || r == '_' || r >= '0' && r <= '9' || r >= 'A' && r <= 'Z' || r >= 'a' && r <= 'z' {
			return r
		}
		return '_'
	}, name)
}

func variable(name string) string {
	return strings.ToUpper(strings.ReplaceAll(token(name), "-", "_"))
}

// withoutUser takes the user information out of a URL.
func withoutUser(text string) string {
	u, err := url.Parse(text)
	if err != nil || u.User == nil {
		return text
	}
	u.User = nil
	return u.String()
}

// harmless are the characters that mean themselves in a shell.
const harmless = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_./:=@%+,"

func quote(s string) string {
	if s != "" && strings.Trim(s, harmless) == "" {
		return s
	}
	return "'" + strings.ReplaceAll(s, "'", `'\''`) + "'"
}
