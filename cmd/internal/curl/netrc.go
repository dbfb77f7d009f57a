package curl

import (
	"slices"
	"strings"
)

// netrcEntry returns the login and the password of the first entry for a host in a netrc file, or of
// its default; false if there is none, or if it has neither.
//
// The file is a list of words: machine NAME, or default, then login L, password P, account A. A # where
// none of the four values is due begins a comment. macdef begins a macro, which ends at an empty line. A word may be quoted, with \" \\ \n \r \t in it, as curl has it since 7.84.
func netrcEntry(content, host string) (login, password string, ok bool) {
	words := netrcWords(content)
	for i := 0; i < len(words); i++ {
		next := func() string {
			if i++; i < len(words) {
				return words[i]
			}
			return ""
		}
		switch words[i] {
		case "machine":
			if ok {
				return login, password, login != "" || password != ""
			}
			ok = strings.EqualFold(next(), host)
		case "default":
			if ok {
				return login, password, login != "" || password != ""
			}
			ok = true
		case "login":
			if v := next(); ok {
				login = v
			}
		case "password":
			if v := next(); ok {
				password = v
			}
		case "account":
			next()
		}
	}
	return login, password, ok && (login != "" || password != "")
}

// netrcWords splits a file into words, without comments and macros.
func netrcWords(content string) []string {
	var words []string
	macro, value := false, false
	for line := range strings.Lines(content) {
		line = strings.TrimSpace(line)
		if macro {
			macro = line != ""
			continue
		}
		for line != "" && (value || line[0] != '#') {
			var word string
			word, line = netrcWord(line)
			if word == "macdef" && !value {
				macro = true
				break
			}
			words = append(words, word)
			value = !value && slices.Contains([]string{"machine", "login", "password", "account"}, word)
		}
	}
	return words
}

// netrcWord cuts the first word off a line that is not empty and begins with no blank.
func netrcWord(line string) (word, rest string) {
	if line[0] != '"' {
		end := strings.IndexAny(line, " \t")
		if end < 0 {
			return line, ""
		}
		return line[:end], strings.TrimLeft(line[end:], " \t")
	}
	var b strings.Builder
	for i := 1; i < len(line); i++ {
		switch {
		case line[i] == '"':
			return b.String(), strings.TrimLeft(line[i+1:], " \t")
		case line[i] == '\\' && i+1 < len(line):
			i++
			b.WriteByte(netrcEscape(line[i]))
		default:
			b.WriteByte(line[i])
		}
	}
	return b.String(), "" // the quote is not closed: the rest of the line
}

func netrcEscape(c byte) byte {
	switch c {
	case 'n':
		return '\n'
	case 'r':
		return '\r'
	case 't':
		return '\t'
	}
	return c
}
