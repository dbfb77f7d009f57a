package openapi

import (
	"cmp"
	"fmt"
	"net/url"
	"slices"
	"strings"

	"go.yaml.in/yaml/v3"

	"github.com/asyncctl/asyncctl/cmd/internal/bounded"
)

// maxFile bounds a document.
const maxFile = 16 << 20

// Document is an OpenAPI document, perhaps spread over several files. It is for one goroutine.
type Document struct {
	path  string
	root  *yaml.Node
	files map[string]*yaml.Node // others that it refers to, by path
	lost  []string              // references that lead nowhere
}

// Operation is one that answers 202.
type Operation struct {
	// ID is its operationId; empty: it has none.
	ID string
	// Method and Path are its place in the document.
	Method, Path string
	// Summary is what the document says about it.
	Summary string

	doc        *Document
	node, item *yaml.Node
}

// Read reads a document.
func Read(path string) (*Document, error) {
	text, err := bounded.File(path, maxFile)
	if err != nil {
		return nil, err
	}
	return parse(path, text)
}

func parse(path string, text []byte) (*Document, error) {
	var file yaml.Node
	if err := yaml.Unmarshal(text, &file); err != nil {
		return nil, fmt.Errorf("%s: %s", path, strings.TrimPrefix(err.Error(), "yaml: "))
	}
	d := &Document{path: path}
	if len(file.Content) > 0 {
		d.root = file.Content[0]
	}
	version := scalar(get(d.root, "openapi"))
	switch {
	case strings.HasPrefix(version, "3."):
	case scalar(get(d.root, "swagger")) != "":
		return nil, fmt.Errorf("%s is of Swagger 2; OpenAPI 3 is needed: convert it first", path)
	default:
		return nil, fmt.Errorf("%s is no OpenAPI 3 document: it has no member openapi: 3.x", path)
	}
	return d, nil
}

// methods are the members of a path item that are operations, in the order of the specification.
var methods = []string{"get", "put", "post", "delete", "options", "head", "patch", "trace", "query"}

// Asynchronous returns the operations that answer 202, in the order of the document.
func (d *Document) Asynchronous() []Operation {
	var list []Operation
	for path, item := range members(get(d.root, "paths")) {
		item = d.follow(item)
		for _, method := range methods {
			node := get(item, method)
			if node == nil || get(get(node, "responses"), "202") == nil {
				continue
			}
			list = append(list, Operation{
				ID: scalar(get(node, "operationId")), Method: strings.ToUpper(method), Path: path,
				Summary: scalar(get(node, "summary")), doc: d, node: node, item: item,
			})
		}
	}
	return list
}

// Name is how a person names the operation: its id, or its method and path.
func (o *Operation) Name() string { return cmp.Or(o.ID, o.Method+" "+o.Path) }

// Find chooses an operation by its id, or by "METHOD /path". With an empty name there must be one
// only.
func (d *Document) Find(name string) (*Operation, error) {
	all := d.Asynchronous()
	if len(all) == 0 {
		return nil, fmt.Errorf("%s has no operation that answers 202%s", d.path, d.leadsNowhere())
	}
	var known []string
	for i := range all {
		o := &all[i]
		if name != "" && (o.ID == name || strings.EqualFold(o.Method+" "+o.Path, name)) || name == "" && len(all) == 1 {
			return o, nil
		}
		known = append(known, o.Name())
	}
	if name == "" {
		return nil, fmt.Errorf("%s has several operations that answer 202; choose one with --operation: %s", d.path, strings.Join(known, ", "))
	}
	return nil, fmt.Errorf("%s has no operation %q that answers 202; there are %s%s", d.path, name, strings.Join(known, ", "), d.leadsNowhere())
}

// server is the URL that paths are relative to, with the defaults of its variables; "" if the document
// has none that is absolute.
func (o *Operation) server(base string) (string, error) {
	if base != "" {
		return base, nil
	}
	for _, from := range []*yaml.Node{o.node, o.item, o.doc.root} {
		servers := get(from, "servers")
		if servers == nil || len(servers.Content) == 0 {
			continue
		}
		first := servers.Content[0]
		text := scalar(get(first, "url"))
		for name, variable := range members(get(first, "variables")) {
			text = strings.ReplaceAll(text, "{"+name+"}", scalar(get(variable, "default")))
		}
		if u, err := url.Parse(text); err == nil && u.Host != "" {
			return text, nil
		}
		return "", fmt.Errorf("%s: its server %q is relative; say the URL of the API on the command line too", o.doc.path, text)
	}
	return "", fmt.Errorf("%s names no server; say the URL of the API on the command line too", o.doc.path)
}

// follow follows references (RFC 6901) within the document and to files beside and below it, as many as
// are reasonable; nil for one that leads nowhere or elsewhere.
func (d *Document) follow(n *yaml.Node) *yaml.Node {
	for range 32 {
		ref := scalar(get(n, "$ref"))
		if ref == "" {
			return n
		}
		root, pointer := d.within(ref)
		n = root
		for part := range strings.SplitSeq(strings.TrimPrefix(pointer, "/"), "/") {
			if part == "" {
				break
			}
			if plain, err := url.PathUnescape(part); err == nil {
				part = plain
			}
			n = get(n, strings.NewReplacer("~1", "/", "~0", "~").Replace(part))
		}
		if n == nil && !slices.Contains(d.lost, ref) {
			d.lost = append(d.lost, ref)
		}
	}
	return nil
}

// leadsNowhere names the references that could not be followed, as the end of an error; "" if there are none.
func (d *Document) leadsNowhere() string {
	if len(d.lost) == 0 {
		return ""
	}
	return fmt.Sprintf("; its reference %q leads nowhere: only files beside and below it are read, bundle it otherwise", d.lost[0])
}
