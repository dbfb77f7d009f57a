package api

import (
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strconv"
	"strings"

	"go.yaml.in/yaml/v3"

	"github.com/asyncctl/asyncctl/cmd/internal/bounded"
	"github.com/asyncctl/asyncctl/poller/lro"
)

// Options is how files are read. The zero value: as they stand.
type Options struct {
	// URL replaces the file's url, base path included. It may be "mock:".
	URL string
	// Stdin is read for the path "-". Nil: that is refused.
	Stdin io.Reader
}

// part is a section of one of several files.
type part struct {
	n *yaml.Node
	r *reader
}

// builder makes a File of the sections of one or several files.
type builder struct {
	f        *File
	sections map[string]part
	ops      []string
	op       map[string]part
	base     string // the URL that paths are appended to
}

// Read reads one or several files: of the later ones each top-level section replaces that of the earlier
// ones as a whole, and operations do so by name. The error is of the type [Problems].
func Read(o Options, paths ...string) (*File, error) {
	b := builder{f: &File{}, sections: map[string]part{}, op: map[string]part{}}
	var found Problems
	for _, path := range paths {
		text, name, err := contents(path, o.Stdin)
		if err != nil {
			return nil, Problems{{File: name, Text: err.Error()}}
		}
		r := b.parse(name, text)
		found = append(found, r.found...)
	}
	if len(found) > 0 {
		return nil, found.sorted()
	}
	return b.finish(o, paths[len(paths)-1])
}

// Parse reads the text of a file of that name.
func Parse(name string, text []byte, o Options) (*File, error) {
	b := builder{f: &File{}, sections: map[string]part{}, op: map[string]part{}}
	if r := b.parse(name, text); len(r.found) > 0 {
		return nil, r.found.sorted()
	}
	return b.finish(o, name)
}

func contents(path string, stdin io.Reader) (text []byte, name string, err error) {
	if path == "-" && stdin != nil {
		text, err = io.ReadAll(io.LimitReader(bounded.Stream(stdin), MaxSize+1))
		return text, "stdin", err
	}
	info, err := os.Stat(path)
	if built, ok := MockFile(path); ok && err != nil {
		return built, path, nil
	}
	switch {
	case err != nil:
		return nil, path, missing(path, err)
	case info.IsDir():
		return nil, path, fmt.Errorf("it is a directory")
	case info.Size() > MaxSize:
		return nil, path, fmt.Errorf("it is larger than 1 MiB")
	}
	file, err := bounded.Open(path, MaxSize)
	if err != nil {
		return nil, path, fmt.Errorf("it cannot be read: %v", err)
	}
	defer file.Close()
	text, err = io.ReadAll(io.LimitReader(bounded.Stream(file), MaxSize+1))
	return text, path, err
}

