package reach_test

import (
	"testing"

	"github.com/asyncctl/asyncctl/internal/reach"
	"github.com/asyncctl/asyncctl/poller/lro"
)

func TestOrigin(t *testing.T) {
	tests := []struct{ url, want string }{
		{"https://api.example.com/v1?x#y", "https://api.example.com"},
		{"https://API.Example.COM:443/", "https://api.example.com"},
		{"HTTP://h:80", "http://h"},
		{"http://h:443", "http://h:443"},
		{"https://h:80", "https://h:80"},
		{"https://h:", "https://h"},
		{"https://u:p@h/", "https://h"},
		{"https://h@evil.example/", "https://evil.example"},
		{"https://[2001:DB8::1]:8443/", "https://[2001:db8::1]:8443"},
		{"https://[::1]/", "https://[::1]"},
		{"https://h./", "https://h."},
		{"https://bücher.example/", "https://bücher.example"},
		{"https://xn--bcher-kva.example/", "https://xn--bcher-kva.example"},
		{"https://\u212Aelvin.example/", "https://\u212Aelvin.example"},
		{"ftp://h/", ""}, {"//h/", ""}, {"/v1", ""}, {"https:///v1", ""}, {"https://a b/", ""}, {"https:h", ""},
		{"https://h:port/", ""}, {"", ""},
	}
	for _, test := range tests {
		if got := reach.Origin(test.url); got != test.want {
			t.Errorf("Origin(%q): got %q, want %q", test.url, got, test.want)
		}
		// The fold has its own, without allocation and without this room: they must agree.
		if got := lro.Origin(test.url); got != test.want {
			t.Errorf("lro.Origin(%q): got %q, want %q", test.url, got, test.want)
		}
	}
	stricter := []struct{ url, want string }{{"https://h:0443/", "https://h"}, {"http://h:08080/", "http://h:8080"}, {"http://h:65536/", ""}, {"http://h:65535/", "http://h:65535"}, {"https://:443/", ""}}
	for _, test := range stricter {
		if got := reach.Origin(test.url); got != test.want {
			t.Errorf("Origin(%q): got %q, want %q", test.url, got, test.want)
		}
	}
}

// FuzzOrigin checks that an origin is its own, and that nothing of a URL but its authority makes a
// difference.
func FuzzOrigin(f *testing.F) {
	for _, seed := range []string{"https://u:p@H:443/x?y#z", "http://[::1]:80", "https://a\\@b/", "http://a:1@b:2/"} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, url string) {
		origin := reach.Origin(url)
		if origin == "" {
			return
		}
		if again := reach.Origin(origin); again != origin {
			t.Errorf("the origin of %q is %q, whose origin is %q", url, origin, again)
		}
		if !reach.Same(url, origin+"/path?query") {
			t.Errorf("%q is not of its own origin %q", url, origin)
		}
	})
}

func TestSame(t *testing.T) {
	const home = "https://api.example.com/v1"
	tests := []struct {
		url  string
		want bool
	}{
		{"https://api.example.com:443/other", true}, {"https://API.EXAMPLE.COM", true}, {"http://api.example.com/", false},
		{"https://api.example.com:8443/", false}, {"https://a.api.example.com/", false}, {"https://example.com/", false},
		{"https://api.example.com./", false}, {"https://api.example.com@evil.example/", false}, {"/v1", false},
	}
	for _, test := range tests {
		if got := reach.Same(home, test.url); got != test.want {
			t.Errorf("Same(%q, %q): got %v, want %v", home, test.url, got, test.want)
		}
	}
	if reach.Same("", "") {
		t.Error("nothing has the same origin as nothing")
	}
}

func TestLocal(t *testing.T) {
	tests := []struct {
		url  string
		want bool
	}{
		{"http://localhost:1/", true}, {"http://LOCALHOST./", true}, {"http://a.localhost/", true}, {"http://127.9.9.9/", true}, {"http://[::1]/", true},
		{"http://[::ffff:127.0.0.1]/", true}, {"http://0.0.0.0/", true}, {"http://notlocalhost/", false}, {"http://10.0.0.1/", false}, {"http://localhost.example/", false}, {"::", false},
	}
	for _, test := range tests {
		if got := reach.Local(test.url); got != test.want {
			t.Errorf("Local(%q): got %v, want %v", test.url, got, test.want)
		}
	}
}
