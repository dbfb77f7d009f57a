package mutants

import (
	"context"
	"net/http"
	"strings"
	"sync"
	"time"

	"github.com/asyncctl/asyncctl/conformance"
)

const token = "Bearer a-token-of-the-self-test"

func withCredentials(s *conformance.Suite) {
	s.Credentials = func(context.Context, bool) (http.Header, error) { return http.Header{"Authorization": {token}}, nil }
	s.Other = http.Header{"Authorization": {"Bearer a-token-of-somebody-else"}}
}

// accessMutants spoil who may ask, and how often.
var accessMutants = []mutant{
	{
		name: "auth-no-challenge", summary: "a 401 has no WWW-Authenticate",
		breaks: []string{"auth-enforced", "challenge-with-401"}, suite: withCredentials,
		wrap: guard(func(w http.ResponseWriter) {
			w.Header().Set("Content-Type", "application/json")
			w.WriteHeader(http.StatusUnauthorized)
			w.Write([]byte(`{"error":{"code":"Unauthorized","message":"who are you?"}}`))
		}),
	},
	{
		name: "auth-login", summary: "who brings no credentials is redirected to a login page",
		breaks: []string{"auth-enforced"}, suite: withCredentials,
		wrap: guard(func(w http.ResponseWriter) {
			w.Header().Set("Location", "/login?next=status")
			w.WriteHeader(http.StatusFound)
		}),
	},
	{
		name: "auth-open", summary: "the submit asks for credentials, the status does not, and ids count up",
		breaks: []string{"auth-enforced", "status-url-unguessable"}, suite: withCredentials,
		wrap: func(mock http.Handler) http.Handler {
			open, guarded := numbered(mock), http.Handler(nil)
			guarded = guard(challenge)(open)
			return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
				if polls(r) {
					open.ServeHTTP(w, r)
					return
				}
				guarded.ServeHTTP(w, r)
			})
		},
	},
	{
		name: "auth-cancel-open", summary: "an operation can be cancelled without credentials",
		breaks: []string{"auth-enforced"}, suite: withCredentials,
		wrap: unguarded(func(r *http.Request) bool { return r.Method == http.MethodDelete }),
	},
	{
		name: "auth-result-open", summary: "the result can be read without credentials",
		breaks: []string{"auth-enforced"}, suite: withCredentials,
		wrap: unguarded(func(r *http.Request) bool { return strings.HasSuffix(r.URL.Path, "/result") }),
	},
	{
		name: "throttle-403", summary: "who polls too fast is answered with 403",
		breaks: []string{"throttle-429"},
		wrap:   throttle(func(a *reply) { a.json(http.StatusForbidden, `{"error":{"code":"TooFast","message":"slow down"}}`) }),
	},
	{
		name: "throttle-no-hint", summary: "a 429 has no Retry-After",
		breaks: []string{"throttle-429"},
		wrap: throttle(func(a *reply) {
			a.json(http.StatusTooManyRequests, `{"error":{"code":"TooFast","message":"slow down"}}`)
		}),
	},
	{
		name: "broken-401", summary: "everything is answered with 401", hidden: true,
		wrap: func(http.Handler) http.Handler {
			return http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { challenge(w) })
		},
	},
	{
		name: "broken-login", summary: "everything is answered with 200 and a login page", hidden: true,
		wrap: func(http.Handler) http.Handler {
			return http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
				w.Header().Set("Content-Type", "text/html")
				w.Write([]byte("<!DOCTYPE html>\n<title>Sign in</title>\n<form action=/login><input type=password></form>\n"))
			})
		},
	},
}

// challenge refuses with 401, as it should be.
func challenge(w http.ResponseWriter) {
	w.Header().Set("WWW-Authenticate", `Bearer realm="mock"`)
	w.Header().Set("Content-Type", "application/problem+json")
	w.WriteHeader(http.StatusUnauthorized)
	w.Write([]byte(`{"type":"about:blank","title":"Unauthorized","status":401}`))
}

// guard asks for the token.
func guard(refuse func(http.ResponseWriter)) func(http.Handler) http.Handler {
	return func(mock http.Handler) http.Handler {
		return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			if r.Header.Get("Authorization") != token {
				refuse(w)
				return
			}
			mock.ServeHTTP(w, r)
		})
	}
}

// unguarded asks for the token, but for some requests.
func unguarded(open func(*http.Request) bool) func(http.Handler) http.Handler {
	return func(mock http.Handler) http.Handler {
		guarded := guard(challenge)(mock)
		return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			if open(r) {
				mock.ServeHTTP(w, r)
				return
			}
			guarded.ServeHTTP(w, r)
		})
	}
}

const (
	throttleWindow = time.Second
	throttlePolls  = 30
)

// throttle spoils polls of one operation that come too fast.
func throttle(refuse func(*reply)) func(http.Handler) http.Handler {
	return func(mock http.Handler) http.Handler {
		var mu sync.Mutex
		began, count := map[string]time.Time{}, map[string]int{}
		return rewrite(func(r *http.Request, a *reply) {
			if !polls(r) {
				return
			}
			mu.Lock()
			defer mu.Unlock()
			path := r.URL.Path
			if time.Since(began[path]) > throttleWindow {
				began[path], count[path] = time.Now(), 0
			}
			if count[path]++; count[path] > throttlePolls {
				refuse(a)
			}
		})(mock)
	}
}
