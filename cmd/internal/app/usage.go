package app

import (
	"fmt"
	"slices"
	"strings"

	"github.com/asyncctl/asyncctl/internal/near"
)

// UsageError is a mistake in how the program was called, or in a file that it was given.
type UsageError struct{ text string }

func (e *UsageError) Error() string { return e.text }

func Usagef(format string, args ...any) error { return &UsageError{fmt.Sprintf(format, args...)} }

// Misused makes a usage error of one that a reader of flags returned.
func Misused(err error) error { return &UsageError{err.Error()} }

// OneOf checks a flag that takes one of a few words.
func OneOf(flag, value string, words ...string) error {
	if slices.Contains(words, value) {
		return nil
	}
	meant := ""
	if best := near.Word(value, words); best != "" {
		meant = "; did you mean " + best + "?"
	}
	words = slices.DeleteFunc(slices.Clone(words), func(w string) bool { return w == "" })
	return Usagef("%s %q: it is one of %s%s", flag, value, strings.Join(words, ", "), meant)
}
