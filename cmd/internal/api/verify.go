package api

import (
	"fmt"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"

	"go.yaml.in/yaml/v3"

	"github.com/asyncctl/asyncctl/internal/hole"
	"github.com/asyncctl/asyncctl/internal/near"
	"github.com/asyncctl/asyncctl/internal/show"
)

// reader reads one file and collects what is wrong with it.
type reader struct {
	file    string
	found   Problems
	jobs    bool // {{job}} is used
	literal []literalURL
}

// fail adds a mistake at a node; it returns false.
func (r *reader) fail(n *yaml.Node, field, format string, args ...any) bool {
	p := Problem{File: r.file, Field: field, Text: fmt.Sprintf(format, args...)}
	if n != nil {
		p.Line, p.Col = n.Line, n.Column
	}
	r.found = append(r.found, p)
	return false
}

// verify compares a value with what may stand there.
func (r *reader) verify(n *yaml.Node, path string, s *shape) {
	n = resolved(n)
	s = s.chosen(n)
	if s.kind != kJSON && isNull(n) {
		if s.null {
			return
		}
		r.fail(n, path, "it has no value; leave it out")
		return
	}
	switch s.kind {
	case kObject, kTable:
		if n.Kind != yaml.MappingNode {
			r.fail(n, path, "it holds %s; wanted is %s", kindOf(n), s.wanted())
			return
		}
		r.members(n, path, s)
	case kList:
		if n.Kind != yaml.SequenceNode {
			if n.Kind == yaml.ScalarNode {
				r.fail(n, path, "it holds %s; wanted is a list: [%s]", kindOf(n), n.Value)
			} else {
				r.fail(n, path, "it holds %s; wanted is a %s", kindOf(n), s.typeName())
			}
			return
		}
		for i, e := range n.Content {
			r.verify(e, fmt.Sprintf("%s[%d]", path, i), s.of)
		}
	case kJSON:
		r.texts(n, path, s.holes)
	default:
		if n.Kind != yaml.ScalarNode {
			r.notScalar(n, path, s)
			return
		}
		r.scalar(n, path, s)
	}
}

// chosen returns the short form that fits the kind of a value, or the shape itself.
func (s *shape) chosen(n *yaml.Node) *shape {
	if len(s.short) == 0 || n.Kind == yaml.MappingNode && (s.kind == kObject || s.kind == kTable) || n.Kind == yaml.SequenceNode && s.kind == kList {
		return s
	}
	for _, short := range s.short {
		if short.kind == kWord && n.Kind == yaml.ScalarNode && slices.Contains(short.words, n.Value) {
			return short
		}
	}
	for _, short := range s.short {
		if short.kind != kWord && n.Kind == yaml.ScalarNode {
			return short
		}
	}
	return s
}

func (s *shape) wanted() string {
	if s.kind == kObject && len(s.fields) > 0 {
		return s.name + " with " + strings.Join(s.names(), ", ")
	}
	return s.name
}

func (r *reader) notScalar(n *yaml.Node, path string, s *shape) {
	if n.Kind == yaml.SequenceNode && len(n.Content) == 1 {
		r.fail(n, path, "it holds a list; wanted is %s", s.name)
		return
	}
	r.fail(n, path, "it holds %s; wanted is %s", kindOf(n), s.name)
}

// members reads the members of a mapping.
func (r *reader) members(n *yaml.Node, path string, s *shape) {
	for i := 0; i+1 < len(n.Content); i += 2 {
		key, v := n.Content[i], n.Content[i+1]
		at := join(path, key.Value)
		switch {
		case key.Kind != yaml.ScalarNode:
		case s.kind == kObject:
			if path == "" && strings.HasPrefix(key.Value, "x-") {
				continue
			}
			one := s.field(key.Value)
			if one == nil {
				r.unknown(key, path, s)
				continue
			}
			r.verify(v, at, one.shape)
		case s.words != nil && !slices.Contains(s.words, key.Value):
			r.fail(key, at, "%q is not one of %s%s", key.Value, strings.Join(s.words, ", "), meant(key.Value, s.words))
		case s.keys != "" && !regexp.MustCompile(s.keys).MatchString(key.Value):
			r.fail(key, at, "%q cannot stand here: %s", clip(key.Value), keyRule(s))
		default:
			r.verify(v, at, s.of)
		}
	}
}

