package config

import (
	"bytes"
	"errors"
	"fmt"
	"iter"
	"slices"
	"strings"

	"go.yaml.in/yaml/v3"

	"github.com/asyncctl/asyncctl/cmd/internal/api"
	"github.com/asyncctl/asyncctl/cmd/internal/app"
	"github.com/asyncctl/asyncctl/internal/near"
)

// mostConfig bounds a configuration file.
const mostConfig = 1 << 20

// reader walks a configuration file and collects what is wrong with it: FILE:LINE: FIELD: what.
type reader struct {
	path  string
	wrong []string
}

func (r *reader) fail(node *yaml.Node, field, format string, args ...any) {
	at := r.path
	if node != nil && node.Line > 0 {
		at = fmt.Sprintf("%s:%d", r.path, node.Line)
	}
	if field != "" {
		at += ": " + field
	}
	r.wrong = append(r.wrong, at+": "+fmt.Sprintf(format, args...))
}

// err is one usage error with all that is wrong; nil if nothing is.
func (r *reader) err() error {
	if len(r.wrong) == 0 {
		return nil
	}
	return app.Usagef("%s", strings.Join(r.wrong, "\n"))
}

// document returns the root of a text; nil for an empty one.
func (r *reader) document(text []byte) *yaml.Node {
	root, err := api.Tree(bytes.TrimPrefix(text, []byte("\ufeff")))
	var at *api.SyntaxError
	switch {
	case errors.As(err, &at):
		r.fail(&yaml.Node{Line: at.Line}, "", "%s", at.Text)
	case err != nil:
		r.fail(nil, "", "%v", err)
	}
	return root
}

// entries are the names and values of a mapping.
func (r *reader) entries(node *yaml.Node, field string) iter.Seq2[string, *yaml.Node] {
	return func(yield func(string, *yaml.Node) bool) {
		if node == nil || node.Tag == "!!null" {
			return
		}
		if node.Kind != yaml.MappingNode {
			r.fail(node, field, "it is a list of NAME: VALUE")
			return
		}
		for i := 0; i+1 < len(node.Content); i += 2 {
			if !yield(node.Content[i].Value, node.Content[i+1]) {
				return
			}
		}
	}
}

// fields are the entries of a mapping whose names are known.
func (r *reader) fields(node *yaml.Node, field string, known ...string) iter.Seq2[string, *yaml.Node] {
	return func(yield func(string, *yaml.Node) bool) {
		for name, value := range r.entries(node, field) {
			if !slices.Contains(known, name) {
				r.fail(value, within(field, name), "there is no such field; %s", near.Hint(name, known))
				continue
			}
			if !yield(name, value) {
				return
			}
		}
	}
}

func within(field, name string) string {
	if field == "" {
		return name
	}
	return field + "." + name
}

// text is a value that is no list and no mapping.
func (r *reader) text(node *yaml.Node, field string) string {
	if node.Kind != yaml.ScalarNode {
		r.fail(node, field, "it is a single value")
		return ""
	}
	return node.Value
}

func (r *reader) texts(node *yaml.Node, field string) map[string]string {
	all := map[string]string{}
	for name, value := range r.entries(node, field) {
		all[name] = r.text(value, within(field, name))
	}
	return all
}

// profile reads one profile.
func (r *reader) profile(node *yaml.Node, field string) profile {
	var p profile
	for name, value := range r.fields(node, field, "origin", "api", "headers", "secrets", "flags") {
		at := within(field, name)
		switch name {
		case "origin":
			p.Origin = r.text(value, at)
		case "api":
			p.API = r.text(value, at)
		case "headers":
			p.Headers = r.texts(value, at)
		case "flags":
			p.Flags = r.texts(value, at)
		case "secrets":
			p.Secrets = map[string]secret{}
			for name, value := range r.entries(value, at) {
				p.Secrets[name] = r.secret(value, within(at, name))
			}
		}
	}
	return p
}

func (r *reader) secret(node *yaml.Node, field string) secret {
	var s secret
	for name, value := range r.fields(node, field, "env", "file", "command") {
		*map[string]*string{"env": &s.Env, "file": &s.File, "command": &s.Command}[name] = r.text(value, within(field, name))
	}
	return s
}

// project reads a project's file: flags by their names, also below "flags".
func (r *reader) project(node *yaml.Node) map[string]string {
	flags := map[string]string{}
	for name, value := range r.entries(node, "") {
		if name == "flags" && value.Kind == yaml.MappingNode {
			for name, value := range r.project(value) {
				flags[name] = value
			}
			continue
		}
		if !slices.Contains(Harmless, name) {
			hint := near.Hint(name, Harmless)
			r.fail(value, name, "a project's file may not set it; %s", strings.Replace(hint, "use one of", "it may set", 1))
			continue
		}
		flags[name] = r.text(value, name)
	}
	return flags
}
