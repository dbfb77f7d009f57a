package show

import (
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"html"
	"net/url"
	"slices"
	"strconv"
	"strings"
)

// harmlessValue reports whether a value says nothing that anybody would hide: a word or a media type that
// every client sends, or a small number.
func harmlessValue(value string) bool {
	return harmlessValues[strings.ToLower(value)] || len(value) <= 3 && strings.Trim(value, "0123456789.") == ""
}

var harmlessValues = set(`true false yes no on off null none json xml text html gzip deflate identity close keep-alive async sync
	respond-async application/json application/xml text/plain text/html */* accept accepted get put post delete patch localhost 127.0.0.1
	basic bearer digest token id name http https utf-8 status location error running pending succeeded failed message title detail`)

// formsOf returns the ways in which a value may stand in a text, without repetition.
func formsOf(value string) []string {
	forms := []string{value, url.QueryEscape(value), url.PathEscape(value), everyByte(value), html.EscapeString(value), hex.EncodeToString([]byte(value))}
	forms = append(forms, lowerEscapes(forms[1]), lowerEscapes(forms[2]), lowerEscapes(forms[3]))
	quoted := strconv.Quote(value)
	forms = append(forms, quoted[1:len(quoted)-1])
	if text, err := json.Marshal(value); err == nil {
		inner := string(text[1 : len(text)-1])
		forms = append(forms, inner, strings.ReplaceAll(inner, "/", `\/`), strings.NewReplacer(`\u003c`, "<", `\u003e`, ">", `\u0026`, "&").Replace(inner))
	}
	forms = append(forms, inBase64(value)...)
	slices.Sort(forms)
	return slices.Compact(forms)
}

// everyByte escapes all that is not a letter or a digit, as careful encoders do.
func everyByte(value string) string {
	var b strings.Builder
	for _, c := range []byte(value) {
		if c >= '0' && c <= '9' || c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' {
			b.WriteByte(c)
			continue
		}
		b.WriteString("%" + strings.ToUpper(hex.EncodeToString([]byte{c})))
	}
	return b.String()
}

// lowerEscapes writes the hexadecimal digits of percent-escapes in lower case.
func lowerEscapes(s string) string {
	b := []byte(s)
	for i := 0; i+2 < len(b); i++ {
		if b[i] == '%' {
			copy(b[i+1:], strings.ToLower(string(b[i+1:i+3])))
		}
	}
	return string(b)
}

// inBase64 returns how a value looks in base64, alone and, for each of the three places at which it can
// begin within something longer, the letters that depend on it alone. Short values are only looked for
// alone: their few letters would be found everywhere.
func inBase64(value string) []string {
	var forms []string
	for _, encoding := range []*base64.Encoding{base64.StdEncoding, base64.URLEncoding} {
		forms = append(forms, encoding.EncodeToString([]byte(value)), encoding.WithPadding(base64.NoPadding).EncodeToString([]byte(value)))
		if len(value) < 8 {
			continue
		}
		for before := range 3 {
			text := encoding.WithPadding(base64.NoPadding).EncodeToString(append(make([]byte, before), value...))
			from := (before*8 + 5) / 6
			to := (before + len(value)) * 8 / 6
			forms = append(forms, text[from:to])
		}
	}
	return forms
}
