package mockserver

import (
	"embed"
	"net/http"
)

// page is the live view for people: static files that ask the admin API.
//
//go:embed page/index.html page/style.css page/page.js
var page embed.FS

// pagePolicy lets the page load what comes with it, and ask its own origin;
// nothing else (Content Security Policy, level 3).
const pagePolicy = "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; img-src data:; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"

// pageFiles are its paths.
var pageFiles = map[string]struct{ name, contentType string }{
	"/{$}":                    {"page/index.html", "text/html; charset=utf-8"},
	AdminPrefix + "{$}":       {"page/index.html", "text/html; charset=utf-8"},
	AdminPrefix + "style.css": {"page/style.css", "text/css; charset=utf-8"},
	AdminPrefix + "page.js":   {"page/page.js", "text/javascript; charset=utf-8"},
}

// servePage adds the page to a mux. It holds nothing of the server, so it is
// served without a token: it asks for one.
func servePage(mux *http.ServeMux) {
	for path, file := range pageFiles {
		text, err := page.ReadFile(file.name)
		if err != nil {
			panic(err) // it is in the binary
		}
		mux.HandleFunc("GET "+path, func(w http.ResponseWriter, _ *http.Request) {
			h := w.Header()
			h.Set("Content-Type", file.contentType)
			h.Set("Content-Security-Policy", pagePolicy)
			h.Set("X-Content-Type-Options", "nosniff")
			h.Set("Referrer-Policy", "no-referrer")
			w.Write(text) // the reader is gone if this fails
		})
	}
}
