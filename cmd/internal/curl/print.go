package curl

import (
	"fmt"
	"maps"
	"net/http"
	"slices"
	"strings"

	"github.com/asyncctl/asyncctl/cmd/internal/render"
	"github.com/asyncctl/asyncctl/internal/show"
	"github.com/asyncctl/asyncctl/poller/lro"
)

// plain lists the header fields whose values may be shown; every other value may be a secret.
var plain = []string{"Accept", "Content-Type", "Prefer", "User-Agent", "Idempotency-Key", "Content-Encoding", "Accept-Language", "If-Match", "If-None-Match"}

// visible returns a header's value as it may be shown.
func visible(name, value string) string {
	if slices.Contains(plain, http.CanonicalHeaderKey(name)) {
		return value
	}
	return "REDACTED"
}

// maxShown bounds a content that is shown.
const maxShown = 4096

// Command returns the curl command for a request that carries the header always too, and credentials
// if they are asked for when it is sent. Values that may be secrets are left out, and a large or
// binary content is named and not shown.
func Command(req lro.Request, always http.Header, credentials bool) string {
	parts := []string{"curl", Quote(show.URL(req.URL)), "-i", "-X", Quote(req.Method)}
	headers := http.Header{}
	maps.Copy(headers, always)
	maps.Copy(headers, req.Header)
	if credentials {
		headers.Set("Authorization", "") // it takes the place of any other
	}
	for _, name := range slices.Sorted(maps.Keys(headers)) {
		for _, value := range headers[name] {
			parts = append(parts, "-H", Quote(name+": "+visible(name, value)))
		}
	}
	switch text := string(req.Body); {
	case len(req.Body) == 0:
	case len(req.Body) > maxShown || render.CleanText(text) != text:
		parts = append(parts, "--data-binary", fmt.Sprintf("@content # %d bytes", len(req.Body)))
	default:
		parts = append(parts, "--data-raw", Quote(text))
	}
	return strings.Join(parts, " ")
}

// harmless are the characters that mean themselves in a shell.
const harmless = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_./:=@%+,"

// Quote returns a text as one word for a POSIX shell.
func Quote(s string) string {
	if s != "" && strings.Trim(s, harmless) == "" {
		return s
	}
	return "'" + strings.ReplaceAll(s, "'", `'\''`) + "'"
}
