package show_test

import (
	"maps"
	"net/http"
	"slices"
	"testing"

	"github.com/asyncctl/asyncctl/internal/show"
)

func TestField(t *testing.T) {
	tests := []struct{ name, value, want string }{
		{"Content-Type", "application/json", "application/json"},
		{"content-type", "application/json", "application/json"},
		{"ETag", `"1"`, `"1"`},
		{"Retry-After", "5", "5"},
		{"Authorization", "Bearer abc", "Bearer REDACTED"},
		{"authorization", "bearer abc def", "bearer REDACTED"},
		{"Authorization", "abc", "REDACTED"},
		{"Authorization", "abc def", "REDACTED"}, // the first word may be the secret
		{"Proxy-Authorization", "Basic abc", "Basic REDACTED"},
		{"X-Custom", "abc", "REDACTED"},
		{"X-Pass", "Bearer abc", "REDACTED"},
		{"Credential", "abc", "REDACTED"},
		{"X-Custom", "", ""},
		{"Cookie", "a=1; session=abc", "a=REDACTED; session=REDACTED"},
		{"Cookie", "abc", "REDACTED"},
		{"Set-Cookie", "session=abc; Path=/; Secure", "session=REDACTED"},
		{"Location", "/s?TOKEN", "/s?REDACTED"},
		{"Operation-Location", "https://u:p@h/s?sig=a&api-version=1", "https://REDACTED@h/s?sig=REDACTED&api-version=1"},
		{"Link", `</s?t=abc>; rel="monitor", <https://u:p@h/>; rel=next`, `</s?t=REDACTED>; rel="monitor", <https://REDACTED@h/>; rel=next`},
		{"Link", `</s?t=abc`, `</s?t=REDACTED`},
	}
	for _, test := range tests {
		if got := show.Field(test.name, test.value); got != test.want {
			t.Errorf("Field(%q, %q): got %q, want %q", test.name, test.value, got, test.want)
		}
	}
}

func TestHeader(t *testing.T) {
	h := http.Header{"X-Key": {"abc", "def"}, "Accept": {"*/*"}}
	got := show.Header(h)
	want := http.Header{"X-Key": {"REDACTED", "REDACTED"}, "Accept": {"*/*"}}
	if !maps.EqualFunc(got, want, slices.Equal[[]string]) {
		t.Errorf("got %v, want %v", got, want)
	}
	if h.Get("X-Key") != "abc" {
		t.Error("the header itself was changed")
	}
}
