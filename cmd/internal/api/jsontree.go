package api

import (
	"bytes"
	"encoding/json"
	"errors"
	"io"

	"go.yaml.in/yaml/v3"
)

// fromJSON returns a JSON document as nodes with lines and columns.
func fromJSON(text []byte) (*yaml.Node, error) {
	p := jsonReader{text: text, dec: json.NewDecoder(bytes.NewReader(text))}
	p.dec.UseNumber()
	root, err := p.value(0)
	if err == nil {
		if _, more := p.dec.Token(); !errors.Is(more, io.EOF) {
			err = errors.New("something follows the document")
		}
	}
	if err != nil {
		line, col := p.place()
		return nil, &SyntaxError{line, col, "it is not JSON: " + err.Error()}
	}
	return root, nil
}

type jsonReader struct {
	text []byte
	dec  *json.Decoder
}

// place returns the line and column of the next token.
func (p *jsonReader) place() (line, col int) {
	end := min(int(p.dec.InputOffset()), len(p.text))
	for end < len(p.text) && bytes.IndexByte([]byte(" \t\r\n,:"), p.text[end]) >= 0 {
		end++
	}
	before := p.text[:end]
	return 1 + bytes.Count(before, []byte{'\n'}), len(before) - bytes.LastIndexByte(before, '\n')
}

func (p *jsonReader) value(depth int) (*yaml.Node, error) {
	line, col := p.place()
	token, err := p.dec.Token()
	if err != nil {
		if errors.Is(err, io.EOF) {
			err = io.ErrUnexpectedEOF
		}
		return nil, err
	}
	if depth > maxDepth {
		return nil, errors.New("it is nested too deep")
	}
	n := &yaml.Node{Kind: yaml.ScalarNode, Line: line, Column: col}
	switch v := token.(type) {
	case json.Delim:
		n.Kind, n.Tag = yaml.SequenceNode, "!!seq"
		if v == '{' {
			n.Kind, n.Tag = yaml.MappingNode, "!!map"
		}
		for p.dec.More() {
			child, err := p.value(depth + 1)
			if err != nil {
				return nil, err
			}
			n.Content = append(n.Content, child)
		}
		_, err = p.dec.Token()
		return n, err
	case string:
		n.Tag, n.Value, n.Style = "!!str", v, yaml.DoubleQuotedStyle
	case json.Number:
		n.Tag, n.Value = "!!float", v.String()
	case bool:
		n.Tag, n.Value = "!!bool", "false"
		if v {
			n.Value = "true"
		}
	default:
		n.Tag = "!!null"
	}
	return n, nil
}
