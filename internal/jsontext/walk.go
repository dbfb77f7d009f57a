package jsontext

import "bytes"

// Walk begins a walk over the members of an object or the elements of an array.
func (j Value) Walk() Walk {
	if len(j) == 0 || j[0] != '{' && j[0] != '[' {
		return Walk{}
	}
	return Walk{Rest: j[1:], Object: j[0] == '{'}
}

// Walk is a walk over an object or an array. It may be copied: the copy goes on by itself.
type Walk struct {
	// Key is the name of the member at hand, in quotes, and Value its value.
	Key, Value Value
	// Rest is the text that the walk has not come to.
	Rest Value
	// Object reports whether it is an object, whose members have names.
	Object bool
}

// Next steps to the following member; false at the end and where the text is not JSON.
func (w *Walk) Next() bool {
	if w.Object {
		if !w.Name() {
			return false
		}
	} else {
		w.skip(',')
	}
	w.Value = w.Take()
	return len(w.Value) > 0
}

// Name steps to the value of the following member of an object; false at the end and where the text
// is not JSON.
func (w *Walk) Name() bool {
	w.skip(',')
	n := nameLen(w.Rest)
	if n == 0 {
		w.Key = nil
		return false
	}
	w.Key = w.Rest[:n]
	if rest := w.Rest[n:]; len(rest) > 1 && rest[0] == ':' && !blank(rest[1]) {
		w.Rest = rest[1:]
		return true
	}
	w.Rest = w.Rest[n:]
	return w.skip(':')
}

// nameLen is stringLen for the text of names, which is short: 0 where there is none.
func nameLen(b []byte) int {
	if len(b) == 0 || b[0] != '"' {
		return 0
	}
	for i := 1; i < len(b); i++ {
		switch b[i] {
		case '"':
			return i + 1
		case '\\':
			return stringLen(b)
		}
	}
	return 0
}

// Closed returns what follows an object after its last member, and whether it ends there.
func (w *Walk) Closed() (Value, bool) {
	if len(w.Rest) == 0 || w.Rest[0] != '}' {
		return nil, false
	}
	rest := w.Rest[1:]
	return rest[spaces(rest):], true
}

// skip drops blanks and one c.
func (w *Walk) skip(c byte) bool {
	i := 0
	for i < len(w.Rest) && blank(w.Rest[i]) {
		i++
	}
	if i == len(w.Rest) || w.Rest[i] != c {
		w.Rest = w.Rest[i:]
		return false
	}
	i++
	for i < len(w.Rest) && blank(w.Rest[i]) {
		i++
	}
	w.Rest = w.Rest[i:]
	return true
}

func spaces(b []byte) int {
	i := 0
	for i < len(b) && blank(b[i]) {
		i++
	}
	return i
}

// Take cuts one whole value off the rest; nothing where it is cut off or not a value.
func (w *Walk) Take() Value {
	if len(w.Rest) > 0 && w.Rest[0] <= ' ' {
		w.Rest = w.Rest[spaces(w.Rest):]
	}
	n := Len(w.Rest)
	v := w.Rest[:n]
	w.Rest = w.Rest[n:]
	return v
}

// Len returns the length of the value that b begins with, 0 if there is no whole one. A scalar
// that runs up to the end of the text may have been cut off: it is not whole.
func Len(b []byte) int {
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

// Whole reports whether the value, an object or an array, ends where its last bracket closes it.
func (j Value) Whole() bool { return nestedLen(j) > 0 }

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
