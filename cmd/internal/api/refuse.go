package api

import (
	"fmt"
	"net/url"
	"regexp"
	"slices"
	"strings"
	"sync"

	"go.yaml.in/yaml/v3"

	"github.com/asyncctl/asyncctl/internal/hole"
)

func checkMethod(v string) string {
	if v == "" || strings.Trim(v, "ABCDEFGHIJKLMNOPQRSTUVWXYZ") != "" {
		return fmt.Sprintf("%q is not a method: GET, POST, PUT, ...", clip(v))
	}
	return ""
}

func checkStatus(v string) string {
	if len(v) != 3 || v > "599" {
		return fmt.Sprintf("%q is not an HTTP status from 200 to 599", clip(v))
	}
	return ""
}

// checkBase checks the URL of the API.
func checkBase(v string) string {
	u, err := url.Parse(v)
	switch {
	case err != nil:
		return fmt.Sprintf("%q is not a URL", clip(v))
	case u.Scheme != "http" && u.Scheme != "https" || u.Host == "":
		return fmt.Sprintf("%q is not a URL to go to: write https://host/path", clip(v))
	case u.User != nil:
		return "it holds a user name or password; a file holds no secret"
	case u.RawQuery != "" || u.ForceQuery:
		return "it has a query; write that as query: {name: value}"
	case u.Fragment != "":
		return "it has a fragment, which is never sent"
	}
	return checkPath(u.EscapedPath())
}

// CheckURL returns what is wrong with the URL of an API, or "".
func CheckURL(v string) string { return checkBase(v) }

