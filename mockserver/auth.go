package mockserver

import (
	"crypto/sha256"
	"net/http"
	"strings"
	"sync"
	"time"

	"github.com/asyncctl/asyncctl/mockserver/internal/speech"
)

// An Auth asks for credentials: on every request to the [Server] but healthz,
// not on those to its other origin and its admin API. The zero value accepts
// none. Do not copy it, and set its fields before its first request.
type Auth struct {
	// Basic asks for user:password (RFC 7617) instead of a bearer token (RFC 6750).
	Basic bool
	// Accepts reports whether a credential, the token or user:password, is
	// good; nil means that none is. It may be called concurrently.
	Accepts func(credential string) bool
	// Expires is how long a credential is good for, from its first use, by the
	// clock of the server; 0 means for ever.
	Expires time.Duration

	mu    sync.Mutex
	first map[[sha256.Size]byte]time.Time // use of a credential
}

// maxCredentials bounds how many credentials are known to have been used. No
// more are accepted then.
const maxCredentials = 10_000

const authRealm = `realm="asyncctl mock"`

// check returns the challenge for a request, or nothing if it may pass.
func (a *Auth) check(r *http.Request, now time.Time) (challenge, detail string) {
	credential, given := a.credential(r)
	switch {
	case !given && a.Basic:
		// RFC 7617, section 2
		return "Basic " + authRealm + `, charset="UTF-8"`, "send Authorization: Basic, with the user and the password"
	case !given:
		// RFC 6750, section 3.1: a request that shows nothing is told no error
		return "Bearer " + authRealm, "send Authorization: Bearer TOKEN"
	case a.Accepts == nil || !a.Accepts(credential):
		return a.refusal("the credentials are not known")
	case a.expired(credential, now):
		return a.refusal("the credentials have expired: get new ones")
	}
	return "", ""
}

func (a *Auth) refusal(why string) (challenge, detail string) {
	if a.Basic {
		return "Basic " + authRealm + `, charset="UTF-8"`, why
	}
	return "Bearer " + authRealm + `, error="invalid_token", error_description="` + why + `"`, why
}

// credential is what a request shows.
func (a *Auth) credential(r *http.Request) (credential string, given bool) {
	if a.Basic {
		user, password, ok := r.BasicAuth()
		return user + ":" + password, ok
	}
	scheme, token, ok := strings.Cut(r.Header.Get("Authorization"), " ")
	// RFC 9110, section 11.1: the name of a scheme is case-insensitive.
	return strings.TrimLeft(token, " "), ok && strings.EqualFold(scheme, "Bearer")
}

// reset forgets which credentials were used.
func (a *Auth) reset() {
	a.mu.Lock()
	defer a.mu.Unlock()
	a.first = nil
}

func (a *Auth) expired(credential string, now time.Time) bool {
	if a.Expires <= 0 {
		return false
	}
	name := sha256.Sum256([]byte(credential))
	a.mu.Lock()
	defer a.mu.Unlock()
	first, used := a.first[name]
	if used {
		return now.Sub(first) >= a.Expires
	}
	if len(a.first) >= maxCredentials {
		return true
	}
	if a.first == nil {
		a.first = map[[sha256.Size]byte]time.Time{}
	}
	a.first[name] = now
	return false
}

// admit lets a request pass, or answers it with 401.
//
// RFC 9110, section 15.5.2.
func (s *Server) admit(x *speech.Exchange) bool {
	if s.Auth == nil || x.Foreign {
		return true
	}
	challenge, detail := s.Auth.check(x.R, x.Now)
	if challenge == "" {
		return true
	}
	x.W.Header().Set("WWW-Authenticate", challenge)
	x.Problem(speech.Problem{Status: http.StatusUnauthorized, Detail: detail})
	return false
}
