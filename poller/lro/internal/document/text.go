package document

import (
	"bytes"
	"unicode/utf16"
	"unicode/utf8"

	"github.com/asyncctl/asyncctl/internal/jsontext"
)

// xssi is what some servers put before their JSON so that no browser runs it.
var xssi = []byte(")]}'")

// Text returns the content of a reply as the readers take it: without a byte order mark, blanks
// around it and a prefix against script inclusion, and in UTF-8 where a mark says that it is UTF-16.
func Text(body []byte) jsontext.Value {
	if len(body) >= 2 && (body[0] == 0xff && body[1] == 0xfe || body[0] == 0xfe && body[1] == 0xff) {
		body = fromUTF16(body)
	}
	doc := jsontext.Value(body).Trim()
	if bytes.HasPrefix(doc, xssi) {
		doc = jsontext.Value(bytes.TrimPrefix(doc[len(xssi):], []byte{','})).Trim()
	}
	if len(doc) > 2 && doc[0] == '"' && doc[1] == '{' { // JSON within a JSON string
		if text, ok := doc.Text(); ok {
			return jsontext.Value(text).Trim()
		}
	}
	return doc
}

// fromUTF16 decodes text with a byte order mark (RFC 2781).
func fromUTF16(body []byte) []byte {
	high, low := 1, 0
	if body[0] == 0xfe {
		high, low = 0, 1
	}
	out := make([]byte, 0, len(body)/2)
	for i := 2; i+1 < len(body); i += 2 {
		c := rune(body[i+high])<<8 | rune(body[i+low])
		if utf16.IsSurrogate(c) && i+3 < len(body) {
			i += 2
			c = utf16.DecodeRune(c, rune(body[i+high])<<8|rune(body[i+low]))
		}
		out = utf8.AppendRune(out, c)
	}
	return out
}
