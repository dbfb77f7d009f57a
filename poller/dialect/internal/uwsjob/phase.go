// Package uwsjob looks into the XML documents of the Universal Worker Service without decoding them.
package uwsjob

import "bytes"

// Namespace is that of the jobs.
const Namespace = "http://www.ivoa.net/xml/UWS/v1.0"

// longest bounds the word for a phase.
const longest = 64

// Phase returns the phase of a job, found without decoding the document and without allocating; false
// for text that is not clearly a job of UWS, which encoding/xml is then asked about. It looks at the
// children of the root alone: what is in comments, in parameters or in results does not count.
func Phase(doc []byte) (phase []byte, ok bool) {
	depth, rooted := 0, false
	for rest := doc; ; {
		open := bytes.IndexByte(rest, '<')
		if open < 0 {
			return nil, false
		}
		rest = rest[open:]
		tag, after, plain := cutTag(rest)
		switch {
		case after == nil:
			return nil, false
		case !plain:
		case tag[0] == '/':
			depth--
		default:
			if depth == 0 {
				if rooted || !isJob(tag) {
					return nil, false
				}
				rooted = true
			}
			if depth == 1 && string(localName(tag)) == "phase" {
				return phaseText(after)
			}
			if tag[len(tag)-1] != '/' {
				depth++
			}
		}
		rest = after
	}
}

// cutTag cuts off what begins with "<": a tag, without its brackets, or a comment and the like (not
// plain). after is nil where it does not end, or where it is nothing that we read.
func cutTag(text []byte) (tag, after []byte, plain bool) {
	for _, skip := range [...]struct{ open, close string }{{"<!--", "-->"}, {"<![CDATA[", "]]>"}, {"<?", "?>"}} {
		if !bytes.HasPrefix(text, []byte(skip.open)) {
			continue
		}
		end := bytes.Index(text[len(skip.open):], []byte(skip.close))
		if end < 0 {
			return nil, nil, false
		}
		return nil, text[len(skip.open)+end+len(skip.close):], false
	}
	end := tagEnd(text)
	if end < 2 || text[1] == '!' { // "<>" is none, and a document type may declare anything
		return nil, nil, false
	}
	return text[1:end], text[end+1:], true
}

// tagEnd finds the ">" that ends a tag: not one within quotes.
func tagEnd(text []byte) int {
	quote := byte(0)
	for i, c := range text {
		switch {
		case quote != 0:
			if c == quote {
				quote = 0
			}
		case c == '"' || c == '\'':
			quote = c
		case c == '>':
			return i
		}
	}
	return -1
}

// isJob reports whether a tag is that of a UWS job: it declares the namespace that it is in.
func isJob(tag []byte) bool {
	if string(localName(tag)) != "job" {
		return false
	}
	prefix := tag[:bytes.Index(tag, []byte("job"))]
	want := "xmlns="
	if len(prefix) > 0 {
		want = "xmlns:"
	}
	for rest := tag; ; {
		i := bytes.Index(rest, []byte(want))
		if i < 0 {
			return false
		}
		rest = rest[i+len(want):]
		value := rest
		if len(prefix) > 0 {
			var ok bool
			if value, ok = bytes.CutPrefix(rest, prefix[:len(prefix)-1]); !ok || len(value) == 0 || value[0] != '=' {
				continue
			}
			value = value[1:]
		}
		if len(value) > len(Namespace)+1 && (value[0] == '"' || value[0] == '\'') && string(value[1:1+len(Namespace)]) == Namespace && value[1+len(Namespace)] == value[0] {
			return true
		}
	}
}

// localName returns the name of a tag without its prefix.
func localName(tag []byte) []byte {
	end := bytes.IndexAny(tag, " \t\r\n/")
	if end < 0 {
		end = len(tag)
	}
	name := tag[:end]
	return name[bytes.IndexByte(name, ':')+1:]
}

// phaseText returns the text up to the end tag: one word of letters.
func phaseText(text []byte) ([]byte, bool) {
	end := bytes.IndexByte(text, '<')
	if end < 0 || end+1 >= len(text) || text[end+1] != '/' {
		return nil, false
	}
	word := bytes.TrimSpace(text[:end])
	if len(word) == 0 || len(word) > longest {
		return nil, false
	}
	for _, c := range word {
		if c < 'A' || c > 'Z' {
			return nil, false
		}
	}
	return word, true
}
