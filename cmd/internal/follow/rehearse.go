package follow

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/asyncctl/asyncctl/cmd/internal/curl"
	"github.com/asyncctl/asyncctl/cmd/internal/render"
	"github.com/asyncctl/asyncctl/poller/lro"
)

// schedule describes when the polls will be if the server never says when to come back.
func schedule(p lro.Pace, timeout Deadline) string {
	var b strings.Builder
	first, last := time.Duration(0), time.Duration(0)
	limit := timeout.after
	if timeout.None {
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
	if !timeout.None {
		bound = "until the deadline of " + timeout.String()
	}
	fmt.Fprintf(&b, "about %s %s", render.Count(n, "poll"), bound)
	return b.String()
}

// rehearse prints what a submit would do, and sends nothing.
func (s *Submit) rehearse(req lro.Request) {
	command, hidden := curl.Command(req, s.client.Header, s.client.Credentials != nil)
	fmt.Fprintln(s.World.Stdout, command)
	if len(hidden) > 0 {
		fmt.Fprintf(s.World.Stderr, "note: to fill in: %s\n", render.Clean(strings.Join(hidden, ", ")))
	}
	if s.PrintCurl {
		return
	}
	again := "never, once it may have been taken: it has no Idempotency-Key"
	if req.Header.Get("Idempotency-Key") != "" || slices.Contains([]string{"GET", "HEAD", "PUT", "DELETE"}, req.Method) {
		again = fmt.Sprintf("up to %d times", max(0, orDefault(s.Retry, 3)))
	}
	fmt.Fprintf(s.World.Stdout, "\nsent again after a failure: %s\n", again)
	trusted := append([]string{lro.Origin(req.URL)}, s.client.Policy.Trust...)
	fmt.Fprintf(s.World.Stdout, "headers and credentials go to: %s\n", strings.Join(trusted, ", "))
	fmt.Fprintln(s.World.Stdout, schedule(s.client.Pace, s.Waiting.Timeout))
}

func orDefault(n, fallback int) int {
	if n == 0 {
		return fallback
	}
	return n
}
