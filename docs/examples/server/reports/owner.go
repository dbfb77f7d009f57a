package reports

import (
	"context"
	"crypto/sha256"
	"crypto/subtle"
	"net/http"
	"strings"
)

type ownerKey struct{}

// owner is who sent the request; empty where there are no tokens.
func owner(r *http.Request) string {
	name, _ := r.Context().Value(ownerKey{}).(string)
	return name
}

// authorize finds out who is asking, before anything of the request is used.
func (a *API) authorize(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		// An operation belongs to one owner and changes: no cache may keep what is said of it.
		w.Header().Set("Cache-Control", "no-store")
		w.Header().Set("X-Content-Type-Options", "nosniff")
		if len(a.Tokens) == 0 || r.URL.Path == "/healthz" {
			next.ServeHTTP(w, r)
			return
		}
		name, ok := a.lookUp(r.Header.Get("Authorization"))
		if !ok {
			// RFC 9110, section 11.6.1: a 401 names what would be accepted.
			w.Header().Set("WWW-Authenticate", `Bearer realm="reports"`)
			refuse(w, r, http.StatusUnauthorized, "unauthorized", "a bearer token is needed")
			return
		}
		next.ServeHTTP(w, r.WithContext(context.WithValue(r.Context(), ownerKey{}, name)))
	})
}

// lookUp compares digests with every token, so that the time that it takes tells nothing of them.
func (a *API) lookUp(field string) (name string, ok bool) {
	scheme, token, _ := strings.Cut(field, " ")
	if !strings.EqualFold(scheme, "Bearer") || token == "" {
		return "", false
	}
	given := sha256.Sum256([]byte(token))
	for t, n := range a.Tokens {
		known := sha256.Sum256([]byte(t))
		if subtle.ConstantTimeCompare(given[:], known[:]) == 1 {
			name, ok = n, true
		}
	}
	return name, ok
}