// checkPath refuses paths that say one thing and mean another.
func checkPath(path string) string {
	plain, _, _ := strings.Cut(path, "?")
	lower := strings.ToLower(plain)
	switch {
	case strings.Contains(plain, "//"):
		return `it holds "//"`
	case strings.Contains(plain, `\`) || strings.Contains(lower, "%5c"):
		return `it holds "\"`
	case strings.ContainsFunc(path, func(c rune) bool { return c <= ' ' || c == 0x7f }):
		return "it holds a blank or a control character"
	}
	for _, segment := range strings.FieldsFunc(lower, func(c rune) bool { return c == '/' }) {
		if s := strings.ReplaceAll(segment, "%2e", "."); s == ".." || s == "." {
			return `a segment is ".." or "."`
		}
	}
	return ""
}

// url checks the template of a URL.
func (r *reader) url(n *yaml.Node, path, v string, h holes) {
	if h == pathHoles && !strings.HasPrefix(v, "/") {
		r.fail(n, path, "%q is not a path: it begins with /", clip(v))
	}
	r.holesOf(n, path, v, h)
	bare := holePattern().ReplaceAllString(v, "x")
	if name, whole := hole.Whole(v); whole || name != "" && strings.HasPrefix(v, "{{status}}") {
		bare = strings.TrimPrefix(v, "{{"+name+"}}")
	}
	bare = holePattern().ReplaceAllString(bare, "x")
	switch {
	case bare == "":
	case strings.Contains(bare, "://"):
		u, err := url.Parse(bare)
		if err != nil || u.Host == "" || u.User != nil {
			r.fail(n, path, "%q is not a URL that a file may name", clip(v))
			return
		}
		if h != mockHoles { // a callback goes where the mock is allowed to
			r.literal = append(r.literal, literalURL{n, path, strings.ToLower(u.Scheme + "://" + u.Host)})
		}
		if wrong := checkPath(u.EscapedPath()); wrong != "" {
			r.fail(n, path, "%q: %s", clip(v), wrong)
		}
	default:
		if strings.Contains(bare, "#") {
			r.fail(n, path, "%q: a fragment is never sent", clip(v))
		}
		if wrong := checkPath(bare); wrong != "" {
			r.fail(n, path, "%q: %s", clip(v), wrong)
		}
		if !strings.HasPrefix(v, "/") && !strings.HasPrefix(v, "{{") {
			r.fail(n, path, "%q is neither a path nor a hole: write /%s", clip(v), clip(v))
		}
	}
}

// literalURL is an absolute URL of a file; its origin has to be the file's.
type literalURL struct {
	n            *yaml.Node
	path, origin string
}

var holePattern = sync.OnceValue(func() *regexp.Regexp { return regexp.MustCompile(`\{\{[^{}]*\}\}`) })

// texts checks every text of a JSON value.
func (r *reader) texts(n *yaml.Node, path string, h holes) {
	n = resolved(n)
	switch n.Kind {
	case yaml.MappingNode:
		for i := 0; i+1 < len(n.Content); i += 2 {
			r.texts(n.Content[i+1], join(path, n.Content[i].Value), h)
		}
	case yaml.SequenceNode:
		for i, e := range n.Content {
			r.texts(e, fmt.Sprintf("%s[%d]", path, i), h)
		}
	case yaml.ScalarNode:
		if _, err := jsonScalar(n); err != nil {
			r.fail(n, path, "%v", err)
		}
		r.holesOf(n, path, n.Value, h)
		if looksLikeJWT(n.Value) {
			r.fail(n, path, "it holds a token; a file holds no secret")
		}
	}
}

// holesOf checks the holes of a text.
func (r *reader) holesOf(n *yaml.Node, path, v string, h holes) {
	for rest := v; ; {
		before, name, after, found := hole.Cut(rest)
		if !found {
			if strings.Contains(strings.ReplaceAll(rest, `\{{`, ""), "{{") {
				r.fail(n, path, "%q: a hole has no end", clip(v))
			}
			return
		}
		_ = before
		r.jobs = r.jobs || name == "job"
		if wrong := h.wrong(name); wrong != "" {
			r.fail(n, path, "{{%s}} %s", clip(name), wrong)
		}
		rest = after
	}
}

// wrong says why a hole cannot stand there, or "".
func (h holes) wrong(name string) string {
	pointer := strings.HasPrefix(name, "/") || strings.HasPrefix(name, "header:")
	if pointer && hole.CheckPlace(name) != nil {
		return "is not a place"
	}
	var known []string
	switch h {
	case noHoles:
		return "has no place here: no holes are filled in"
	case requestHoles:
		if pointer {
			return ""
		}
		known = []string{"job", "status", "submit", "uuid"}
	case submitHoles, headerHoles:
		known = []string{"uuid", "index"}
		if row, ok := strings.CutPrefix(name, "row."); ok && row != "" {
			return ""
		}
	case mockHoles:
		if rest, ok := strings.CutPrefix(name, "request:"); ok && hole.CheckPlace(rest) == nil && !strings.HasPrefix(rest, "header:") {
			return ""
		}
		if strings.HasPrefix(name, "request.header:") || strings.HasPrefix(name, "request.query:") {
			return ""
		}
		known = []string{"id", "status", "result", "submit", "state", "percent", "created", "started", "updated", "ended"}
	case pathHoles:
		known = []string{"id"}
	case waitHoles:
		known = []string{"seconds", "milliseconds"}
	}
	if secret, ok := strings.CutPrefix(name, "secret:"); ok {
		switch {
		case h != headerHoles && h != secretHoles:
			return "has no place here: secrets stand in the headers of the file, of a submit and of checks.other alone"
		case !secretName().MatchString(secret):
			return "is not the name of a secret: capital letters, digits and _"
		}
		return ""
	}
	if slices.Contains(known, name) {
		return ""
	}
	if near := meant(name, known); near != "" {
		return "is not known here" + near
	}
	if strings.TrimSpace(name) != name {
		return "holds blanks: write {{" + strings.TrimSpace(name) + "}}"
	}
	if h == secretHoles {
		return "is not known here: it is for every request, and only {{secret:NAME}} is filled in"
	}
	return "is not known here; known are " + strings.Join(known, ", ") + more(h)
}

func more(h holes) string {
	switch h {
	case requestHoles:
		return ", /pointer, header:Name"
	case submitHoles:
		return ", row.name"
	case headerHoles:
		return ", row.name, secret:NAME"
	case mockHoles:
		return ", request:/pointer, request.header:Name, request.query:name"
	}
	return ""
}

var (
	secretName = sync.OnceValue(func() *regexp.Regexp { return regexp.MustCompile(`^[A-Z][A-Z0-9_]*$`) })
	jwt        = sync.OnceValue(func() *regexp.Regexp {
		return regexp.MustCompile(`\beyJ[A-Za-z0-9_-]{5,}\.[A-Za-z0-9_-]{5,}\.[A-Za-z0-9_-]*`)
	})
)

func looksLikeJWT(v string) bool { return jwt().MatchString(v) }

// credentialName reports whether a header field or query parameter of that name usually holds a secret.
func credentialName(name string) bool {
	lower := strings.ToLower(name)
	switch lower {
	case "authorization", "proxy-authorization", "cookie":
		return true
	}
	return strings.Contains(lower, "key") || strings.Contains(lower, "token") || strings.Contains(lower, "secret") || strings.Contains(lower, "password")
}

// credentials refuses literal credentials among the header fields and query parameters of a request.
func (r *reader) credentials(n *yaml.Node, path string) {
	n = resolved(n)
	if n == nil || n.Kind != yaml.MappingNode {
		return
	}
	for i := 0; i+1 < len(n.Content); i += 2 {
		name, v := n.Content[i].Value, resolved(n.Content[i+1])
		if v.Kind == yaml.ScalarNode && credentialName(name) && v.Value != "" && len(hole.Names(v.Value)) == 0 {
			r.fail(v, join(path, name), `a file holds no secret: write "{{secret:NAME}}" in a header field; the value comes from the profile's secrets or ASYNCCTL_SECRET_NAME`)
		}
	}
}
