package evidence

import (
	"bytes"
	"fmt"
	"net/url"
	"slices"
	"strings"
)

// redacted stands where a secret field had its value.
const redacted = "[redacted]"

// SecretField reports whether a field carries a secret, by its name.
func SecretField(name string) bool {
	name = strings.ToLower(name)
	switch name {
	case "authorization", "proxy-authorization", "cookie", "set-cookie":
		return true
	case "idempotency-key":
		return false
	}
	for _, part := range strings.FieldsFunc(name, func(r rune) bool { return r == '-' || r == '_' || r == '.' }) {
		switch part {
		case "key", "apikey", "token", "secret", "password", "signature", "auth":
			return true
		}
	}
	return false
}

// secretParameters are the names of query parameters that make a URL a secret.
var secretParameters = []string{"sig", "signature", "code", "token", "access_token", "key", "api_key", "apikey", "x-amz-signature", "x-amz-security-token", "x-goog-signature", "secret", "password"}

// redactor takes secrets out of transcripts, the same secret by the same word, so that what was
// equal stays equal.
type redactor struct {
	words   map[string]string // secret to word
	longest []string          // the secrets, the longest first
}

// Redact takes the secrets out of all transcripts, and out of the target: the values of secret
// fields, wherever they are repeated, and those of secret query parameters.
func Redact(e *Evidence, known ...Fields) {
	transcripts := e.Transcripts
	r := &redactor{words: map[string]string{}}
	for _, fields := range known {
		for _, f := range fields {
			r.learn(f.Value)
			if _, credentials, ok := strings.Cut(f.Value, " "); ok && SecretField(f.Name) {
				r.learn(credentials)
			}
		}
	}
	for i := range transcripts {
		for _, x := range transcripts[i].Exchanges {
			r.learnURL(x.Request.URL)
			for _, name := range []string{"Location", "Content-Location", "Operation-Location"} {
				r.learnURL(x.Response.Header.Get(name))
			}
		}
	}
	for secret := range r.words {
		r.longest = append(r.longest, secret)
	}
	slices.SortFunc(r.longest, func(a, b string) int { return len(b) - len(a) })
	for i := range transcripts {
		for j := range transcripts[i].Exchanges {
			r.exchange(&transcripts[i].Exchanges[j])
		}
	}
	for _, s := range []**Submit{&e.Target.Slow, &e.Target.Fast, &e.Target.Fail, &e.Target.Invalid} {
		if *s != nil {
			*s = &Submit{Method: (*s).Method, URL: r.text((*s).URL), Header: r.fields((*s).Header), Body: r.content((*s).Body)}
		}
	}
	e.Target.Unknown = r.text(e.Target.Unknown)
}

// learn takes note of a secret. What is shorter than six bytes is not one that could be told from
// other text.
func (r *redactor) learn(secret string) {
	if len(secret) >= 6 && r.words[secret] == "" {
		r.words[secret] = fmt.Sprintf("secret-%d", len(r.words)+1)
	}
}

func (r *redactor) learnURL(raw string) {
	_, query, _ := strings.Cut(raw, "?")
	query, _, _ = strings.Cut(query, "#")
	for _, pair := range strings.Split(query, "&") {
		name, value, _ := strings.Cut(pair, "=")
		if !slices.Contains(secretParameters, strings.ToLower(name)) {
			continue
		}
		r.learn(value)
		if plain, err := url.QueryUnescape(value); err == nil {
			r.learn(plain)
		}
	}
}

func (r *redactor) exchange(x *Exchange) {
	x.Request.URL = r.text(x.Request.URL)
	x.Request.Header = r.fields(x.Request.Header)
	x.Request.Body = r.content(x.Request.Body)
	x.Response.Header = r.fields(x.Response.Header)
	x.Response.Body = r.content(x.Response.Body)
	x.Err = r.text(x.Err)
}

func (r *redactor) fields(fields Fields) Fields {
	clean := slices.Clone(fields)
	for i := range clean {
		if SecretField(clean[i].Name) {
			clean[i].Value = redacted
		} else {
			clean[i].Value = r.text(clean[i].Value)
		}
	}
	return clean
}

func (r *redactor) text(s string) string { return string(r.content(Content(s))) }

func (r *redactor) content(c Content) Content {
	for _, secret := range r.longest {
		c = bytes.ReplaceAll(c, []byte(secret), []byte(r.words[secret]))
	}
	return c
}

// SecretsOf returns the fields that carry a secret, by their names.
func SecretsOf(fields Fields) Fields {
	var secret Fields
	for _, f := range fields {
		if SecretField(f.Name) {
			secret = append(secret, f)
		}
	}
	return secret
}
