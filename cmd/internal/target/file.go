package target

import (
	"errors"
	"fmt"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"time"

	"go.yaml.in/yaml/v3"

	"github.com/asyncctl/asyncctl/conformance"
	"github.com/asyncctl/asyncctl/poller/lro"
)

// File is what a target file says.
type File struct {
	// Target describes the API. Its submits have absolute URLs, or ones that begin with "mock:".
	Target conformance.Target
	// Header goes with every request to the target, Credentials too but where a probe tries without,
	// and Other are the credentials of a second identity.
	Header, Credentials, Other conformance.Fields
	// Trust lists more origins that may see them.
	Trust []string
	// Limits are how much may be asked of the API.
	Limits conformance.Limits
}

// fileReader reads one target file.
type fileReader struct {
	reader
	dir string
	env func(string) string
	url string
	f   *File
}

// Read reads a target file. Files that it names are relative to it; env has the variables that it
// names. Its errors are for the person who wrote the file.
func Read(path string, env func(string) string) (*File, error) {
	r := &fileReader{reader: reader{path}, dir: filepath.Dir(path), env: env, f: &File{}}
	root, err := r.document()
	if err != nil {
		return nil, err
	}
	t := &r.f.Target
	submits := map[string]**conformance.Submit{"slow": &t.Slow, "fast": &t.Fast, "fail": &t.Fail, "invalid": &t.Invalid}
	nodes := map[string]*yaml.Node{}
	all := fields{
		"dialect":     r.text("dialect", &t.Dialect),
		"url":         r.text("url", &r.url),
		"headers":     r.header("headers", &r.f.Header),
		"credentials": r.header("credentials", &r.f.Credentials),
		"other":       r.header("other", &r.f.Other),
		"trust":       r.list("trust", r.origin),
		"cancel":      r.support("cancel", &t.Cancel),
		"keys":        r.support("keys", &t.Keys),
		"auth":        r.support("auth", &t.Auth),
		"unknown":     r.text("unknown", &t.Unknown),
		"retention":   r.duration("retention", &t.Retention),
		"burst":       r.flag("burst", &t.Burst),
		"wait":        r.flag("wait", &t.Wait),
		"limits":      r.limits,
	}
	for name := range submits {
		all[name] = func(n *yaml.Node) error { nodes[name] = n; return nil }
	}
	wrong := []error{r.mapping(root, "", all)}
	for _, name := range []string{"slow", "fast", "fail", "invalid"} { // they need the url, which may stand below them
		if n := nodes[name]; n != nil {
			wrong = append(wrong, r.submit(n, name, submits[name]))
		}
	}
	if err := errors.Join(wrong...); err != nil {
		return nil, err
	}
	return r.f, r.check(root)
}

// check looks at what the fields say together.
func (r *fileReader) check(root *yaml.Node) error {
	t := &r.f.Target
	switch {
	case t.Slow == nil && r.url == "":
		return r.at(root, "it has neither slow nor url: say how to submit work that takes some seconds")
	case t.Wait && t.Retention == 0:
		return r.at(root, "wait needs retention: how long a finished operation can be read")
	}
	if t.Slow == nil {
		full, err := r.resolve("")
		if err != nil {
			return r.at(root, "url: %v", err)
		}
		t.Slow = &conformance.Submit{URL: full}
	}
	if t.Unknown != "" {
		full, err := r.resolve(t.Unknown)
		if err != nil {
			return r.at(root, "unknown: %v", err)
		}
		t.Unknown = full
	}
	return nil
}

