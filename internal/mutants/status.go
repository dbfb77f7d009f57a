package mutants

import (
	"fmt"
	"net/http"
	"strings"
	"sync"
	"time"

	"github.com/asyncctl/asyncctl/mockserver"
)

const running = `{"status":"Running","percentComplete":50}`

// statusMutants spoil what the status URL answers while the operation goes on.
var statusMutants = []mutant{
	{
		name: "status-never", summary: "the status URL answers 404, always",
		breaks: []string{"status-url-resolves", "pending-200"},
		faults: []mockserver.Fault{{Name: "status-404", From: 1}},
	},
	{
		name: "status-until-done", summary: "the status URL answers 404 until the operation is over",
		breaks: []string{"pending-200", "status-immediately-readable"},
		wrap: rewrite(func(r *http.Request, a *reply) {
			if polls(r) && a.status == http.StatusOK {
				a.json(http.StatusNotFound, `{"error":{"code":"NotFound","message":"not yet"}}`)
			}
		}),
	},
	{
		name: "status-number", summary: "the state is a number",
		breaks: []string{"state-recognisable"},
		wrap: rewrite(func(r *http.Request, a *reply) {
			if polls(r) && a.status == http.StatusOK {
				a.json(a.status, `{"status":2}`)
				a.header.Set("Retry-After", "1")
			}
		}),
	},
	{
		name: "polls-drive", summary: "the work goes on with every poll, not with time", query: "polls=15",
		breaks: []string{"polling-safe"},
		wrap: func(mock http.Handler) http.Handler {
			return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
				r.URL.RawQuery = strings.Replace(r.URL.RawQuery, "duration=4s", "duration=1ms", 1)
				mock.ServeHTTP(w, r)
			})
		},
	},
	{
		name: "end-consumed", summary: "the end is reported once, and then the status URL answers 404",
		breaks: []string{"polling-safe", "completion-repeatable", "retained-window", "failure-persistent"},
		wrap:   consumed,
	},
	{
		name: "head-content", summary: "content follows the answer to HEAD",
		breaks: []string{"head-no-content"},
		wrap: func(mock http.Handler) http.Handler {
			return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
				if r.Method != http.MethodHead {
					mock.ServeHTTP(w, r)
					return
				}
				conn, _, err := w.(http.Hijacker).Hijack()
				if err != nil {
					return
				}
				defer conn.Close()
				fmt.Fprintf(conn, "HTTP/1.1 200 OK\r\nDate: %s\r\nContent-Type: application/json\r\nContent-Length: %d\r\n\r\n%s",
					time.Now().UTC().Format(http.TimeFormat), len(running), running)
			})
		},
	},
	{
		name: "head-405", summary: "HEAD is answered with 405",
		breaks: []string{"head-no-content"},
		wrap: rewrite(func(r *http.Request, a *reply) {
			if r.Method == http.MethodHead {
				a.json(http.StatusMethodNotAllowed, "")
				a.header.Set("Allow", "GET, DELETE")
			}
		}),
	},
	{
		name: "unknown-runs", summary: "an id that does not exist runs for ever, as in the reference sample of the pattern",
		breaks: []string{"unknown-id-404"},
		wrap: rewrite(func(r *http.Request, a *reply) {
			if polls(r) && a.status == http.StatusNotFound {
				a.json(http.StatusOK, `{"status":"In progress"}`)
			}
		}),
	},
	{
		name: "cacheable", summary: "the status has no Cache-Control",
		breaks: []string{"explicit-cache-control"},
		wrap: rewrite(func(r *http.Request, a *reply) {
			if ofStatus(r) {
				a.header.Del("Cache-Control")
			}
		}),
	},
	{
		name: "expires-tomorrow", summary: "the status has Expires for its retention, and no Cache-Control",
		breaks: []string{"explicit-cache-control", "expires-neutralised"},
		wrap: rewrite(func(r *http.Request, a *reply) {
			if ofStatus(r) {
				a.header.Del("Cache-Control")
				a.header.Set("Expires", time.Now().Add(24*time.Hour).UTC().Format(http.TimeFormat))
			}
		}),
	},
	{
		name: "etag-constant", summary: "the ETag of a status never changes, and 304 comes before the end is looked at",
		breaks: []string{"conditional-get"},
		wrap: rewrite(func(r *http.Request, a *reply) {
			if !polls(r) || a.status >= 400 {
				return
			}
			if r.Header.Get("If-None-Match") == `"1"` {
				a.empty()
				a.header.Del("Location")
				a.status = http.StatusNotModified
			}
			a.header.Set("Etag", `"1"`)
		}),
	},
	{
		name: "no-date", summary: "there is no Date",
		breaks: []string{"date-header"},
		wrap: rewrite(func(_ *http.Request, a *reply) {
			a.header["Date"] = nil
		}),
	},
	{
		name: "no-allow", summary: "a 405 has no Allow",
		breaks: []string{"method-not-allowed-allow", "allow-with-405"},
		wrap: rewrite(func(_ *http.Request, a *reply) {
			a.header.Del("Allow")
		}),
	},
	{
		name: "errors-empty", summary: "404 and 405 have no content",
		breaks: []string{"error-explained"},
		wrap: rewrite(func(_ *http.Request, a *reply) {
			if a.status == http.StatusNotFound || a.status == http.StatusMethodNotAllowed {
				a.empty()
			}
		}),
	},
	{
		name: "problem-text", summary: "the member status of problem details is a string",
		breaks: []string{"problem-status-matches"},
		wrap: rewrite(func(_ *http.Request, a *reply) {
			if a.status >= 400 {
				a.replace(fmt.Sprintf(`"status":%d`, a.status), fmt.Sprintf(`"status":"%d"`, a.status))
			}
		}),
	},
}

// consumed forgets an operation when its end was told.
func consumed(mock http.Handler) http.Handler {
	var mu sync.Mutex
	told := map[string]bool{}
	return rewrite(func(r *http.Request, a *reply) {
		if !polls(r) || a.status == http.StatusOK || a.status == http.StatusNotModified {
			return
		}
		mu.Lock()
		defer mu.Unlock()
		if told[r.URL.Path] {
			a.json(http.StatusNotFound, `{"error":{"code":"NotFound","message":"there is no such operation"}}`)
		}
		told[r.URL.Path] = true
	})(mock)
}
