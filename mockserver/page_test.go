package mockserver_test

import (
	"os"
	"regexp"
	"strings"
	"testing"

	"github.com/asyncctl/asyncctl/mockserver"
)

func TestPage(t *testing.T) {
	api := (&mockserver.Server{AdminToken: "s3cret"}).Admin()
	for path, want := range map[string]string{
		"/": "text/html", admin: "text/html", admin + "style.css": "text/css", admin + "page.js": "text/javascript",
	} {
		r := do(t, api, "GET", path, "").want(t, 200)
		if !strings.HasPrefix(r.header.Get("Content-Type"), want) || !strings.HasPrefix(r.header.Get("Content-Security-Policy"), "default-src 'none'; script-src 'self'") {
			t.Errorf("%s: got %v", path, r.header)
		}
	}
	do(t, api, "GET", admin+"stats", "").want(t, 401)
}

// TestPageNeedsNobodyElse checks that the page loads nothing from elsewhere, and
// never reads a text as HTML. testdata/browser/run looks at it in a browser.
func TestPageNeedsNobodyElse(t *testing.T) {
	foreign := regexp.MustCompile(`(?:src|href|url\()\s*=?\s*["']?(https?:)?//`)
	for _, name := range []string{"index.html", "style.css", "page.js"} {
		text, err := os.ReadFile("page/" + name)
		if err != nil {
			t.Fatal(err)
		}
		if m := foreign.Find(text); m != nil {
			t.Errorf("%s loads %s", name, m)
		}
		for _, word := range []string{"innerHTML", "outerHTML", "insertAdjacentHTML", "document.write", "eval(", "@import", "onclick=\"", "<style"} {
			if strings.Contains(string(text), word) {
				t.Errorf("%s has %s", name, word)
			}
		}
	}
}
