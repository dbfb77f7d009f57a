package show_test

import (
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"html"
	"net/http"
	"net/url"
	"strings"
	"sync"
	"testing"

	"github.com/asyncctl/asyncctl/internal/show"
)

// TestSecretsForms hides each kind of secret in each form in which it may come back.
func TestSecretsForms(t *testing.T) {
	forms := map[string]func(string) string{
		"plain":            func(s string) string { return "a " + s + " b" },
		"within a word":    func(s string) string { return "a" + s + "b" },
		"query":            func(s string) string { return "?x=" + url.QueryEscape(s) + "&y=1" },
		"path":             func(s string) string { return "/a/" + url.PathEscape(s) + "/b" },
		"query, lower":     func(s string) string { return strings.ToLower(url.QueryEscape(s)) },
		"JSON":             func(s string) string { b, _ := json.Marshal(map[string]string{"a": s}); return string(b) },
		"quoted":           func(s string) string { return fmt.Sprintf("%q", s) },
		"HTML":             func(s string) string { return "<b>" + html.EscapeString(s) + "</b>" },
		"hex":              func(s string) string { return hex.EncodeToString([]byte(s)) },
		"base64":           func(s string) string { return base64.StdEncoding.EncodeToString([]byte(s)) },
		"base64 for URLs":  func(s string) string { return base64.RawURLEncoding.EncodeToString([]byte(s)) },
		"base64 behind 1":  func(s string) string { return base64.StdEncoding.EncodeToString([]byte("x" + s)) },
		"base64 behind 2":  func(s string) string { return base64.StdEncoding.EncodeToString([]byte("xy" + s + "z")) },
		"base64 in basic":  func(s string) string { return base64.StdEncoding.EncodeToString([]byte("user:" + s)) },
		"twice, and again": func(s string) string { return s + s + "x" + s },
	}
	for _, secret := range []string{"s3cr3t-token", `pa/ss"wo\rd&<more>+ ümlaut`, "MTIzNDU2Nzg5MA=="} {
		var s show.Secrets
		s.Add(secret)
		for name, form := range forms {
			if name == "query, lower" && strings.ToLower(secret) != secret {
				continue // another secret
			}
			text := form(secret)
			got := s.Text(text)
			if got == text || !strings.Contains(got, show.Hidden) {
				t.Errorf("%s of %q: %q is still %q", name, secret, text, got)
			}
			if strings.Contains(got, secret) {
				t.Errorf("%s of %q: got %q", name, secret, got)
			}
		}
	}
}

func TestSecretsShort(t *testing.T) {
	var s show.Secrets
	s.Add("pw4", "pin!", "7", "true", "application/json", "")
	tests := []struct{ text, want string }{
		{"a pw4 b", "a REDACTED b"},
		{"pw4", "REDACTED"},
		{`{"p":"pw4"}`, `{"p":"REDACTED"}`},
		{"xpw4 pw45", "xpw4 pw45"}, // part of longer words: chance
		{"a pin! b", "a REDACTED b"},
		{"7 of 17, true, application/json", "7 of 17, true, application/json"},
	}
	for _, test := range tests {
		if got := s.Text(test.text); got != test.want {
			t.Errorf("%q: got %q, want %q", test.text, got, test.want)
		}
	}
	var bang show.Secrets
	bang.Add("!a!")
	if got := bang.Text("x!a!y"); got != "xREDACTEDy" {
		t.Errorf("a short value that is no word: got %q", got)
	}
	if got := bang.Text("(!a!) !a! "); got != "(REDACTED) REDACTED " {
		t.Errorf("the same, alone: got %q", got)
	}
}

func TestSecretsLongestFirst(t *testing.T) {
	s := show.Secrets{Numbered: true}
	s.Add("abcdef", "abcdefgh", "abcdef")
	if got, want := s.Text("abcdefgh abcdef abcdefgh"), "REDACTED-2 REDACTED-1 REDACTED-2"; got != want {
		t.Errorf("got %q, want %q", got, want)
	}
	s.Add("later-value")
	if got, want := s.Text("later-value abcdef"), "REDACTED-3 REDACTED-1"; got != want {
		t.Errorf("after adding: got %q, want %q", got, want)
	}
}

func TestSecretsFields(t *testing.T) {
	var s show.Secrets
	s.AddHeader(http.Header{
		"Authorization": {"Bearer tok-123456"}, "X-Pass": {"hunter22"}, "Cookie": {"sid=cookie-value; b=true"}, "Accept": {"text/csv"},
		"Proxy-Authorization": {"Basic " + base64.StdEncoding.EncodeToString([]byte("bob:pass-word"))}, "Operation-Location": {"/s?sig=url-value"},
	})
	s.AddURL("https://alice:url%40pass@h/s?sig=query%2Dvalue&api-version=2024-10-01&bare-token#frag-ment")
	s.AddURL("https://user-token@h/")
	for _, secret := range []string{"Bearer tok-123456", "tok-123456", "hunter22", "cookie-value", "bob:pass-word", "pass-word", "url-value",
		"alice:url%40pass", "url@pass", "query-value", "query%2Dvalue", "bare-token", "frag-ment", "user-token"} {
		if got := s.Text("<" + secret + ">"); strings.Contains(got, secret) {
			t.Errorf("%q is shown: %q", secret, got)
		}
	}
	for _, harmless := range []string{"text/csv", "2024-10-01", "true", "Bearer", "api-version", "alice"} {
		if got := s.Text(harmless); got != harmless {
			t.Errorf("%q became %q", harmless, got)
		}
	}
}

func TestSecretsZero(t *testing.T) {
	var none *show.Secrets
	if got := none.Text("abc"); got != "abc" {
		t.Errorf("nil: got %q", got)
	}
	if got := string(new(show.Secrets).Bytes([]byte("abc"))); got != "abc" {
		t.Errorf("empty: got %q", got)
	}
}

func TestSecretsConcurrently(t *testing.T) {
	var s show.Secrets
	var wg sync.WaitGroup
	for i := range 8 {
		wg.Go(func() {
			secret := fmt.Sprintf("secret-%d-value", i)
			s.Add(secret, fmt.Sprintf("p%d", i))
			if got := s.Text("a " + secret); got != "a REDACTED" {
				t.Errorf("got %q", got)
			}
		})
	}
	wg.Wait()
}

func BenchmarkSecretsText(b *testing.B) {
	var s show.Secrets
	for i := range 10 {
		s.Add(fmt.Sprintf("secret-number-%d", i))
	}
	text := strings.Repeat("an ordinary line of a report, with no secret in it\n", 100)
	s.Text(text)
	b.ReportAllocs()
	b.SetBytes(int64(len(text)))
	for b.Loop() {
		s.Text(text)
	}
}
