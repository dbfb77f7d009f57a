package poller

import (
	"net/http"
	"sort"
	"strings"
	"testing"

	"github.com/asyncctl/asyncctl/poller/lro"
)

func TestCookies(t *testing.T) {
	for _, c := range []struct {
		name, from, set, to string
		want                string
	}{
		{"back to the same URL", "https://h/a", "s=1", "https://h/a", "s=1"},
		{"to the whole origin", "https://h/a", "s=1; Path=/", "https://h/b/c", "s=1"},
		{"the default path is the directory", "https://h/a/b", "s=1", "https://h/a/c", "s=1"},
		{"and not beside it", "https://h/a/b", "s=1", "https://h/c", ""},
		{"a path", "https://h/x", "s=1; Path=/op", "https://h/op/1", "s=1"},
		{"a path that only begins alike", "https://h/x", "s=1; Path=/op", "https://h/operations", ""},
		{"not to another port", "https://h/", "s=1", "https://h:8443/", ""},
		{"the default port is none", "https://h/", "s=1", "https://h:443/", "s=1"},
		{"not to http", "https://h/", "s=1", "http://h/", ""},
		{"not to another host", "https://h/", "s=1", "https://g/", ""},
		{"not to a subdomain, whatever it says", "https://example.com/", "s=1; Domain=example.com", "https://api.example.com/", ""},
		{"not to the domain above", "https://api.example.com/", "s=1; Domain=example.com", "https://example.com/", ""},
		{"back home, though", "https://api.example.com/", "s=1; Domain=example.com", "https://api.example.com/", "s=1"},
		{"for a domain that is not the sender's", "https://h.example/", "s=1; Domain=example.org", "https://h.example/", ""},
		{"secure, over TLS", "https://h/", "s=1; Secure", "https://h/", "s=1"},
		{"secure, without", "http://h/", "s=1; Secure", "http://h/", ""},
		{"hidden from scripts", "https://h/", "s=1; HttpOnly; SameSite=Strict", "https://h/", "s=1"},
		{"expired", "https://h/", "s=1; Expires=Thu, 01 Jan 2015 00:00:00 GMT", "https://h/", ""},
		{"to live no more", "https://h/", "s=1; Max-Age=0", "https://h/", ""},
		{"to live a while", "https://h/", "s=1; Max-Age=600", "https://h/", "s=1"},
		{"taken back", "https://h/", "s=1\ns=2; Max-Age=-1", "https://h/", ""},
		{"replaced", "https://h/", "s=1\ns=2", "https://h/", "s=2"},
		{"two", "https://h/", "s=1\nt=2", "https://h/", "s=1; t=2"},
		{"not a cookie", "https://h/", "=; ;", "https://h/", ""},
		{"hosts have no case", "https://H/", "s=1", "https://h/", "s=1"},
		{"a URL that is none", "http://h/%zz", "s=1", "http://h/", ""},
		{"an address", "http://[::1]:8080/", "s=1", "http://[::1]:8080/x", "s=1"},
	} {
		t.Run(c.name, func(t *testing.T) {
			var kept cookies
			kept.take(c.from, lro.Origin(c.from), &http.Response{Header: http.Header{"Set-Cookie": strings.Split(c.set, "\n")}})
			req, err := http.NewRequest("GET", c.to, nil)
			if err != nil {
				t.Fatal(err)
			}
			kept.add(req, lro.Origin(c.to))
			parts := strings.Split(req.Header.Get("Cookie"), "; ")
			sort.Strings(parts)
			if got := strings.Join(parts, "; "); got != c.want {
				t.Errorf("got %q, want %q", got, c.want)
			}
		})
	}
}

// Two origins that set the same name keep their own values.
func TestCookiesOfTwoOrigins(t *testing.T) {
	var kept cookies
	for _, host := range []string{"a", "b"} {
		kept.take("https://"+host+"/", "https://"+host, &http.Response{Header: http.Header{"Set-Cookie": {"s=" + host}}})
	}
	for _, host := range []string{"a", "b"} {
		req, _ := http.NewRequest("GET", "https://"+host+"/x", nil)
		kept.add(req, "https://"+host)
		if got := req.Header.Get("Cookie"); got != "s="+host {
			t.Errorf("%s gets %q", host, got)
		}
	}
}

// A cookie joins the one that the caller sends, and does not replace it.
func TestCookiesBesideTheCallersOwn(t *testing.T) {
	var kept cookies
	kept.take("https://h/", "https://h", &http.Response{Header: http.Header{"Set-Cookie": {"s=1"}}})
	req, _ := http.NewRequest("GET", "https://h/", nil)
	req.Header.Set("Cookie", "mine=2")
	kept.add(req, "https://h")
	if got, want := req.Header.Get("Cookie"), "mine=2; s=1"; got != want {
		t.Errorf("got %q, want %q", got, want)
	}
}
