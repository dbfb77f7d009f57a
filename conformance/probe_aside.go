package conformance

import (
	"math/rand/v2"
	"net/http"
	"net/url"
	"strings"
)

// probeAside asks a status URL what no client that merely waits asks: HEAD and then GET on the same
// connection, PUT, PATCH, and GET with the validator of an older answer. About the same operation the
// probes unknown and auth ask.
func (r *run) probeAside() {
	v, cancel := r.talk(ProbeAside)
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
	v.ask(RoleHead, http.MethodHead, status, nil, owner)
	v.ask(RoleAfterHead, http.MethodGet, status, nil, owner)
	v.ask(RolePut, http.MethodPut, status, nil, owner)
	v.ask(RolePatch, http.MethodPatch, status, nil, owner)
	match := http.Header{"If-None-Match": {tag}}
	if tag != "" {
		v.ask(RoleMatch, http.MethodGet, status, match, owner)
	}
	if r.wanted(ProbeUnknown) {
		r.probeUnknown(status)
	}
	if r.wanted(ProbeAuth) && r.hasCredentials() {
		r.probeAuth(status)
	}
	v.follow()
	if tag != "" && over(v.op) {
		v.ask(RoleMatch, http.MethodGet, status, match, owner)
	}
}

// probeUnknown asks for a status URL that was given to nobody. It sends DELETE only if GET says that
// there is nothing.
func (r *run) probeUnknown(status string) {
	unknown := r.target.Unknown
	if unknown == "" {
		unknown = another(status)
	}
	if unknown == "" {
		return
	}
	v, cancel := r.talk(ProbeUnknown)
	defer cancel()
	defer v.end()
	r.begin(ProbeUnknown, purposeOf(ProbeUnknown))
	v.ask(RoleUnknown, http.MethodGet, unknown, nil, owner)
	if n := len(v.t.Exchanges); n > 0 {
		switch v.t.Exchanges[n-1].Response.Status {
		case http.StatusNotFound, http.StatusGone:
			v.ask(RoleUnknownCancel, http.MethodDelete, unknown, nil, owner)
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

// scramble replaces digits by digits and letters by letters, so that hexadecimal stays hexadecimal,
// but what stands after a "%", which is one octet's name, and the version of a UUID.
func scramble(id string) string {
	out := []byte(id)
	uuid := len(id) == 36 && strings.Count(id, "-") == 4
	for i, c := range out {
		switch {
		case i > 0 && out[i-1] == '%', i > 1 && out[i-2] == '%', uuid && (i == 14 || i == 19):
		case c >= '0' && c <= '9':
			out[i] = byte('0' + rand.IntN(10))
		case c >= 'a' && c <= 'f':
			out[i] = byte('a' + rand.IntN(6))
		case c >= 'A' && c <= 'F':
			out[i] = byte('A' + rand.IntN(6))
		case c >= 'g' && c <= 'z':
			out[i] = byte('g' + rand.IntN(20))
		case c >= 'G' && c <= 'Z':
			out[i] = byte('G' + rand.IntN(20))
		}
	}
	return string(out)
}

// hasCredentials says whether there is anything that a request could leave out.
func (r *run) hasCredentials() bool {
	return len(r.s.Credentials) > 0 || len(secretsOf(r.s.Header)) > 0 || len(secretsOf(r.target.Slow.Header)) > 0
}

// probeAuth asks for a status without credentials, and with those of another identity; and it
// submits without them.
func (r *run) probeAuth(status string) {
	v, cancel := r.talk(ProbeAuth)
	defer cancel()
	defer v.end()
	r.begin(ProbeAuth, purposeOf(ProbeAuth))
	v.ask(RoleBare, http.MethodGet, status, nil, anonymous)
	if len(r.s.Other) > 0 {
		v.ask(RoleOther, http.MethodGet, status, nil, stranger)
	}
	v.r.bareSubmit(v)
}
