package main

import (
	"bytes"
	"fmt"
	"maps"
	"net/http"
	"os"
	"path/filepath"
	"slices"
	"strings"
)

// kept are the header fields that a transcript shows: those that say something about an operation.
var kept = []string{
	"Allow", "Asyncresult", "Azure-Asyncoperation", "Cache-Control", "Content-Location", "Content-Type", "Etag",
	"Expires", "Location", "Operation-Location", "Preference-Applied", "Retry-After", "X-Progress",
}

// writeTranscript writes the exchanges of a row as a conversation, with a name for the server's
// address. What a reader should look at (-- want --) is left to people, but for the outcome.
func writeTranscript(dir, suite string, t *target, r row, got seen) error {
	if len(got.passed) == 0 {
		return nil
	}
	var b bytes.Buffer
	fmt.Fprintf(&b, "%s.\nSource: %s, recorded\n", strings.TrimSpace(r.name), t.version)
	if first := got.passed[0]; r.args[0] == "submit" {
		fmt.Fprintf(&b, "-- submit --\n%s %s\n", first.method, first.url)
		message(&b, first.sent, first.content)
	} else {
		fmt.Fprintf(&b, "-- resume --\n%s\n", first.url)
	}
	for _, e := range got.passed {
		fmt.Fprintf(&b, "-- reply --\nHTTP/1.1 %d %s\n", e.status, http.StatusText(e.status))
		message(&b, e.received, e.body)
	}
	fmt.Fprintf(&b, "-- want --\noutcome: %s\n", got.Outcome)
	_, host, _ := strings.Cut(t.base, "://")
	text := strings.ReplaceAll(b.String(), "http://"+host, "https://"+suite+".example")
	name := strings.Map(func(r rune) rune {
		if r >= 'a' && r <= 'z' || r >= '0' && r <= '9' {
			return r
		}
		return '-'
	}, strings.TrimSpace(strings.ToLower(r.name)))
	if err := os.MkdirAll(dir, 0o755); err != nil {
		return err
	}
	return os.WriteFile(filepath.Join(dir, suite+"-"+name+".txtar"), []byte(text), 0o644)
}

func message(b *bytes.Buffer, header http.Header, content []byte) {
	for _, name := range slices.Sorted(maps.Keys(header)) {
		if slices.Contains(kept, name) {
			for _, v := range header[name] {
				fmt.Fprintf(b, "%s: %s\n", name, v)
			}
		}
	}
	if content = bytes.TrimSpace(content); len(content) > 0 {
		fmt.Fprintf(b, "\n%s\n", content)
	}
}