func keyRule(s *shape) string {
	if s == stateCode {
		return "wanted is an HTTP status, as 202"
	}
	return "a name begins with a letter and has letters, digits, - and _"
}

// unknown refuses a field that is not there, with the reason where there is one.
func (r *reader) unknown(key *yaml.Node, path string, s *shape) {
	at, name := join(path, key.Value), strings.TrimLeft(key.Value, "-")
	switch {
	case grantsTrust(name):
		r.fail(key, at, "a file grants no trust and loosens no bound: this is for the command line alone")
	case strings.HasPrefix(key.Value, "--") && s.field(name) != nil:
		r.fail(key, at, "a field is written without dashes: %s", name)
	case strings.HasPrefix(key.Value, "-") || s.field(name) == nil && slices.Contains(flagsOnly, name):
		r.fail(key, at, "it is a flag of the command line and not a field")
	default:
		near := meant(name, s.names())
		if near == "" {
			near = r.elsewhere(name, path)
		}
		if near == "" {
			near = "; the fields are " + strings.Join(s.names(), ", ")
		}
		r.fail(key, at, "there is no such field%s", near)
	}
}

// elsewhere says where a field of that name, or of one like it, belongs.
func (r *reader) elsewhere(name, path string) string {
	paths := map[string]string{}
	for _, one := range Fields() {
		last := one.Path[strings.LastIndexByte(one.Path, '.')+1:]
		if _, had := paths[last]; !had && !strings.Contains(one.Path, "rules") {
			paths[last] = one.Path
		}
	}
	if near := near.Word(name, sortedNames(paths)); near != "" && paths[near] != join(path, name) {
		return "; did you mean " + paths[near] + "?"
	}
	return ""
}

// flagsOnly are flags that people look for in the file.
var flagsOnly = []string{
	"timeout", "wait", "output", "save", "progress", "format", "verbose", "retry", "max-time", "connect-timeout", "user", "data", "header",
	"success-when", "failure-when", "result-from", "ca-cert", "cacert", "quiet", "interval", "jitter", "long-poll",
}

// grantsTrust reports whether a name is of something that only a person may say.
func grantsTrust(name string) bool {
	switch name {
	case "trust-origin", "trust", "insecure", "proxy", "resolve", "cert", "key-file", "netrc", "token-command", "token-file", "credentials",
		"unix-socket", "out", "output-dir", "output", "report", "retry-unsafe", "tokens":
		return true
	}
	return strings.HasPrefix(name, "allow-")
}

