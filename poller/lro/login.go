package lro

import (
	"bytes"
	"net/url"
	"strings"

	"github.com/asyncctl/asyncctl/internal/jsontext"
)

// A server that wants other credentials may send us to log in instead of saying 401, and the page
// there is a 200: no status, and above all no result.

// loginPath reports whether a redirect leads to where people log in and not to a result.
func loginPath(absolute string) bool {
	if plainOrigin(absolute) > 0 {
		return plainLogin(absolute)
	}
	return parsedLogin(absolute)
}

func plainLogin(absolute string) bool {
	_, rest, _ := strings.Cut(absolute, "://")
	rest, _, _ = strings.Cut(rest, "?")
	host, path, _ := strings.Cut(rest, "/")
	host, _, _ = strings.Cut(host, ":")
	return loginParts(host, path)
}

func parsedLogin(absolute string) bool {
	u, err := url.Parse(absolute)
	return err == nil && loginParts(u.Hostname(), u.Path)
}

// loginParts looks for a word that speaks of logging in: login.example.com, /auth/login.php.
func loginParts(host, path string) bool {
	name, _, _ := strings.Cut(host, ".")
	if loginWord(name) {
		return true
	}
	for more := true; more; {
		var part string
		part, path, more = strings.Cut(path, "/")
		if name, _, _ = strings.Cut(part, "."); loginWord(name) {
			return true
		}
	}
	return false
}

func loginWord(s string) bool {
	switch strings.ToLower(s) {
	case "login", "log-in", "log_in", "logon", "signin", "sign-in", "sign_in",
		"oauth", "oauth2", "openid-connect", "authorize", "saml", "saml2", "sso", "idp", "adfs":
		return true
	}
	return false
}

// loginPage reports whether an answer is a page with a password field. After a redirect that may have
// been one to log in, a page that speaks of it is enough.
func loginPage(r Reply, redirected bool) bool {
	if !isHTML(r) {
		return false
	}
	page := bytes.ToLower(r.Body)
	marks := []string{`type="password"`, `type='password'`, `type=password`}
	if redirected {
		marks = append(marks, "password", "sign in", "log in", "login", "signin")
	}
	for _, mark := range marks {
		if bytes.Contains(page, []byte(mark)) {
			return true
		}
	}
	return false
}

// isHTML reports whether the content is a page for people. JSON under a wrong name is not.
func isHTML(r Reply) bool {
	body := jsontext.Value(r.Body).Trim()
	media := strings.ToLower(r.field("Content-Type"))
	declared := strings.HasPrefix(media, "text/html") || strings.HasPrefix(media, "application/xhtml+xml")
	return len(body) > 0 && body[0] == '<' && (declared || media == "" && bytes.HasPrefix(bytes.ToLower(body[:min(len(body), 14)]), []byte("<!doctype html")))
}
