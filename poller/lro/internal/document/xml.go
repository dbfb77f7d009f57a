package document

import "bytes"

// xmlDepth bounds the elements that are looked into: <response><result><job><status>.
const xmlDepth = 4

// maxXML bounds what is looked at of an XML document.
const maxXML = 64 << 10

// readXML finds the state-like attributes and elements of the first levels of an XML document,
// where each name occurs once: <job status="running">, <job><phase>COMPLETED</phase></job>. In a list
// of things, where it occurs several times, no state is that of the operation.
func (v *Summary) readXML(doc []byte) {
	v.XML, v.content = true, true
	rest, depth := doc[:min(len(doc), maxXML)], 0
	var seen [8]uint32
	for {
		i := bytes.IndexByte(rest, '<')
		if i < 0 || i+1 >= len(rest) {
			break
		}
		rest = rest[i+1:]
		end := bytes.IndexByte(rest, '>')
		if end < 0 {
			break
		}
		tag, after := rest[:end], rest[end+1:]
		rest = after
		switch {
		case len(tag) == 0:
			return
		case tag[0] == '?' || tag[0] == '!':
			continue
		case tag[0] == '/':
			depth--
			continue
		}
		if depth++; depth <= xmlDepth {
			v.xmlElement(tag, after, depth, &seen)
		}
		if tag[len(tag)-1] == '/' {
			depth--
		}
	}
	if v.wrapped && !v.Speaks() {
		v.said[InJob][succeeds] = Statement{Text: []byte("success"), word: lookup("success")}
	}
}

// xmlElement finds one start tag and the text that follows it.
func (v *Summary) xmlElement(tag, after []byte, depth int, seen *[8]uint32) {
	name, attributes, _ := bytes.Cut(bytes.TrimSuffix(tag, []byte{'/'}), []byte{' '})
	if text, _, ok := bytes.Cut(after, []byte{'<'}); ok {
		v.xmlWord(name, bytes.TrimSpace(text), seen)
	}
	for len(attributes) > 0 {
		name, rest, ok := bytes.Cut(attributes, []byte{'='})
		rest = bytes.TrimLeft(rest, " \t\r\n")
		if !ok || len(rest) < 2 || rest[0] != '"' && rest[0] != '\'' {
			return
		}
		end := bytes.IndexByte(rest[1:], rest[0])
		if end < 0 {
			return
		}
		v.xmlAttribute(bytes.TrimSpace(name), rest[1:1+end], depth, seen)
		attributes = rest[end+2:]
	}
}

// xmlAttribute finds an attribute. A success at the root may be that of the request:
// <response status="success"><result><job><status>ACT</status>.
func (v *Summary) xmlAttribute(name, text []byte, depth int, seen *[8]uint32) {
	if r, _ := roleOf(name); depth == 1 && r == jobState && lookup(text).fine {
		v.wrapped = true
		return
	}
	v.xmlWord(name, text, seen)
}

// xmlWord finds the word in a place that is named like a state. Only words that surely go on or end count,
// and all of them where the root speaks of the request.
func (v *Summary) xmlWord(name, text []byte, seen *[8]uint32) {
	if i := bytes.IndexByte(name, ':'); i >= 0 {
		name = name[i+1:] // the prefix of a namespace
	}
	w := lookup(text)
	r, _ := roleOf(name)
	listed := w.class == goesOn || w.class == succeeds || w.class == fails
	if len(text) == 0 || r != jobState && r != otherState || !listed && !(v.wrapped && r == jobState) {
		return
	}
	hash := fold32(name)
	for i := range seen {
		switch seen[i] {
		case hash: // a list: nothing of this kind counts
			for class := range v.said[InJob] {
				v.said[InJob][class] = Statement{}
			}
			return
		case 0:
			seen[i] = hash
			if v.said[InJob][w.class].Text == nil {
				v.said[InJob][w.class] = Statement{Text: text[:min(len(text), MaxWord)], word: w}
			}
			return
		}
	}
}