// submit reads a request that starts an operation.
func (r *fileReader) submit(n *yaml.Node, where string, to **conformance.Submit) error {
	s := &conformance.Submit{}
	ref, file := "", ""
	contents, isJSON := 0, false
	err := r.mapping(n, where, fields{
		"method":  r.text(where+".method", &s.Method),
		"url":     r.text(where+".url", &ref),
		"headers": r.header(where+".headers", &s.Header),
		"json": func(n *yaml.Node) (err error) {
			contents++
			isJSON = true
			s.Body, err = r.json(n, where+".json")
			return err
		},
		"body": func(n *yaml.Node) error {
			contents++
			text := ""
			err := r.text(where+".body", &text)(n)
			s.Body = []byte(text)
			return err
		},
		"body_file": func(n *yaml.Node) (err error) {
			contents++
			if err := r.text(where+".body_file", &file)(n); err != nil {
				return err
			}
			if s.Body, err = os.ReadFile(r.beside(file)); err != nil {
				return r.at(n, "%s.body_file: %v", where, err)
			}
			return nil
		},
	})
	if err != nil {
		return err
	}
	if contents > 1 {
		return r.at(n, "%s: json, body and body_file exclude each other", where)
	}
	if isJSON && s.Header.Get("Content-Type") == "" {
		s.Header = append(s.Header, conformance.Field{Name: "Content-Type", Value: "application/json"})
	}
	s.Method = strings.ToUpper(s.Method)
	if s.URL, err = r.resolve(ref); err != nil {
		return r.at(n, "%s: %v", where, err)
	}
	*to = s
	return nil
}

func (r *fileReader) beside(file string) string {
	if filepath.IsAbs(file) {
		return file
	}
	return filepath.Join(r.dir, file)
}

// resolve returns the URL for a reference, which is relative to url (RFC 3986, section 5.2).
func (r *fileReader) resolve(ref string) (string, error) {
	full := ref
	switch {
	case ref == "" && r.url == "":
		return "", errors.New("it has no url, and neither has the file")
	case ref == "":
		full = r.url
	case strings.HasPrefix(ref, "mock:"):
	case strings.HasPrefix(r.url, "mock:"):
		if !strings.HasPrefix(ref, "?") {
			return "", fmt.Errorf("%q cannot be relative to mock:; write ?name=value, or a whole URL", ref)
		}
		full = r.url + "?" + ref[1:]
		if strings.Contains(r.url, "?") {
			full = r.url + "&" + ref[1:]
		}
	case r.url != "":
		base, err := url.Parse(r.url)
		if err != nil {
			return "", errors.New("url is no URL")
		}
		u, err := base.Parse(ref)
		if err != nil {
			return "", fmt.Errorf("%q is no URL", ref)
		}
		full = strings.ReplaceAll(u.String(), url.PathEscape(conformance.UUIDMark), conformance.UUIDMark)
	}
	if !strings.HasPrefix(full, "mock:") && lro.Origin(full) == "" {
		return "", fmt.Errorf("%q is no URL to submit to: write http://host, https://host, or mock: for a mock", full)
	}
	return full, nil
}

func (r *fileReader) origin(n *yaml.Node) error {
	text := ""
	if err := r.text("trust", &text)(n); err != nil {
		return err
	}
	origin := lro.Origin(text)
	if origin == "" || strings.TrimSuffix(strings.ToLower(text), "/") != origin {
		return r.at(n, "trust: %q is no origin: write https://host or https://host:port", text)
	}
	r.f.Trust = append(r.f.Trust, origin)
	return nil
}

func (r *fileReader) support(where string, to *conformance.Support) func(*yaml.Node) error {
	return func(n *yaml.Node) error {
		var yes bool
		n = resolved(n)
		switch {
		case n.Kind == yaml.ScalarNode && strings.EqualFold(n.Value, "yes"):
			yes = true
		case n.Kind == yaml.ScalarNode && strings.EqualFold(n.Value, "no"):
		case n.Kind == yaml.ScalarNode && n.Value == "unknown":
			return nil
		case n.Kind != yaml.ScalarNode || n.Decode(&yes) != nil:
			return r.at(n, "%s is %s; write yes, no or unknown", where, shown(n))
		}
		*to = conformance.Unsupported
		if yes {
			*to = conformance.Supported
		}
		return nil
	}
}

func (r *fileReader) duration(where string, to *time.Duration) func(*yaml.Node) error {
	return func(n *yaml.Node) error {
		d, err := time.ParseDuration(resolved(n).Value)
		if err != nil || d <= 0 {
			return r.at(n, "%s is %s; write a duration, as 90s or 15m", where, shown(resolved(n)))
		}
		*to = d
		return nil
	}
}
