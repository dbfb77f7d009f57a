package show

import "strings"

// Commands breaks up what begins a command in the log of a CI system, so that it reads nearly the same
// and does nothing:
//
//	::name      GitHub and Forgejo, first in the line; at the beginning of any word here
//	##[name]    GitHub and Azure Pipelines, anywhere
//	##vso[...]  Azure Pipelines, anywhere
//	##teamcity[ TeamCity, anywhere
//	section_start:, section_end:, travis_fold:, travis_time:   GitLab, Travis
//	--- , +++ , ~~~ , ^^^   Buildkite, first in the line
//
// The text may come to stand behind any indentation, so the beginning of a word counts as the beginning
// of a line.
func Commands(s string) string {
	if !strings.ContainsAny(s, ":#[") && !begins(s) {
		return s
	}
	var b strings.Builder
	for i := 0; i < len(s); i++ {
		switch c := s[i]; {
		case c == ':' && doubled(s, i):
			b.WriteString(`\x3a`)
		case c == ':' && folds(s[:i]):
			b.WriteString(`\x3a`)
		case c == '[' && hashed(s[:i]):
			b.WriteString(`\x5b`)
		default:
			b.WriteByte(c)
		}
	}
	s = b.String()
	if begins(s) {
		at := len(s) - len(strings.TrimLeft(s, " "))
		return s[:at] + escapes[s[at]] + s[at+1:]
	}
	return s
}

// doubled reports whether s[i] is the second colon of "::" at the beginning of a word.
func doubled(s string, i int) bool {
	return i > 0 && s[i-1] == ':' && (i == 1 || s[i-2] == ' ')
}

// folds reports whether a text ends in a word that a colon makes a command of.
func folds(before string) bool {
	for _, word := range []string{"section_start", "section_end", "travis_fold", "travis_time"} {
		if strings.HasSuffix(before, word) {
			return true
		}
	}
	return false
}

// hashed reports whether a text ends in "##" or "##word".
func hashed(before string) bool {
	name := strings.TrimRight(before, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_.-")
	return strings.HasSuffix(name, "##")
}

var escapes = map[byte]string{'-': `\x2d`, '+': `\x2b`, '~': `\x7e`, '^': `\x5e`}

// begins reports whether a line begins with the mark of a group of Buildkite's.
func begins(s string) bool {
	s = strings.TrimLeft(s, " ")
	for _, mark := range []string{"--- ", "+++ ", "~~~ ", "^^^ "} {
		if strings.HasPrefix(s, mark) {
			return true
		}
	}
	return false
}
