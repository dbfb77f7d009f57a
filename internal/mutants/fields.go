package mutants

import (
	"bytes"
	"fmt"
	"net/http"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"github.com/asyncctl/asyncctl/conformance"
)

// fieldMutants spoil fields and members that clients rely on without looking.
var fieldMutants = []mutant{
	{
		name: "content-type-twice", summary: "the gateway adds a second Content-Type",
		breaks: []string{"field-lines-once"},
		wrap: rewrite(func(r *http.Request, a *reply) {
			if polls(r) && len(a.body) > 0 {
				a.header["Content-Type"] = append(a.header["Content-Type"], "application/json; charset=utf-8")
			}
		}),
	},
	{
		name: "token-in-location", summary: "the Location repeats the token of the submit",
		breaks: []string{"no-credentials-in-urls"}, suite: withCredentials,
		wrap: func(mock http.Handler) http.Handler {
			return guard(challenge)(rewrite(func(r *http.Request, a *reply) {
				if accepted(r, a) {
					a.header.Set("Location", a.header.Get("Location")+"?access_token="+strings.TrimPrefix(token, "Bearer "))
				}
			})(unquestioned(mock)))
		},
	},
	{
		name: "cors-hidden", summary: "browsers may read the 202 on other sites, but not its Location",
		breaks: []string{"cors-exposes-headers"},
		wrap: rewrite(func(_ *http.Request, a *reply) {
			a.header.Set("Access-Control-Allow-Origin", "*")
		}),
	},
	{
		name: "status-aged", summary: "a cache hands out a status of two minutes ago",
		breaks: []string{"status-not-from-cache"},
		wrap: rewrite(func(r *http.Request, a *reply) {
			if polls(r) && a.status == http.StatusOK {
				a.header.Set("Age", "120")
			}
		}),
	},
	{
		name: "etag-bare", summary: "the ETag has no quotes",
		breaks: []string{"conditional-get"},
		wrap: rewrite(func(r *http.Request, a *reply) {
			if tag := a.header.Get("Etag"); tag != "" {
				a.header.Set("Etag", strings.Trim(tag, `"`))
			}
		}),
	},
	{
		name: "id-changes", summary: "the status document has another id in each answer",
		breaks: []string{"operation-id-stable"},
		wrap: func(mock http.Handler) http.Handler {
			var n atomic.Int64
			return rewrite(func(r *http.Request, a *reply) {
				if polls(r) && a.status == http.StatusOK && strings.HasPrefix(string(a.body), "{") {
					a.header.Del("Etag")
					a.header.Del("Content-Length")
					a.body = []byte(fmt.Sprintf(`{"operationId":"attempt-%d",%s`, n.Add(1), a.body[1:]))
				}
			})(mock)
		},
	},
	{
		name: "member-twice", summary: "the status document has the member status twice",
		breaks: []string{"content-type-declared"},
		wrap: rewrite(func(r *http.Request, a *reply) {
			if polls(r) && a.status == http.StatusOK && strings.HasPrefix(string(a.body), `{"`) {
				a.replace(`"status":"Running"`, `"status":"Running","status":"Running"`)
			}
		}),
	},
	{
		name: "error-trace", summary: "a 404 shows a stack trace",
		breaks: []string{"error-explained"},
		wrap: rewrite(func(_ *http.Request, a *reply) {
			if a.status == http.StatusNotFound {
				a.json(a.status, "")
				a.header.Set("Content-Type", "text/plain")
				a.body = []byte("Traceback (most recent call last):\n  File \"/srv/app.py\", line 3, in get\nKeyError: 7\n")
			}
		}),
	},
	{
		name: "progress-share", summary: "percentComplete is a share of 1",
		breaks: []string{"progress-sane"},
		wrap: rewrite(func(r *http.Request, a *reply) {
			if polls(r) && a.status == http.StatusOK && !bytes.Contains(a.body, []byte("Cancelled")) {
				a.json(a.status, `{"status":"Running","percentComplete":0.5}`)
				a.header.Set("Retry-After", "1")
			}
		}),
	},
	{
		name: "state-translated", summary: "the state is a word of another language",
		breaks: []string{"state-recognisable"},
		wrap: rewrite(func(r *http.Request, a *reply) {
			if polls(r) && a.status == http.StatusOK {
				a.json(a.status, `{"status":"Läuft","percentComplete":50}`)
				a.header.Set("Retry-After", "1")
			}
		}),
	},
}

// steadyMutants answer late, or not at all, or change an operation that nobody cancelled.
var steadyMutants = []mutant{
	{
		name: "slow-ends", summary: "a poll of an operation that is over takes two and a half seconds",
		breaks: []string{"status-answers-promptly"},
		wrap: rewrite(func(r *http.Request, a *reply) {
			if polls(r) && (a.status == http.StatusSeeOther || a.status == http.StatusUnprocessableEntity) {
				time.Sleep(2500 * time.Millisecond)
			}
		}),
	},
	{
		name: "drops-polls", summary: "every fourth poll gets no answer",
		breaks: []string{"requests-answered"},
		target: func(t *conformance.Target, _ string) { t.Burst = false },
		wrap: func(mock http.Handler) http.Handler {
			var n atomic.Int64
			return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
				if polls(r) && n.Add(1)%4 == 0 {
					if conn, _, err := w.(http.Hijacker).Hijack(); err == nil {
						conn.Close()
						return
					}
				}
				mock.ServeHTTP(w, r)
			})
		},
	},
	{
		name: "head-cancels", summary: "HEAD cancels the operation",
		breaks: []string{"head-no-content"}, wrap: cancelledBy(http.MethodHead),
	},
	{
		name: "put-cancels", summary: "PUT is refused with 405, and cancels the operation all the same",
		breaks: []string{"method-not-allowed-allow"}, wrap: cancelledBy(http.MethodPut),
	},
}

// cancelledBy makes a method cancel the operation.
func cancelledBy(method string) func(http.Handler) http.Handler {
	return func(mock http.Handler) http.Handler {
		var mu sync.Mutex
		cancelled := map[string]bool{}
		return rewrite(func(r *http.Request, a *reply) {
			if !ofStatus(r) {
				return
			}
			mu.Lock()
			defer mu.Unlock()
			switch {
			case r.Method == method && a.status != http.StatusNotFound:
				cancelled[r.URL.Path] = true
			case r.Method == http.MethodGet && cancelled[r.URL.Path]:
				a.json(http.StatusOK, `{"status":"Cancelled"}`)
			}
		})(mock)
	}
}

// unquestioned takes the query from polls.
func unquestioned(mock http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if ofStatus(r) {
			r.URL.RawQuery = ""
		}
		mock.ServeHTTP(w, r)
	})
}
