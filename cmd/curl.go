package cmd

import (
	"fmt"
	"maps"
	"net/http"
	"slices"
	"strings"
	"time"

	"github.com/asyncctl/asyncctl/cmd/internal/render"
	"github.com/asyncctl/asyncctl/poller"
	"github.com/asyncctl/asyncctl/poller/lro"
)

// plain lists the header fields whose values may be shown; every other value may be a secret.
var plain = []string{"Accept", "Content-Type", "Prefer", "User-Agent", "Idempotency-Key", "Content-Encoding", "Accept-Language", "If-Match", "If-None-Match"}

// visible returns a header's value as it may be shown.
func visible(name, value string) string {
	if slices.Contains(plain, name) {
		return value
	}
	return "REDACTED"
}

// curlCommand returns the curl command for a request. Values that may be secrets are left out, and a
// large or binary content is named and not shown.
func curlCommand(req lro.Request, always http.Header, credentials bool) string {
	parts := []string{"curl", "-i", "-X", req.Method}
	headers := always.Clone()
	maps.Copy(headers, req.Header)
	for _, name := range slices.Sorted(maps.Keys(headers)) {
		for _, value := range headers[name] {
			parts = append(parts, "-H", shellQuote(name+": "+visible(name, value)))
		}
	}
	if credentials {
		parts = append(parts, "-H", shellQuote("Authorization: REDACTED"))
	}
	switch text := string(req.Body); {
	case len(req.Body) == 0:
	case len(req.Body) > 4096 || render.CleanText(text) != text:
		parts = append(parts, "--data-binary", fmt.Sprintf("@content # %d bytes", len(req.Body)))
	default:
		parts = append(parts, "--data-raw", shellQuote(text))
	}
	url := shellQuote(poller.Redact(req.URL))
	return strings.Join(append(parts[:1:1], append([]string{url}, parts[1:]...)...), " ")
}

// schedule describes when the polls will be if the server never says when to come back.
func schedule(p lro.Pace, timeout deadline) string {
	var b strings.Builder
	first, last := time.Duration(0), time.Duration(0)
	limit := timeout.after
	if timeout.none {
		limit = time.Hour
	}
	fmt.Fprintf(&b, "polls, if the server does not say when to come back (Retry-After is kept to, always):\n")
	n := 0
	for ; n < 100000; n++ {
		op := lro.Operation{Phase: lro.Polling, Polls: n}
		start := time.Unix(0, 0)
		first += p.Due(op, start, 0).Sub(start)
		last += p.Due(op, start, 0.999999).Sub(start)
		if (first+last)/2 > limit {
			break
		}
		if n < 8 {
			fmt.Fprintf(&b, "  %2d  after %s to %s\n", n+1, render.Duration(first), render.Duration(last))
		}
	}
	bound := "in the first hour"
	if !timeout.none {
		bound = "until the deadline of " + timeout.String()
	}
	fmt.Fprintf(&b, "about %s %s", render.Count(n, "poll"), bound)
	return b.String()
}

// rehearse prints what a submit would do, and sends nothing.
func (s *submitCommand) rehearse(req lro.Request) {
	fmt.Fprintf(s.w.Stdout, "%s\n", curlCommand(req, s.client.Header, s.client.Credentials != nil))
	if s.printCurl {
		return
	}
	again := "never, once it may have been taken: it has no Idempotency-Key"
	if req.Header.Get("Idempotency-Key") != "" || slices.Contains([]string{"GET", "HEAD", "PUT", "DELETE"}, req.Method) {
		again = fmt.Sprintf("up to %d times", max(0, orDefault(s.retry, 3)))
	}
	fmt.Fprintf(s.w.Stdout, "\nsent again after a failure: %s\n", again)
	trusted := append([]string{lro.Origin(req.URL)}, s.client.Policy.Trust...)
	fmt.Fprintf(s.w.Stdout, "headers and credentials go to: %s\n", strings.Join(trusted, ", "))
	fmt.Fprintln(s.w.Stdout, schedule(s.client.Pace, s.wait.timeout))
}

func orDefault(n, fallback int) int {
	if n == 0 {
		return fallback
	}
	return n
}