// scalar compares a single value with its kind.
func (r *reader) scalar(n *yaml.Node, path string, s *shape) {
	v := n.Value
	switch s.kind {
	case kWord:
		if !slices.Contains(s.words, v) {
			what := "one of " + strings.Join(s.words, ", ")
			if slices.Contains(s.words, "failed") {
				what = "a state"
			}
			near := meant(v, s.words)
			if near == "" {
				near = "; they are " + strings.Join(s.words, ", ")
			}
			r.fail(n, path, "%q is not %s%s", clip(v), what, near)
		}
	case kPlace:
		if err := hole.CheckPlace(v); err != nil {
			r.place(n, path, v, err)
		}
	case kTemplate:
		r.holesOf(n, path, v, s.holes)
	case kURL:
		r.url(n, path, v, s.holes)
	case kLine:
		r.line(n, path, v, s.holes)
	case kWhole:
		i, err := strconv.Atoi(v)
		if err != nil || i < s.min {
			r.fail(n, path, "%q is not %s of at least %d", clip(v), s.name, s.min)
			return
		}
	case kNumber:
		if x, err := strconv.ParseFloat(v, 64); err != nil || x != x || x < 0 {
			r.fail(n, path, "%q is not a number", clip(v))
		}
	case kFlag:
		if v != "true" && v != "false" {
			r.fail(n, path, "%q is neither true nor false", clip(v))
		}
	case kDuration:
		if _, err := parseDuration(v); err != nil {
			r.fail(n, path, "%q is not a duration: write 500ms, 10s, 2m or 24h", clip(v))
		}
	case kRate:
		if _, err := ParseRate(v); err != nil {
			r.fail(n, path, "%q is not a rate: write 5/s, 300/m or 1000/h", clip(v))
		}
	}
	if s.keys != "" && !regexp.MustCompile(s.keys).MatchString(v) {
		r.fail(n, path, "%q is not a word of lower-case letters, digits and hyphens", clip(v))
	}
	if s.check != nil {
		if wrong := s.check(v); wrong != "" {
			r.fail(n, path, "%s", wrong)
		}
	}
	if looksLikeJWT(v) {
		r.fail(n, path, "it holds a token; a file holds no secret: write {{secret:NAME}} in a header field")
	}
}

// place says what is wrong with a place.
func (r *reader) place(n *yaml.Node, path, v string, err error) {
	switch {
	case strings.HasPrefix(v, "{{"):
		r.fail(n, path, "a place is written without braces: %s", strings.Trim(v, "{}"))
	case !strings.HasPrefix(v, "/") && !strings.Contains(v, ":") && !strings.ContainsAny(v, " \t"):
		r.fail(n, path, "%q is not a place; did you mean /%s? (a place is /pointer into the content, or header:Name)", clip(v), strings.NewReplacer(".", "/", "$/", "", "$.", "").Replace(v))
	default:
		r.fail(n, path, "%v", err)
	}
}

// line reads "METHOD url".
func (r *reader) line(n *yaml.Node, path, v string, h holes) {
	verb, url, ok := strings.Cut(v, " ")
	if c := n.LineComment; n.Style == 0 && strings.HasPrefix(c, "#") && len(c) > 1 && c[1] != ' ' && c[1] != '#' {
		r.fail(n, path, `in YAML " #" begins a comment, so %q is not part of the URL; a fragment is never sent: leave it out`, clip(c))
	}
	switch {
	case strings.Contains(v, " #"):
		r.fail(n, path, `" #" has no place in a request line: a fragment is never sent`)
	case !ok && checkMethod(verb) == "":
		r.fail(n, path, "%q has no url: write %s /path", clip(v), verb)
	case !ok || checkMethod(verb) != "":
		r.fail(n, path, "%q is not a request line: write METHOD url, as GET /jobs/{{job}}", clip(v))
	default:
		r.url(n, path, strings.TrimSpace(url), h)
	}
}

func parseDuration(v string) (time.Duration, error) {
	d, err := time.ParseDuration(v)
	if err == nil && (d < 0 || strings.Trim(v, "0123456789.hmsnuµ") != "") {
		err = fmt.Errorf("%q is negative", v)
	}
	return d, err
}

// ParseRate reads "5/s", "300/m" or "1000/h" and returns requests a second.
func ParseRate(v string) (float64, error) {
	amount, unit, ok := strings.Cut(v, "/")
	x, err := strconv.ParseFloat(amount, 64)
	per := map[string]float64{"s": 1, "m": 60, "h": 3600}[unit]
	if err != nil || !ok || per == 0 || !(x > 0) || x > 1e9 {
		return 0, fmt.Errorf("%q is not a rate", v)
	}
	return x / per, nil
}

// clip cuts what a file says to what a message can hold.
func clip(s string) string { return show.Clip(s, 60) }
