package lro

import "testing"

// FuzzPlainURLs compares what is recognised with what the parser makes of it.
func FuzzPlainURLs(f *testing.F) {
	for _, seed := range [][2]string{
		{"http://127.0.0.1:8080/v1/jobs?x=1", "/v1/status/7"},
		{"https://api.example.com", "/s?job=1&v=2"},
		{"https://api.example.com:443/", "/s"},
		{"http://api.example.com:080/a", "//other.example.net/s"},
		{"http://u:1@api.example.com/", "/a/../b"},
		{"http://API.example.com/", "/a/./b"},
		{"https://login.example.com/x", "/oauth2/authorize"},
		{"http://a/b?c=/d", "/e?f=/../g"},
		{"http://a?b", "/c?"},
		{"http://a/%zz", "/%41"},
	} {
		f.Add(seed[0], seed[1])
	}
	f.Fuzz(func(t *testing.T, base, ref string) {
		if n := plainOrigin(base); n > 0 && base[:n] != parsedOrigin(base) {
			t.Errorf("%q has the origin %q, parsed %q", base, base[:n], parsedOrigin(base))
		}
		if ref == "" {
			return
		}
		if got, ok := plainResolve(base, ref); ok {
			want, err := parsedResolve(base, ref)
			if err != nil || got != want {
				t.Errorf("%q from %q is %q, parsed %q, %v", ref, base, got, want, err)
			}
		}
		if plainOrigin(base) > 0 && plainLogin(base) != parsedLogin(base) {
			t.Errorf("%q: to log in %v, parsed %v", base, plainLogin(base), parsedLogin(base))
		}
	})
}

// TestPlainURLsDoNotAllocate is why they are told apart.
func TestPlainURLsDoNotAllocate(t *testing.T) {
	const a, b = "http://127.0.0.1:8080/v1/jobs?x=1", "http://127.0.0.1:8080/v1/status/7"
	if n := testing.AllocsPerRun(100, func() {
		if !SameOrigin(a, b) || loginPath(b) {
			t.Error("wrong")
		}
	}); n != 0 {
		t.Errorf("%v allocations", n)
	}
	if n := testing.AllocsPerRun(100, func() { _, _ = Resolve(a, "/v1/status/7") }); n > 1 {
		t.Errorf("%v allocations to resolve a path", n)
	}
}
