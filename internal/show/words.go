package show

import (
	"strconv"
	"strings"
	"unicode/utf8"
)

// Clip cuts a text to so many characters; the last three are dots where something was cut off. It counts
// characters, not the columns of a terminal. Hide secrets before, never after.
func Clip(s string, characters int) string {
	if utf8.RuneCountInString(s) <= characters {
		return s
	}
	runes := []rune(s)
	if characters <= 3 {
		return string(runes[:max(0, characters)])
	}
	return string(runes[:characters-3]) + "..."
}

// Count returns a number with its noun: 1 poll, 2 polls, 3 entries.
func Count[N int | int64](n N, noun string) string {
	return strconv.FormatInt(int64(n), 10) + " " + Plural(n, noun)
}

// Plural returns a noun as it stands after a number: poll, polls; entry, entries; batch, batches.
func Plural[N int | int64](n N, noun string) string {
	switch {
	case n == 1 || noun == "":
		return noun
	case strings.HasSuffix(noun, "y") && len(noun) > 1 && !strings.ContainsAny(noun[len(noun)-2:len(noun)-1], "aeiou"):
		return noun[:len(noun)-1] + "ies"
	case strings.HasSuffix(noun, "s"), strings.HasSuffix(noun, "x"), strings.HasSuffix(noun, "ch"), strings.HasSuffix(noun, "sh"):
		return noun + "es"
	}
	return noun + "s"
}
