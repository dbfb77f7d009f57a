package http2

import "bytes"

// hops are the fields that have no place in HTTP/2: they are about one connection of HTTP/1.1 (RFC
// 9113, section 8.2.2).
var hops = [...]string{"connection", "keep-alive", "proxy-connection", "transfer-encoding", "upgrade"}

// isHop reports whether a field, in lower case, is one of those.
func isHop(name []byte) bool {
	for _, hop := range hops {
		if string(name) == hop {
			return true
		}
	}
	return false
}

// fieldName reports whether a field of that name may be in an answer: a token in lower case (RFC 9113,
// section 8.2.1), and none that is about the connection.
func fieldName(name []byte) bool {
	for _, c := range name {
		if !nameBytes[c] {
			return false
		}
	}
	return len(name) > 0 && !isHop(name)
}

// fieldValue reports whether a value may be in an answer (RFC 9113, section 8.2.1).
func fieldValue(value []byte) bool {
	for _, c := range value {
		if c == 0 || c == '\r' || c == '\n' {
			return false
		}
	}
	return true
}

// nameBytes are those of a token (RFC 9110, section 5.6.2) without the capitals.
var nameBytes = func() (all [256]bool) {
	for c := range all {
		all[c] = c >= 'a' && c <= 'z' || c >= '0' && c <= '9' || bytes.IndexByte([]byte("!#$%&'*+-.^_`|~"), byte(c)) >= 0
	}
	return all
}()
