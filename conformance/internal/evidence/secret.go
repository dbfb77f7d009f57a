package evidence

import (
	"encoding/json"
	"regexp"
	"slices"
	"strings"
	"sync"

	"github.com/asyncctl/asyncctl/internal/show"
)

// SecretField reports whether a field carries credentials, by its name: such fields are left out where
// a request tries what happens without them. What is hidden does not depend on it, but see [Redact].
func SecretField(name string) bool {
	name = strings.ToLower(name)
	switch name {
	case "authorization", "proxy-authorization", "cookie", "set-cookie":
		return true
	case "idempotency-key", "www-authenticate", "proxy-authenticate":
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

// Redactor takes secrets out of evidence and of what is said about it: by value whatever the person
// configured and is not known to be harmless, and what URLs and secret fields of the server hold. The
// same secret becomes the same word, so that what was equal can still be seen to be.
type Redactor struct{ secrets show.Secrets }

// NewRedactor returns a redactor that knows the fields and the URLs of evidence, and the given ones.
func NewRedactor(e *Evidence, configured ...Fields) *Redactor {
	r := &Redactor{secrets: show.Secrets{Numbered: true}}
	r.secrets.Add(e.secrets...)
	for _, s := range []*Submit{e.Target.Slow, e.Target.Fast, e.Target.Fail, e.Target.Invalid} {
		if s != nil {
			configured = append(configured, s.Header)
			r.secrets.AddURL(s.URL)
		}
	}
	for _, fields := range configured {
		for _, f := range fields {
			r.secrets.AddField(f.Name, f.Value)
		}
	}
	for i := range e.Transcripts {
		for j := range e.Transcripts[i].Exchanges {
			x := &e.Transcripts[i].Exchanges[j]
			r.secrets.AddURL(x.Request.URL)
			for _, f := range x.Request.Header {
				if SecretField(f.Name) {
					r.secrets.AddField(f.Name, f.Value)
				}
			}
			for _, name := range []string{"Location", "Content-Location", "Operation-Location"} {
				r.secrets.AddURL(x.Response.Header.Get(name))
			}
			for _, f := range x.Response.Header {
				if SecretField(f.Name) {
					r.secrets.AddField(f.Name, f.Value)
				}
			}
		}
	}
	return r
}

// Evidence returns a copy without secrets. Nothing of the original is written to.
func (r *Redactor) Evidence(e *Evidence) *Evidence {
	clean := &Evidence{Target: e.Target, Dialect: e.Dialect, Methods: e.Methods, Recorded: e.Recorded}
	for _, t := range e.Transcripts {
		t.Exchanges = slices.Clone(t.Exchanges)
		t.Cause = r.Text(t.Cause)
		for i := range t.Exchanges {
			x := &t.Exchanges[i]
			x.Request.URL, x.Request.Header, x.Request.Body = r.Text(x.Request.URL), r.fields(x.Request.Header), r.content(x.Request.Body)
			x.Response.Header, x.Response.Body = r.fields(x.Response.Header), r.content(x.Response.Body)
			x.Err = r.Text(x.Err)
		}
		clean.Transcripts = append(clean.Transcripts, t)
	}
	for _, s := range []**Submit{&clean.Target.Slow, &clean.Target.Fast, &clean.Target.Fail, &clean.Target.Invalid} {
		if *s != nil {
			*s = &Submit{Method: (*s).Method, URL: r.Text((*s).URL), Header: r.fields((*s).Header), Body: r.content((*s).Body)}
		}
	}
	clean.Target.Unknown = r.Text(clean.Target.Unknown)
	return clean
}

// Text returns a text without secrets.
func (r *Redactor) Text(s string) string { return r.secrets.Text(s) }

// Lines returns texts without secrets.
func (r *Redactor) Lines(lines []string) []string {
	clean := slices.Clone(lines)
	for i := range clean {
		clean[i] = r.Text(clean[i])
	}
	return clean
}

func (r *Redactor) fields(fields Fields) Fields {
	clean := slices.Clone(fields)
	for i := range clean {
		if SecretField(clean[i].Name) {
			clean[i].Value = show.Field(clean[i].Name, clean[i].Value)
		} else {
			clean[i].Value = r.Text(clean[i].Value)
		}
	}
	return clean
}

// bare is a word of the redactor where a number stood.
var bare = sync.OnceValue(func() *regexp.Regexp {
	return regexp.MustCompile(`([:\[,]\s*)(` + regexp.QuoteMeta(show.Hidden) + `-\d+)`)
})

// content returns content without secrets. What was JSON stays JSON.
func (r *Redactor) content(c Content) Content {
	if len(c) == 0 {
		return c
	}
	clean := r.secrets.Bytes(c)
	if json.Valid(c) && !json.Valid(clean) {
		clean = bare().ReplaceAll(clean, []byte(`$1"$2"`))
	}
	return Content(clean)
}

// SecretsOf returns the fields that carry credentials, by their names.
func SecretsOf(fields Fields) Fields {
	var secret Fields
	for _, f := range fields {
		if SecretField(f.Name) {
			secret = append(secret, f)
		}
	}
	return secret
}
