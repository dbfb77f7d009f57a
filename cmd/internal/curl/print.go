package curl

import (
	"fmt"
	"maps"
	"net/http"
	"regexp"
	"slices"
	"strings"
	"sync"
	"unicode"

	"github.com/asyncctl/asyncctl/cmd/internal/render"
	"github.com/asyncctl/asyncctl/internal/show"
	"github.com/asyncctl/asyncctl/poller/lro"
)

// SecretName reports whether a header field, a parameter or a member of a document of this name is
// likely to hold a credential.
func SecretName(name string) bool {
	name = strings.ToLower(strings.NewReplacer("-", "", "_", "", ".", "").Replace(name))
	switch name {
	case "idempotencykey", "authority", "author", "authors", "keyword", "keywords", "maxtokens", "tokens", "sig":
		return name == "sig"
	}
	return name == "cookie" || name == "pin" || slices.ContainsFunc(secretParts, func(part string) bool { return strings.Contains(name, part) })
}

var secretParts = []string{"auth", "token", "key", "secret", "passw", "passphrase", "pwd", "signature", "credential", "session", "jwt"}

// ordinary reports whether a value is made of words and numbers, and not of what somebody generated.
func ordinary(value string) bool {
	for _, word := range strings.FieldsFunc(value, func(r rune) bool { return !unicode.IsLetter(r) && !unicode.IsDigit(r) }) {
		letters := strings.ContainsFunc(word, unicode.IsLetter)
		digits := strings.ContainsFunc(word, unicode.IsDigit)
		if len(word) > 24 || letters && digits && len(word) > 4 {
			return false
		}
	}
	return true
}

// maxShown bounds a content that is shown.
const maxShown = 4096

// Command returns the curl command for a request that carries the header always too, and credentials
// if they are asked for when it is sent, and the names of what stands there as REDACTED: with that filled
// in, the command sends the same request. A large or binary content is named and not shown.
func Command(req lro.Request, always http.Header, credentials bool) (command string, hidden []string) {
	target, hidden := showQuery(req.URL)
	parts := []string{"curl", Quote(target), "-i", "-X", Quote(req.Method)}
	headers := http.Header{}
	maps.Copy(headers, always)
	maps.Copy(headers, req.Header)
	if credentials {
		headers.Set("Authorization", "") // it takes the place of any other
	}
	for _, name := range slices.Sorted(maps.Keys(headers)) {
		if len(headers[name]) == 0 {
			parts = append(parts, "-H", Quote(name+":"))
		}
		for _, value := range headers[name] {
			switch {
			case value == "" && name != "Authorization":
				parts = append(parts, "-H", Quote(name+";"))
				continue
			case value == "" && credentials && name == "Authorization":
				value = show.Hidden
				hidden = append(hidden, "header "+name)
			case !show.HarmlessField(name) && (SecretName(name) || !ordinary(value)):
				value = show.Field(name, value)
				hidden = append(hidden, "header "+name)
			}
			parts = append(parts, "-H", Quote(name+": "+value))
		}
	}
	switch text := string(req.Body); {
	case len(req.Body) == 0:
	case len(req.Body) > maxShown || render.CleanText(text) != text:
		parts = append(parts, "--data-binary", fmt.Sprintf("@content # %d bytes", len(req.Body)))
		hidden = append(hidden, fmt.Sprintf("the content (%d bytes, in a file \"content\")", len(req.Body)))
	default:
		text, names := showContent(text, req.Header.Get("Content-Type"))
		hidden = append(hidden, names...)
		parts = append(parts, "--data-raw", Quote(text))
	}
	return strings.Join(parts, " "), slices.Compact(hidden)
}

// showQuery hides the password of a URL and the parameters of its query that are likely secrets.
func showQuery(target string) (string, []string) {
	target, _, _ = strings.Cut(target, "#") // it is not sent
	address, query, asked := strings.Cut(target, "?")
	var hidden []string
	if shown := show.URL(address); strings.Contains(address, "@") && shown != address {
		address, hidden = shown, []string{"user and password of the URL"}
	}
	if !asked {
		return address, hidden
	}
	query, names := showPairs(query)
	return address + "?" + query, append(hidden, names...)
}

// showPairs hides the values of a query or a form that are likely secrets.
func showPairs(text string) (string, []string) {
	var hidden []string
	pairs := strings.Split(text, "&")
	for i, pair := range pairs {
		name, value, ok := strings.Cut(pair, "=")
		switch {
		case show.Parameter(name, value) || ok && !SecretName(name) && ordinary(name) && ordinary(value):
		case ok:
			pairs[i] = name + "=" + show.Hidden
			hidden = append(hidden, "parameter "+name)
		default:
			pairs[i] = show.Hidden
			hidden = append(hidden, "a parameter without a value")
		}
	}
	return strings.Join(pairs, "&"), hidden
}

// member is a member of a JSON document whose value is a string.
var member = sync.OnceValue(func() *regexp.Regexp {
	return regexp.MustCompile(`("((?:[^"\\]|\\.)*)"\s*:\s*)"(?:[^"\\]|\\.)*"`)
})

// showContent hides the members of a JSON document, or the fields of a form, that are likely secrets.
func showContent(text, media string) (string, []string) {
	if strings.Contains(media, "x-www-form-urlencoded") {
		return showPairs(text)
	}
	var hidden []string
	if !strings.Contains(media, "json") {
		return text, nil
	}
	text = member().ReplaceAllStringFunc(text, func(found string) string {
		m := member().FindStringSubmatch(found)
		if !SecretName(m[2]) {
			return found
		}
		hidden = append(hidden, "member "+m[2])
		return m[1] + `"` + show.Hidden + `"`
	})
	return text, hidden
}

// harmless are the characters that mean themselves in a shell.
const harmless = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_./:=@%+,"

// Quote returns a text as one word for a POSIX shell.
func Quote(s string) string {
	if s != "" && strings.Trim(s, harmless) == "" {
		return s
	}
	return "'" + strings.ReplaceAll(s, "'", `'\''`) + "'"
}
