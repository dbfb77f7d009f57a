package lro

import "bytes"

// members walks the members of an object or the elements of an array.
func (j JSON) members() walk {
	if len(j) == 0 || j[0] != '{' && j[0] != '[' {
		return walk{}
	}
	return walk{rest: j[1:], object: j[0] == '{'}
}

type walk struct {
	key, value, rest JSON
	object           bool
}

// next steps to the following member; false at the end and where the text is not JSON.
func (w *walk) next() bool {
	if w.object {
		if !w.name() {
			return false
		}
	} else {
		w.skip(',')
	}
	w.value = w.take()
	return len(w.value) > 0
}

// name steps to the value of the following member of an object; false at the end and where the text
// is not JSON.
func (w *walk) name() bool {
	w.skip(',')
	if w.key = w.take(); len(w.key) < 2 || w.key[0] != '"' {
		return false
	}
	return w.skip(':')
}

// closed returns what follows an object after its last member, and whether it ends there.
func (w *walk) closed() (JSON, bool) {
	if len(w.rest) == 0 || w.rest[0] != '}' {
		return nil, false
	}
	rest := w.rest[1:]
	return rest[spaces(rest):], true
}

// skip drops blanks and one c.
func (w *walk) skip(c byte) bool {
	w.rest = w.rest[spaces(w.rest):]
	if len(w.rest) == 0 || w.rest[0] != c {
		return false
	}
	w.rest = w.rest[1:]
	w.rest = w.rest[spaces(w.rest):]
	return true
}

func spaces(b []byte) int {
	i := 0
	for i < len(b) && blank(b[i]) {
		i++
	}
	return i
}

// take cuts one whole value off the rest; nothing where it is cut off or not a value.
func (w *walk) take() JSON {
	w.rest = w.rest[spaces(w.rest):]
	n := valueLen(w.rest)
	v := w.rest[:n]
	w.rest = w.rest[n:]
	return v
}

// valueLen returns the length of the value that b begins with, 0 if there is no whole one. A scalar
// that runs up to the end of the text may have been cut off: it is not whole.
func valueLen(b []byte) int {
	if len(b) == 0 {
		return 0
	}
	switch b[0] {
	case '"':
		return stringLen(b)
	case '{', '[':
		return nestedLen(b)
	}
	for i, c := range b {
		switch c {
		case ',', '}', ']', ' ', '\n', '\r', '\t', ':', '"':
			return i
		}
	}
	return 0
}

// stringLen finds the quote that ends a string: one before which the backslashes pair up.
func stringLen(b []byte) int {
	for end := 1; ; end++ {
		i := bytes.IndexByte(b[end:], '"')
		if i < 0 {
			return 0
		}
		end += i
		escapes := 0
		for b[end-1-escapes] == '\\' {
			escapes++
		}
		if escapes%2 == 0 {
			return end + 1
		}
	}
}

// nestedLen finds the end of an object or array by counting brackets: depth costs nothing.
func nestedLen(b []byte) int {
	depth := 0
	for i := 0; i < len(b); i++ {
		switch b[i] {
		case '"':
			n := stringLen(b[i:])
			if n == 0 {
				return 0
			}
			i += n - 1
		case '{', '[':
			depth++
		case '}', ']':
			if depth--; depth == 0 {
				return i + 1
			}
		}
	}
	return 0
}
