package document

import "bytes"

// xmlDepth bounds the elements that are looked into: <response><result><job><status>.
const xmlDepth = 5

// maxXML bounds what is looked at of an XML document.
const maxXML = 64 << 10

// xmlWalk is what is known on the way through an XML document.
type xmlWalk struct {
	seen   [8]uint32 // hashes of the names that stood for a state
	ofJob  bool      // the root is named like an operation
	filled bool      // there is a text or an attribute
	errors bool      // the root, or what a SOAP envelope holds, is an error
}

// readXML finds the state-like attributes and elements of the first levels of an XML document,
// where each name occurs once: <job status="running">, <job><phase>COMPLETED</phase></job>. In a list
// of things, where it occurs several times, no state is that of the operation.
func (v *Summary) readXML(doc []byte) {
	v.XML, v.content = true, true
	rest, depth := doc[:min(len(doc), maxXML)], 0
	var walk xmlWalk
	for {
		i := bytes.IndexByte(rest, '<')
		if i < 0 || i+1 >= len(rest) {
			break
		}
		rest = rest[i+1:]
		if bytes.HasPrefix(rest, []byte("!--")) {
			_, rest, _ = bytes.Cut(rest, []byte("-->"))
			continue
		}
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
			v.xmlElement(tag, after, depth, &walk)
		}
		if tag[len(tag)-1] == '/' {
			depth--
		}
	}
	v.nothing = !walk.filled
	if walk.errors && !v.Speaks() {
		v.content = false
		v.signs[Top] |= troubled
	}
	if v.wrapped && !v.Speaks() {
		v.said[InJob][succeeds] = Statement{Text: []byte("success"), word: lookup("success")}
	}
}

// xmlElement finds one start tag and the text that follows it.
func (v *Summary) xmlElement(tag, after []byte, depth int, walk *xmlWalk) {
	name, attributes, _ := bytes.Cut(bytes.TrimSuffix(tag, []byte{'/'}), []byte{' '})
	name = localName(name)
	if r := memberOf(name); depth == 1 {
		walk.ofJob = r == jobOf
		walk.errors = xmlError(name)
	} else if depth == 3 && string(name) == "Fault" {
		walk.errors = true
	}
	if text := xmlText(after); len(text) > 0 && tag[len(tag)-1] != '/' {
		walk.filled = true
		v.xmlWord(name, text, walk)
		v.xmlFlag(name, text)
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
		if name = bytes.TrimSpace(name); !bytes.HasPrefix(name, []byte("xmlns")) {
			walk.filled = true
			v.xmlAttribute(localName(name), rest[1:1+end], depth, walk)
		}
		attributes = rest[end+2:]
	}
}

// localName cuts the prefix of a namespace.
func localName(name []byte) []byte { return name[bytes.IndexByte(name, ':')+1:] }

// memberOf is the role of a name, for XML: <exportJob> speaks of a job.
func memberOf(name []byte) role {
	if roleOfWord(lastWord(name), true) == jobOf {
		return jobOf
	}
	r, _ := roleOf(name)
	return r
}

// xmlError reports whether a root element is an error: <Error>, <ows:ExceptionReport>, <problem>.
func xmlError(name []byte) bool {
	for _, known := range [...]string{"error", "errors", "fault", "exception", "exceptionreport", "serviceexceptionreport", "problem", "errorresponse"} {
		if foldsTo(name, known) {
			return true
		}
	}
	return false
}

// xmlText returns the text that follows a start tag.
func xmlText(after []byte) []byte {
	after = bytes.TrimLeft(after, " \t\r\n")
	if data, ok := bytes.CutPrefix(after, []byte("<![CDATA[")); ok {
		text, _, _ := bytes.Cut(data, []byte("]]>"))
		return bytes.TrimSpace(text)
	}
	text, _, ok := bytes.Cut(after, []byte{'<'})
	if !ok {
		return nil
	}
	return bytes.TrimSpace(text)
}

// xmlAttribute finds an attribute. A success at the root may be that of the request:
// <response status="success"><result><job><status>ACT</status>.
func (v *Summary) xmlAttribute(name, text []byte, depth int, walk *xmlWalk) {
	if r, _ := roleOf(name); depth == 1 && r == jobState && !walk.ofJob && lookup(text).fine {
		v.wrapped = true
		return
	}
	v.xmlWord(name, text, walk)
}

// xmlWord finds the word in a place that is named like a state. Only words that surely go on or end count,
// and all of them where the root speaks of a job, or of the request.
func (v *Summary) xmlWord(name, text []byte, walk *xmlWalk) {
	r, _ := roleOf(name)
	if len(text) == 0 || r != jobState && r != otherState && r != stateLabel {
		return
	}
	w := lookup(text)
	listed := w.class == goesOn || w.class == succeeds || w.class == fails
	hash := fold32(name)
	for i := range walk.seen {
		switch walk.seen[i] {
		case hash: // a list: nothing of this kind counts
			for class := range v.said[InJob] {
				v.said[InJob][class] = Statement{}
			}
			return
		case 0:
			walk.seen[i] = hash
			if v.stateName == nil {
				v.stateName = name
			}
			if (listed || (v.wrapped || walk.ofJob) && r == jobState) && v.said[InJob][w.class].Text == nil {
				v.said[InJob][w.class] = Statement{Text: text[:min(len(text), MaxWord)], word: w}
			}
			return
		}
	}
}

// xmlFlag finds <done>false</done> and <error>disk full</error>.
func (v *Summary) xmlFlag(name, text []byte) {
	r := memberOf(name)
	yes := string(text) == "true"
	if r == errorOf && !yes && string(text) != "false" && string(text) != "0" {
		v.signs[Top] |= troubled
	}
	if !yes && string(text) != "false" {
		return
	}
	switch {
	case r == onIfTrue && yes, r == onIfFalse && !yes:
		v.signs[Top] |= says
	case r == mayIfFalse && !yes:
		v.signs[Top] |= maySay
	case r == onIfFalse, r == mayIfFalse:
		v.signs[Top] |= saysDone
	case r == successOf && yes:
		v.signs[Top] |= successTrue
	case r == successOf, r == failedIf && yes:
		v.signs[Top] |= successNot
	}
}
