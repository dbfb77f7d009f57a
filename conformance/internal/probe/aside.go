package probe

import (
	"math/rand/v2"
	"net/http"
	"net/url"
	"strings"

	"github.com/asyncctl/asyncctl/conformance/internal/evidence"
)

// probeAside asks a status URL what no client that merely waits asks: HEAD and then GET on the same
// connection, PUT, PATCH, and GET with the validator of an older answer. About the same operation the
// probes unknown and auth ask.
func (r *run) probeAside() {
	v, cancel := r.talk(evidence.ProbeAside)
	defer cancel()
	defer v.end()
	if !v.submit(r.target.Slow, nil) {
		return
	}
	v.settle()
	if v.op.Done() {
		return
	}
	status, tag := v.op.StatusURL, v.op.ETag
	v.ask(evidence.RoleHead, http.MethodHead, status, nil, owner)
	v.ask(evidence.RoleAfterHead, http.MethodGet, status, nil, owner)
	v.ask(evidence.RolePut, http.MethodPut, status, nil, owner)
	v.ask(evidence.RolePatch, http.MethodPatch, status, nil, owner)
	match := http.Header{"If-None-Match": {tag}}
	if tag != "" {
		v.ask(evidence.RoleMatch, http.MethodGet, status, match, owner)
	}
	if r.wanted(evidence.ProbeUnknown) {
		r.probeUnknown(v)
	}
	if r.wanted(evidence.ProbeAuth) && r.hasCredentials() {
		r.probeAuth(v)
	}
	v.follow()
	if tag != "" && evidence.Over(v.op) {
		v.ask(evidence.RoleMatch, http.MethodGet, status, match, owner)
	}
}

// probeUnknown asks for a status URL that was given to nobody. It sends DELETE only if GET says that
// there is nothing.
func (r *run) probeUnknown(known *talk) {
	unknown := r.target.Unknown
	if unknown == "" {
		unknown = another(known.status)
	}
	if unknown == "" {
		return
	}
	v, cancel := r.talk(evidence.ProbeUnknown)
	v.poll = known.poll
	defer cancel()
	defer v.end()
	r.begin(evidence.ProbeUnknown, purposeOf(evidence.ProbeUnknown))
	v.ask(evidence.RoleUnknown, http.MethodGet, unknown, nil, owner)
	if n := len(v.t.Exchanges); n > 0 {
		switch v.t.Exchanges[n-1].Response.Status {
		case http.StatusNotFound, http.StatusGone:
			v.ask(evidence.RoleUnknownCancel, http.MethodDelete, unknown, nil, owner)
		}
	}
}

// another is a status URL of the same shape with another id: the longest segment of the path, with
// every digit and letter replaced by one of its kind. "" if there is nothing to replace.
func another(status string) string {
	u, err := url.Parse(status)
	if err != nil {
		return ""
	}
	segments := strings.Split(u.EscapedPath(), "/")
	at := len(segments) - 1
	for at > 0 && !hasDigit(segments[at]) {
		at--
	}
	if at <= 0 {
		at = len(segments) - 1
		if len(segments[at]) < 6 {
			return ""
		}
	}
	segments[at] = scramble(segments[at])
	u.RawPath = strings.Join(segments, "/")
	if u.Path, err = url.PathUnescape(u.RawPath); err != nil || u.String() == status {
		return ""
	}
	return u.String()
}

func hasDigit(s string) bool { return strings.ContainsAny(s, "0123456789") }

// scramble replaces digits by digits and letters by letters, so that hexadecimal stays hexadecimal. It
// leaves words alone ("operation-" in "operation-7f3a"), what stands after a "%", which is one octet's
// name, and the version of a UUID.
func scramble(id string) string {
	out := []byte(id)
	uuid := len(id) == 36 && strings.Count(id, "-") == 4
	words := strings.ContainsAny(id, "0123456789") && !uuid
	for i, c := range out {
		switch {
		case i > 0 && out[i-1] == '%', i > 1 && out[i-2] == '%', uuid && (i == 14 || i == 19):
		case words && !hasDigit(wordAt(id, i)):
		default:
			out[i] = otherOfKind(c)
		}
	}
	return string(out)
}

// wordAt is the part of an id around a place, between "-", "_", "." and the like.
func wordAt(id string, place int) string {
	between := func(r rune) bool { return strings.ContainsRune("-_.~:()',", r) }
	start := strings.LastIndexFunc(id[:place], between) + 1
	if end := strings.IndexFunc(id[place:], between); end >= 0 {
		return id[start : place+end]
	}
	return id[start:]
}

// otherOfKind is a random character of the same kind.
func otherOfKind(c byte) byte {
	for _, kind := range []struct {
		from byte
		n    int
	}{{'0', 10}, {'a', 6}, {'A', 6}, {'g', 20}, {'G', 20}} {
		if c >= kind.from && int(c) < int(kind.from)+kind.n {
			return kind.from + byte(rand.IntN(kind.n))
		}
	}
	return c
}

// hasCredentials says whether there is anything that a request could leave out.
func (r *run) hasCredentials() bool {
	return len(r.s.Credentials) > 0 || len(evidence.SecretsOf(r.s.Header)) > 0 || len(evidence.SecretsOf(r.target.Slow.Header)) > 0
}

// probeAuth asks for a status without credentials, and with those of another identity; and it
// submits without them.
func (r *run) probeAuth(known *talk) {
	v, cancel := r.talk(evidence.ProbeAuth)
	v.status, v.poll = known.status, known.poll
	defer cancel()
	defer v.end()
	r.begin(evidence.ProbeAuth, purposeOf(evidence.ProbeAuth))
	v.ask(evidence.RoleBare, http.MethodGet, v.status, nil, anonymous)
	if len(r.s.Other) > 0 {
		v.ask(evidence.RoleOther, http.MethodGet, v.status, nil, stranger)
	}
	v.r.bareSubmit(v)
}
