package api

import (
	"encoding/json"
	"fmt"
	"regexp"
	"strconv"
	"strings"
	"sync"

	"go.yaml.in/yaml/v3"
)

var (
	jsonNumber = sync.OnceValue(func() *regexp.Regexp { return regexp.MustCompile(`^-?(0|[1-9][0-9]*)(\.[0-9]+)?([eE][-+]?[0-9]+)?$`) })
	looseFloat = sync.OnceValue(func() *regexp.Regexp {
		return regexp.MustCompile(`^[-+]?(\.[0-9]+|[0-9]+(\.[0-9]*)?)([eE][-+]?[0-9]+)?$`)
	})
	otherBase = sync.OnceValue(func() *regexp.Regexp { return regexp.MustCompile(`^0(x[0-9a-fA-F]+|o[0-7]+)$`) })
)

// jsonScalar returns a scalar in JSON, as the core schema of YAML 1.2 reads it. Digits stay as they are
// written.
func jsonScalar(n *yaml.Node) (string, error) {
	v := n.Value
	if n.Style&(yaml.DoubleQuotedStyle|yaml.SingleQuotedStyle|yaml.LiteralStyle|yaml.FoldedStyle) != 0 || n.Style&yaml.TaggedStyle != 0 && n.Tag == "!!str" {
		return quoted(v), nil
	}
	switch {
	case isNull(n):
		return "null", nil
	case v == "true" || v == "True" || v == "TRUE":
		return "true", nil
	case v == "false" || v == "False" || v == "FALSE":
		return "false", nil
	case jsonNumber().MatchString(v):
		return v, nil
	case otherBase().MatchString(v):
		base, digits := 16, v[2:]
		if v[1] == 'o' {
			base = 8
		}
		i, err := strconv.ParseUint(digits, base, 64)
		if err != nil {
			return "", fmt.Errorf("%q is larger than 64 bits", clip(v))
		}
		return strconv.FormatUint(i, 10), nil
	case looseFloat().MatchString(v):
		if digits := strings.TrimLeft(v, "+-"); len(digits) > 1 && digits[0] == '0' && digits[1] != '.' && digits[1] != 'e' && digits[1] != 'E' {
			return "", fmt.Errorf("%q is a number to some readers and a text to others: quote it, or leave the zero out", clip(v))
		}
		x, err := strconv.ParseFloat(v, 64)
		if err != nil {
			return "", fmt.Errorf("%q is not a number", clip(v))
		}
		return strconv.FormatFloat(x, 'g', -1, 64), nil
	case strings.EqualFold(strings.TrimLeft(v, "+-"), ".inf") || strings.EqualFold(v, ".nan"):
		return "", fmt.Errorf("%s cannot be said in JSON", v)
	}
	return quoted(v), nil
}

// quoted returns a JSON string; < > and & stay as they are.
func quoted(s string) string {
	var out strings.Builder
	enc := json.NewEncoder(&out)
	enc.SetEscapeHTML(false)
	enc.Encode(s) // a string always can be
	return strings.TrimSuffix(out.String(), "\n")
}

// jsonText returns a value in JSON, its members in the file's order.
func jsonText(n *yaml.Node) string {
	var out strings.Builder
	writeJSON(&out, n)
	return out.String()
}

func writeJSON(out *strings.Builder, n *yaml.Node) {
	n = resolved(n)
	switch n.Kind {
	case yaml.MappingNode:
		out.WriteByte('{')
		for i := 0; i+1 < len(n.Content); i += 2 {
			if i > 0 {
				out.WriteString(", ")
			}
			out.WriteString(quoted(n.Content[i].Value) + ": ")
			writeJSON(out, n.Content[i+1])
		}
		out.WriteByte('}')
	case yaml.SequenceNode:
		out.WriteByte('[')
		for i, e := range n.Content {
			if i > 0 {
				out.WriteString(", ")
			}
			writeJSON(out, e)
		}
		out.WriteByte(']')
	default:
		text, err := jsonScalar(n)
		if err != nil {
			text = quoted(n.Value)
		}
		out.WriteString(text)
	}
}
