package lro_test

import (
	"errors"
	"strings"
	"testing"

	"github.com/asyncctl/asyncctl/poller/lro"
)

func TestResolve(t *testing.T) {
	const base = "https://api.example.com/v1/reports?x=1"
	tests := []struct{ name, base, ref, want string }{
		{"absolute", base, "https://other.example.net/s/1?t=a%2Fb", "https://other.example.net/s/1?t=a%2Fb"},
		{"absolute path", base, "/s/1", "https://api.example.com/s/1"},
		{"relative", base, "s/1", "https://api.example.com/v1/s/1"},
		{"dots", base, "../../../s/./1", "https://api.example.com/s/1"},
		{"query only", base, "?job=1", "https://api.example.com/v1/reports?job=1"},
		{"fragment only", base, "#x", "https://api.example.com/v1/reports?x=1"},
		{"fragment", base, "/s/1#x", "https://api.example.com/s/1"},
		{"network path", base, "//other.example.net/s", "https://other.example.net/s"},
		{"comma and semicolon", base, "/a,b;c=d", "https://api.example.com/a,b;c=d"},
		{"beyond ASCII", base, "/Größe", "https://api.example.com/Gr%C3%B6%C3%9Fe"},
		{"IPv6", base, "https://[2001:db8::1]:8443/s", "https://[2001:db8::1]:8443/s"},
		{"upgrade", "http://api.example.com/", "https://api.example.com/s", "https://api.example.com/s"},
		{"upper case scheme", base, "HTTPS://api.example.com/s", "https://api.example.com/s"},
		{"the person's user name stays behind", "https://u:p@api.example.com/v1/", "s", "https://api.example.com/v1/s"},
		{"8000 octets", base, "/" + strings.Repeat("a", 7976), "https://api.example.com/" + strings.Repeat("a", 7976)},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			got, err := lro.Resolve(test.base, test.ref)
			if err != nil || got != test.want {
				t.Errorf("got %s, %v, want %s", got, err, test.want)
			}
		})
	}
}

func TestResolveRefuses(t *testing.T) {
	const base = "https://api.example.com/v1/reports"
	scheme, userinfo := errors.New("its scheme is neither http nor https"), errors.New("it holds a user name")
	tests := []struct {
		name, base, ref string
		want            error // nil: any
	}{
		{"empty", base, "", nil},
		{"blank", base, "/a b", nil},
		{"newline", base, "/a\nb", nil},
		{"NUL", base, "/a\x00b", nil},
		{"DEL", base, "/a\x7fb", nil},
		{"backslash", base, `\\evil.example.net\a`, nil},
		{"9000 octets", base, "/" + strings.Repeat("a", 9000), nil},
		{"longer together", "https://api.example.com/" + strings.Repeat("a", 7000) + "/", strings.Repeat("b", 7000), nil},
		{"no host", base, "https:/status", nil},
		{"no host at all", base, "https://", nil},
		{"port alone", base, "https://:443/", nil},
		{"opaque", base, "https:status", nil},
		{"bad escape", base, "/%zz", nil},
		{"bad port", base, "https://h:port/", nil},
		{"colon first", base, ":8080/x", nil},
		{"bad base", "https://a b/", "/x", nil},
		{"relative base", "/v1", "/x", scheme},
		{"ftp", base, "ftp://api.example.com/x", scheme},
		{"file", base, "file:///etc/passwd", scheme},
		{"javascript", base, "javascript:alert(1)", scheme},
		{"user name", base, "https://a@api.example.com/", userinfo},
		{"password", base, "//a:b@api.example.com/", userinfo},
		{"empty user name", base, "https://@api.example.com/", userinfo},
		{"downgrade", base, "http://api.example.com/", lro.ErrDowngrade},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			got, err := lro.Resolve(test.base, test.ref)
			if err == nil {
				t.Fatalf("got %s, want an error", got)
			}
			if test.want != nil && !errors.Is(err, test.want) && err.Error() != test.want.Error() {
				t.Errorf("got error %v, want %v", err, test.want)
			}
			if !errors.Is(err, lro.ErrDowngrade) && got != "" {
				t.Errorf("got %q beside the error %v", got, err)
			}
		})
	}
	if got, _ := lro.Resolve("https://h/", "http://h/x"); got != "http://h/x" {
		t.Errorf("a downgrade: got %q beside the error, want the URL: who allows it needs it", got)
	}
}

func TestOrigin(t *testing.T) {
	tests := []struct{ url, want string }{
		{"https://api.example.com/v1?x#y", "https://api.example.com"},
		{"https://API.Example.COM:443/", "https://api.example.com"},
		{"http://api.example.com:80", "http://api.example.com"},
		{"http://api.example.com:443", "http://api.example.com:443"},
		{"https://api.example.com:", "https://api.example.com"},
		{"https://u:p@api.example.com/", "https://api.example.com"},
		{"https://[2001:DB8::1]:8443/", "https://[2001:db8::1]:8443"},
		{"https://[::1]/", "https://[::1]"},
		{"HTTP://h/", "http://h"},
		{"https://\u212Aelvin.example/", "https://\u212Aelvin.example"},
		{"ftp://api.example.com/", ""},
		{"//api.example.com/", ""},
		{"/v1", ""},
		{"https:///v1", ""},
		{"https://a b/", ""},
		{"", ""},
	}
	for _, test := range tests {
		if got := lro.Origin(test.url); got != test.want {
			t.Errorf("Origin(%q): got %q, want %q", test.url, got, test.want)
		}
	}
}

func TestSameOrigin(t *testing.T) {
	const home = "https://api.example.com/v1"
	tests := []struct {
		url  string
		want bool
	}{
		{"https://api.example.com:443/other", true},
		{"https://API.EXAMPLE.COM", true},
		{"http://api.example.com/", false},
		{"https://api.example.com:8443/", false},
		{"https://a.api.example.com/", false},
		{"https://example.com/", false},
		{"https://api.example.com./", false},
		{"https://api.example.com@evil.example.net/", false},
		{"/v1", false},
	}
	for _, test := range tests {
		if got := lro.SameOrigin(home, test.url); got != test.want {
			t.Errorf("SameOrigin(%q, %q): got %v, want %v", home, test.url, got, test.want)
		}
	}
	if lro.SameOrigin("", "") {
		t.Error("nothing has the same origin as nothing")
	}
}