func missing(path string, err error) error {
	if !os.IsNotExist(err) {
		return err
	}
	hint := `; "asyncctl init" writes one`
	if !strings.ContainsAny(path, `./\`) {
		hint = ", and no built-in one either: there are " + strings.Join(MockNames(), ", ")
	}
	for _, name := range []string{"asyncctl.yaml", "asyncctl.yml"} {
		beside := filepath.Join(filepath.Dir(path), name)
		if _, err := os.Stat(beside); err == nil && beside != path {
			hint = "; did you mean " + beside + "?"
		}
	}
	return fmt.Errorf("there is no such file%s", hint)
}

// parse reads the text of one file and takes its sections.
func (b *builder) parse(name string, text []byte) *reader {
	r := &reader{file: name}
	n := r.document(text)
	if n == nil {
		return r
	}
	if n.Kind != yaml.MappingNode {
		r.fail(n, "", "it holds %s; wanted are names and values, beginning with asyncctl: 1", kindOf(n))
		return r
	}
	if v := child(n, "asyncctl"); v == nil {
		r.fail(n, "asyncctl", "it is missing: an API file begins with \"asyncctl: 1\"%s", oldFile(n))
	} else if v.Value != "1" {
		r.fail(v, "asyncctl", "this asyncctl reads version 1, and not %q%s", clip(v.Value), newer(v.Value))
		return r
	}
	r.verify(n, "", root)
	r.refuse(n)
	for i := 0; i+1 < len(n.Content); i += 2 {
		key, v := n.Content[i].Value, resolved(n.Content[i+1])
		if key != "operations" {
			b.sections[key] = part{v, r}
			continue
		}
		for j := 0; v.Kind == yaml.MappingNode && j+1 < len(v.Content); j += 2 {
			op := v.Content[j].Value
			if _, had := b.op[op]; !had {
				b.ops = append(b.ops, op)
			}
			b.op[op] = part{resolved(v.Content[j+1]), r}
		}
	}
	return r
}

// newer says what to do about a version that is to come.
func newer(version string) string {
	if n, err := strconv.Atoi(version); err == nil && n > 1 {
		return "; a newer asyncctl may"
	}
	return ""
}

// oldFile says what a file of another kind has become.
func oldFile(n *yaml.Node) string {
	for key, now := range map[string]string{
		"asyncctl_dialect": "; a dialect's descriptor is the section dialect of an API file now",
		"asyncctl_mock":    "; the mock's scenario is the section mock of an API file now",
		"asyncctl_handle":  "; this is a handle and not an API file",
		"openapi":          `; "asyncctl init --openapi FILE" makes an API file of an OpenAPI document`,
		"swagger":          `; "asyncctl init --openapi FILE" makes an API file of an OpenAPI 3 document`,
	} {
		if child(n, key) != nil {
			return now
		}
	}
	return ""
}

// refuse looks for literal credentials where they would be sent.
func (r *reader) refuse(n *yaml.Node) {
	all := func(n *yaml.Node, path string) {
		for _, group := range []string{"headers", "query"} {
			r.credentials(child(n, group), join(path, group))
		}
	}
	all(n, "")
	r.credentials(child(child(n, "checks"), "other"), "checks.other")
	requests := func(n *yaml.Node, path string) {
		for _, name := range []string{"submit", "status", "result", "cancel"} {
			all(child(n, name), join(path, name))
		}
	}
	requests(child(n, "dialect"), "dialect")
	ops := child(n, "operations")
	for i := 0; ops != nil && ops.Kind == yaml.MappingNode && i+1 < len(ops.Content); i += 2 {
		path := "operations." + ops.Content[i].Value
		op := resolved(ops.Content[i+1])
		requests(op, path)
		examples := child(op, "examples")
		for j := 0; examples != nil && examples.Kind == yaml.MappingNode && j+1 < len(examples.Content); j += 2 {
			all(resolved(examples.Content[j+1]), path+".examples."+examples.Content[j].Value)
		}
	}
}

// child returns the value of a member; nil where there is none.
func child(n *yaml.Node, name string) *yaml.Node {
	n = resolved(n)
	if n == nil || n.Kind != yaml.MappingNode {
		return nil
	}
	for i := 0; i+1 < len(n.Content); i += 2 {
		if n.Content[i].Value == name {
			return resolved(n.Content[i+1])
		}
	}
	return nil
}

// finish builds the file from its sections.
func (b *builder) finish(o Options, path string) (*File, error) {
	f := b.f
	f.Path = path
	readers := map[*reader]bool{}
	b.head(o)
	b.literals(readers)
	b.dialects()
	b.rest()
	var found Problems
	for r := range readers {
		found = append(found, r.found...)
	}
	if len(found) > 0 {
		return nil, found.sorted()
	}
	return f, nil
}

// head reads what says which API it is.
func (b *builder) head(o Options) {
	f := b.f
	f.Name = b.text("name")
	if f.Name == "" {
		f.Name = wordOf(f.Path)
	}
	f.About = b.text("about")
	f.URL = strings.TrimSuffix(b.text("url"), "/")
	b.base, f.declared = f.URL, f.URL
	if o.URL != "" {
		f.URL = strings.TrimSuffix(o.URL, "/")
		b.base = f.URL
	}
	if strings.HasPrefix(b.base, "mock:") {
		b.base = ""
	}
	f.Header, f.Query = textsOf(b.sections["headers"].n), textsOf(b.sections["query"].n)
	if p, ok := b.sections["name"]; ok && (f.Name == "auto" || f.Name == lro.GenericName) {
		p.r.fail(p.n, "name", "%q has a meaning of its own; choose another", f.Name)
	}
}

func (b *builder) text(section string) string {
	if p, ok := b.sections[section]; ok && p.n.Kind == yaml.ScalarNode {
		return p.n.Value
	}
	return ""
}

// wordOf makes a name of a path.
func wordOf(path string) string {
	base := strings.ToLower(filepath.Base(path))
	base, _, _ = strings.Cut(base, ".")
	word := strings.Trim(strings.Map(func(c rune) rune {
		if c >= 'a' && c <= 'z' || c >= '0' && c <= '9' {
			return c
		}
		return '-'
	}, base), "-0123456789")
	if word == "" || word == "auto" || word == lro.GenericName {
		return "api"
	}
	return word
}

// literals refuses absolute URLs of another origin than the file's.
func (b *builder) literals(readers map[*reader]bool) {
	for _, p := range b.sections {
		readers[p.r] = true
	}
	for _, p := range b.op {
		readers[p.r] = true
	}
	own := lro.Origin(b.text("url"))
	for r := range readers {
		for _, l := range r.literal {
			if lro.Origin(l.origin) != own {
				r.fail(l.n, l.path, "it names another origin than the file's url (%s), which a file may not; write a path, or a hole for a URL that the server names", orNone(own))
			}
		}
	}
}

func orNone(origin string) string {
	if origin == "" {
		return "none is given"
	}
	return origin
}
