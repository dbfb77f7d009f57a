package show_test

import (
	"strings"
	"testing"

	"github.com/asyncctl/asyncctl/internal/show"
)

func TestURL(t *testing.T) {
	tests := []struct{ name, url, want string }{
		{"nothing to hide", "https://api.example.com:8443/v1/s/1", "https://api.example.com:8443/v1/s/1"},
		{"a relative path", "/v1/s/1", "/v1/s/1"},
		{"a query value", "https://h/s?sig=abc&x=1", "https://h/s?sig=REDACTED&x=REDACTED"},
		{"an empty value", "https://h/s?sig=", "https://h/s?REDACTED="},
		{"no =", "/s?TOKEN", "/s?REDACTED"},
		{"no = among others", "/s?api-version=1&TOKEN&x=2", "/s?api-version=1&REDACTED&x=REDACTED"},
		{"base64 as a name", "/s?dG9rZW4=", "/s?REDACTED="},
		{"base64 with two =", "/s?dG9rZQ==", "/s?REDACTED="},
		{"a secret as a name", "/s?" + strings.Repeat("a", 41) + "=1", "/s?REDACTED"},
		{"a name of 40", "/s?" + strings.Repeat("a", 40) + "=1", "/s?" + strings.Repeat("a", 40) + "=REDACTED"},
		{"a name that is none", "/s?a%20b/c=1", "/s?REDACTED"},
		{"a bad escape in a name", "/s?%zz=1", "/s?REDACTED"},
		{"flags", "/s?wait&comp=", "/s?wait&comp="},
		{"a version", "/s?api-version=2024-10-01-preview", "/s?api-version=2024-10-01-preview"},
		{"a version in other letters", "/s?API-Version=v2", "/s?API-Version=v2"},
		{"an encoded name", "/s?api%2Dversion=2", "/s?api%2Dversion=2"},
		{"a version that is none", "/s?api-version=sk-live-12345678", "/s?api-version=REDACTED"},
		{"a version that is too long", "/s?api-version=" + strings.Repeat("1", 25), "/s?api-version=REDACTED"},
		{"an encoded value", "/s?wait=%31", "/s?wait=REDACTED"},
		{"a number", "/s?page=12", "/s?page=12"},
		{"a number that is too long", "/s?page=1234567890", "/s?page=REDACTED"},
		{"a word", "/s?format=json", "/s?format=json"},
		{"a word that may be a secret", "/s?format=Zx81kQ", "/s?format=REDACTED"},
		{"true", "/s?accepts_incomplete=true", "/s?accepts_incomplete=true"},
		{"an empty query", "/s?", "/s?"},
		{"an empty pair", "/s?&x=1", "/s?&x=REDACTED"},
		{"a fragment", "https://h/s#secret", "https://h/s"},
		{"a fragment behind a query", "https://h/s?x=1#secret", "https://h/s?x=REDACTED"},
		{"a second ?", "https://h/s?x=1?sig=abc", "https://h/s?x=REDACTED"},
		{"a user", "https://bob@h/s", "https://REDACTED@h/s"},
		{"user and password", "https://bob:secret@h:81/s", "https://REDACTED@h:81/s"},
		{"an encoded password", "https://bob:se%40cret@h/s", "https://REDACTED@h/s"},
		{"an @ in the password", "https://bob:se@cret@h/s", "https://REDACTED@h/s"},
		{"a / in the password", "https://bob:se/cret@h/s", "https://REDACTED"},
		{"no user, and a / in the password", "https://:se/cret@h/s", "https://REDACTED"},
		{"a port, and an @ behind", "https://h:80/s@1", "https://h:80/s@1"},
		{"a ? in the password", "https://bob:se?cret@h/s?x=1", "https://REDACTED"},
		{"a # in the password", "https://bob:se#cret@h/s", "https://REDACTED"},
		{"no scheme", "//bob:secret@h/s", "//REDACTED@h/s"},
		{"neither scheme nor slashes", "bob:secret@h/s?x=1", "REDACTED@h/s?x=REDACTED"},
		{"a backslash", `https://bob:secret@h\s`, `https://REDACTED@h\s`},
		{"another scheme", "ftp://bob:secret@h/s", "ftp://REDACTED@h/s"},
		{"data", "data:text/plain,secret", "data:REDACTED"},
		{"javascript", "JavaScript:secret()", "JavaScript:REDACTED"},
		{"IPv6", "http://[::1]:8080/s", "http://[::1]:8080/s"},
		{"IPv6 and a user", "http://u:p@[::1]:8080/s", "http://REDACTED@[::1]:8080/s"},
		{"a path parameter", "/s;jsessionid=A1B2/t;v", "/s;jsessionid=REDACTED/t;REDACTED"},
		{"a URL within the path", "/get/https://bob:secret@h/s", "/get/https://REDACTED@h/s"},
		{"an encoded URL within the path", "/get/https%3A%2F%2Fh%2Fs%3Fsig%3Dabc", "/get/https:%2F%2Fh%2Fs%3Fsig=REDACTED"},
		{"a user in an encoded URL", "/get/https%3A%2F%2Fbob%3Asecret%40h%2Fs", "/get/https:%2F%2FREDACTED@h%2Fs"},
		{"encoded twice", "/get/https%253A%252F%252Fh%252Fs%253Fsig%253Dabc", "/get/https:%252F%252Fh%252Fs%253Fsig=REDACTED"},
		{"harmless escapes", "/a%20b/100%25", "/a%20b/100%25"},
		{"a scope", "/@scope/pkg@1.2", "/@scope/pkg@1.2"},
		{"a URL that is none", "https://h:port/s?x=1", "https://h:port/s?x=REDACTED"},
		{"no port, and an @ in the query", "https://h:port/s?mail=a@secret&sig=abc", "https://REDACTED"},
		{"empty", "", ""},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			if got := show.URL(test.url); got != test.want {
				t.Errorf("URL(%q)\n got %s\nwant %s", test.url, got, test.want)
			}
			if got := show.URL(show.URL(test.url)); strings.Contains(got, "abc") || strings.Contains(got, "secret") {
				t.Errorf("shown twice: %s", got)
			}
		})
	}
}

// FuzzURL puts a secret into each of the places that are hidden.
func FuzzURL(f *testing.F) {
	f.Add("api.example.com", "v1/s", "sig")
	f.Add("h:81", "a;b/c%3Fd", "")
	f.Fuzz(func(t *testing.T, host, path, name string) {
		const secret = "S3CR3T-value"
		if strings.Contains(host+path+name, secret) || strings.ContainsAny(host, "/?#@\\") || strings.ContainsAny(name, "=&#") {
			t.Skip()
		}
		for _, url := range []string{
			"https://u:" + secret + "@" + host + "/" + path,
			"https://" + host + "/" + path + "?" + name + "=" + secret,
			"https://" + host + "/" + path + "?" + secret,
			"https://" + host + "/" + path + "#" + secret,
		} {
			if got := show.URL(url); strings.Contains(got, secret) {
				t.Errorf("URL(%q) shows %q", url, got)
			}
		}
	})
}
