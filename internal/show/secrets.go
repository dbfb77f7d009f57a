package show

import (
	"cmp"
	"encoding/base64"
	"net/http"
	"net/url"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"sync"
)

// Secrets are values that must not be shown wherever they appear: what the person configured, however
// the field or the parameter is called. The zero value hides nothing. It may be used by many goroutines.
//
// A value is found as it is, percent-encoded, escaped as in JSON, Go and HTML, and in base64, also as a
// part of what was encoded. A value of less than four bytes is hidden where it stands as a word of its
// own; a word or a number that is known to be harmless ("true", "application/json", "2") is not a secret.
type Secrets struct {
	// Numbered gives each value its own word, REDACTED-1, REDACTED-2, so that what was equal can still be
	// seen to be.
	Numbered bool

	mu       sync.Mutex
	words    map[string]string // value to word
	replacer *strings.Replacer // nil: to be made
	short    *regexp.Regexp
}

// Add takes note of values. A value that is empty or known to be harmless is passed over.
func (s *Secrets) Add(values ...string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, value := range values {
		s.add(value)
		s.add(strings.TrimSpace(value))
	}
}

func (s *Secrets) add(value string) {
	if value == "" || harmlessValue(value) || s.words[value] != "" {
		return
	}
	if s.words == nil {
		s.words = map[string]string{}
	}
	word := Hidden
	if s.Numbered {
		word += "-" + strconv.Itoa(len(s.words)+1)
	}
	s.words[value] = word
	s.replacer, s.short = nil, nil
}

// AddField takes note of the value of a header field, unless the field is known to be harmless: whole,
// behind the scheme of an authentication, and the parts of Basic credentials and cookies.
func (s *Secrets) AddField(name, value string) {
	if HarmlessField(name) {
		return
	}
	s.Add(value)
	name = http.CanonicalHeaderKey(name)
	switch {
	case name == "Cookie":
		for pair := range strings.SplitSeq(value, ";") {
			_, cookie, _ := strings.Cut(pair, "=")
			s.Add(cookie)
		}
		return
	case slices.Contains(referenceFields, name):
		s.AddURL(value)
		return
	}
	scheme, credentials, ok := strings.Cut(strings.TrimSpace(value), " ")
	if !ok || !slices.Contains(schemes, strings.ToLower(scheme)) {
		return
	}
	s.Add(credentials)
	if plain, err := base64.StdEncoding.DecodeString(credentials); err == nil && strings.EqualFold(scheme, "basic") {
		_, password, _ := strings.Cut(string(plain), ":")
		s.Add(string(plain), password)
	}
}

// AddHeader takes note of all fields of a header; see [Secrets.AddField].
func (s *Secrets) AddHeader(h http.Header) {
	for name, values := range h {
		for _, value := range values {
			s.AddField(name, value)
		}
	}
}

// AddURL takes note of what [URL] hides of a URL: user name and password, fragment, and the values of the
// query.
func (s *Secrets) AddURL(raw string) {
	rest, fragment, _ := strings.Cut(raw, "#")
	s.decoded(fragment, url.PathUnescape)
	rest, query, _ := strings.Cut(rest, "?")
	if _, authority, ok := strings.Cut(rest, "//"); ok {
		authority, _, _ = strings.Cut(authority, "/")
		if i := strings.LastIndexByte(authority, '@'); i >= 0 {
			name, password, both := strings.Cut(authority[:i], ":")
			s.Add(authority[:i])
			s.decoded(password, url.PathUnescape)
			if !both {
				s.decoded(name, url.PathUnescape)
			}
		}
	}
	for pair := range strings.SplitSeq(query, "&") {
		name, value, valued := strings.Cut(pair, "=")
		shown := pairOf(pair)
		switch {
		case shown == pair:
		case !valued || strings.HasPrefix(shown, Hidden):
			s.decoded(pair, url.QueryUnescape)
			s.decoded(name, url.QueryUnescape)
		default:
			s.decoded(value, url.QueryUnescape)
		}
	}
}

func (s *Secrets) decoded(value string, unescape func(string) (string, error)) {
	s.Add(value)
	if plain, err := unescape(value); err == nil {
		s.Add(plain)
	}
}

// Text returns a text without the values.
func (s *Secrets) Text(text string) string {
	if s == nil || text == "" {
		return text
	}
	s.mu.Lock()
	s.prepare()
	replacer, short := s.replacer, s.short
	s.mu.Unlock()
	if replacer != nil {
		text = replacer.Replace(text)
	}
	if short == nil {
		return text
	}
	return short.ReplaceAllStringFunc(text, func(found string) string {
		s.mu.Lock()
		defer s.mu.Unlock()
		return cmp.Or(s.words[found], Hidden)
	})
}

// Bytes is [Secrets.Text] for bytes.
func (s *Secrets) Bytes(text []byte) []byte {
	if s == nil || len(text) == 0 {
		return text
	}
	return []byte(s.Text(string(text)))
}

// shortest is how many bytes a value has at least that is looked for within words.
const shortest = 4

// prepare makes what replaces the values, the longest first: a value may be a part of another.
func (s *Secrets) prepare() {
	if s.replacer != nil || s.short != nil || len(s.words) == 0 {
		return
	}
	type form struct{ text, word string }
	var forms []form
	var short []string
	for value, word := range s.words {
		if len(value) < shortest {
			short = append(short, asWord(value))
			continue
		}
		for _, text := range formsOf(value) {
			forms = append(forms, form{text, word})
		}
	}
	slices.SortFunc(forms, func(a, b form) int {
		return cmp.Or(len(b.text)-len(a.text), strings.Compare(a.text, b.text), strings.Compare(a.word, b.word))
	})
	var pairs []string
	for _, f := range forms {
		pairs = append(pairs, f.text, f.word)
	}
	s.replacer = strings.NewReplacer(pairs...)
	if len(short) > 0 {
		slices.SortFunc(short, func(a, b string) int { return len(b) - len(a) })
		s.short = regexp.MustCompile(strings.Join(short, "|"))
	}
}

// asWord returns a pattern that finds a value where it is not a part of a longer word.
func asWord(value string) string {
	pattern := regexp.QuoteMeta(value)
	if wordByte(value[0]) {
		pattern = `\b` + pattern
	}
	if wordByte(value[len(value)-1]) {
		pattern += `\b`
	}
	return pattern
}

func wordByte(c byte) bool {
	return c == '_' || c >= '0' && c <= '9' || c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z'
}
