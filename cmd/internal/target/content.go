package target

import (
	"bytes"
	"encoding/json"
	"strconv"

	"go.yaml.in/yaml/v3"
)

// json returns a node as JSON: members in the order in which they stand, and dates as the texts that
// they are in JSON.
func (r *reader) json(n *yaml.Node, where string) ([]byte, error) {
	var b bytes.Buffer
	err := r.writeJSON(&b, n, where, 0)
	return b.Bytes(), err
}

func (r *reader) writeJSON(b *bytes.Buffer, n *yaml.Node, where string, depth int) error {
	if depth > maxDepth {
		return r.at(n, "%s is nested more than %d deep", where, maxDepth)
	}
	if b.Len() > maxFile { // a short file with aliases of aliases
		return r.at(n, "%s has more than %d bytes", where, maxFile)
	}
	n = resolved(n)
	switch n.Kind {
	case yaml.MappingNode:
		b.WriteByte('{')
		for i := 0; i+1 < len(n.Content); i += 2 {
			if i > 0 {
				b.WriteByte(',')
			}
			writeString(b, n.Content[i].Value)
			b.WriteByte(':')
			if err := r.writeJSON(b, n.Content[i+1], where, depth+1); err != nil {
				return err
			}
		}
		b.WriteByte('}')
	case yaml.SequenceNode:
		b.WriteByte('[')
		for i, item := range n.Content {
			if i > 0 {
				b.WriteByte(',')
			}
			if err := r.writeJSON(b, item, where, depth+1); err != nil {
				return err
			}
		}
		b.WriteByte(']')
	default:
		return r.writeScalar(b, n, where)
	}
	return nil
}

func (r *reader) writeScalar(b *bytes.Buffer, n *yaml.Node, where string) error {
	switch n.ShortTag() {
	case "!!null":
		b.WriteString("null")
	case "!!bool":
		var v bool
		if err := n.Decode(&v); err != nil {
			return r.at(n, "%s: %q is neither true nor false", where, n.Value)
		}
		b.WriteString(strconv.FormatBool(v))
	case "!!int", "!!float":
		if json.Valid([]byte(n.Value)) {
			b.WriteString(n.Value) // as it is written: no digit is lost
			return nil
		}
		var v float64
		if err := n.Decode(&v); err != nil {
			return r.at(n, "%s: %q is no number that JSON has", where, n.Value)
		}
		text, err := json.Marshal(v)
		if err != nil {
			return r.at(n, "%s: %q is no number that JSON has", where, n.Value)
		}
		b.Write(text)
	default:
		writeString(b, n.Value)
	}
	return nil
}

func writeString(b *bytes.Buffer, s string) {
	out := json.NewEncoder(b)
	out.SetEscapeHTML(false)
	out.Encode(s) // of a string it cannot fail
	b.Truncate(b.Len() - 1)
}
