package work

import (
	"strconv"
	"strings"
	"unicode/utf8"
)

// ParseInt reads a decimal number from low to high into n.
func ParseInt(value string, low, high int, n *int) bool {
	parsed, err := strconv.ParseUint(value, 10, 31)
	if err != nil || int(parsed) < low || int(parsed) > high {
		return false
	}
	*n = int(parsed)
	return true
}

// ParseSize reads a number of bytes with or without a binary unit into n.
func ParseSize(value string, n *int64) bool {
	unit := int64(1)
	for i, suffix := range []string{"KiB", "MiB", "GiB", "TiB"} {
		if digits, ok := strings.CutSuffix(value, suffix); ok {
			value, unit = digits, 1<<(10*(i+1))
			break
		}
	}
	parsed, err := strconv.ParseUint(value, 10, 63)
	if err != nil || parsed == 0 || int64(parsed) > maxResultSize/unit {
		return false
	}
	*n = int64(parsed) * unit
	return true
}

// setText stores a text that fits into a scenario and into JSON.
func setText(field *string, value string) bool {
	*field = value
	return value != "" && len(value) <= maxText && utf8.ValidString(value)
}

// IsFieldValue reports whether value can be sent as a field value.
//
// RFC 9110, section 5.5: visible ASCII, space and tab; the obsolete bytes above are left out.
func IsFieldValue(value string) bool {
	for _, c := range []byte(value) {
		if c != '\t' && (c < ' ' || c > '~') {
			return false
		}
	}
	return true
}

// Clip shortens a foreign text for use in a message.
func Clip(text string) string {
	const limit = 64
	if len(text) <= limit {
		return text
	}
	return strings.ToValidUTF8(text[:limit], "") + "..."
}
