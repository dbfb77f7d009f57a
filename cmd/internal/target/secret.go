package target

import (
	"os"
	"strings"

	"go.yaml.in/yaml/v3"

	"github.com/asyncctl/asyncctl/conformance"
)

// header reads header fields. A value is a text, or says where it is to be had:
//
//	Authorization: {env: API_TOKEN, prefix: "Bearer "}
//	X-Api-Key: {file: key.txt}
func (r *fileReader) header(where string, to *conformance.Fields) func(*yaml.Node) error {
	return func(n *yaml.Node) error {
		n = resolved(n)
		if n.Kind != yaml.MappingNode {
			return r.at(n, "%s is %s; write Name: value, one a line", where, kind(n))
		}
		for i := 0; i+1 < len(n.Content); i += 2 {
			key := n.Content[i]
			name := key.Value
			if !token(name) {
				return r.at(key, "%s: %q is not the name of a header", where, name)
			}
			value, err := r.value(n.Content[i+1], where+"."+name)
			if err != nil {
				return err
			}
			if strings.ContainsFunc(value, func(c rune) bool { return c < ' ' && c != '\t' || c == 0x7f }) {
				return r.at(key, "%s.%s: its value holds a control character", where, name)
			}
			*to = append(*to, conformance.Field{Name: name, Value: value})
		}
		return nil
	}
}

// value reads a text, or takes it from a variable or a file.
func (r *fileReader) value(n *yaml.Node, where string) (string, error) {
	text, file, env, prefix := "", "", "", ""
	if resolved(n).Kind == yaml.ScalarNode {
		err := r.text(where, &text)(n)
		return text, err
	}
	err := r.mapping(n, where, fields{
		"env": r.text(where+".env", &env), "file": r.text(where+".file", &file), "prefix": r.text(where+".prefix", &prefix),
	})
	switch {
	case err != nil:
		return "", err
	case (env == "") == (file == ""):
		return "", r.at(n, "%s: say env, the name of a variable, or file", where)
	case env != "":
		if text = r.env(env); text == "" {
			return "", r.at(n, "%s: the variable %s is not set", where, env)
		}
	default:
		content, err := os.ReadFile(r.beside(file))
		if err != nil {
			return "", r.at(n, "%s: %v", where, err)
		}
		if text = strings.TrimRight(string(content), "\r\n"); text == "" {
			return "", r.at(n, "%s: %s is empty", where, file)
		}
	}
	return prefix + text, nil
}

// token reports whether a text is a token (RFC 9110, section 5.6.2), as names of fields are.
func token(s string) bool {
	return s != "" && !strings.ContainsFunc(s, func(c rune) bool {
		return c <= ' ' || c > '~' || strings.ContainsRune(`"(),/:;<=>?@[\]{}`, c)
	})
}
