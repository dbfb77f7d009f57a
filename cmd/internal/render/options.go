package render

import "strings"

// Options say how a view draws. The zero value is a view without colour and without a title, in
// Unicode.
type Options struct {
	// Color allows the 16 colours of ANSI. No colour is ever the only carrier of a meaning.
	Color bool
	// ASCII keeps to ASCII, for terminals that do not show Unicode; see [ASCIIOnly].
	ASCII bool
	// Title names the operation, beside its state.
	Title string
	// Names are the operations' names, by the number in the events. With more than one, lines say
	// whose they are.
	Names *Roster
	// Term is the value of TERM: it decides which short cuts the cursor takes, and nothing else.
	Term string
}

// ASCIIOnly reports whether a terminal shows no more than ASCII, going by the locale that the
// environment names (POSIX: LC_ALL before LC_CTYPE before LANG).
func ASCIIOnly(env func(name string) string) bool {
	for _, name := range []string{"LC_ALL", "LC_CTYPE", "LANG"} {
		if locale := strings.ToLower(env(name)); locale != "" {
			return !strings.Contains(locale, "utf-8") && !strings.Contains(locale, "utf8")
		}
	}
	return true
}
