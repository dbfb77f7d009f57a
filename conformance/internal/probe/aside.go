package probe

import (
	"net/http"

	"github.com/asyncctl/asyncctl/conformance/internal/evidence"
)

// probeAside asks a status URL what no client that merely waits asks: HEAD and then GET on the same
// connection, PUT and PATCH, each with a look at what they did, and GET with the validator of an older
// answer. About the same operation the probes unknown and auth ask.
func (r *run) probeAside() {
	v := r.talk(evidence.ProbeAside)
	defer v.end()
	if !v.submit(r.target.Slow, nil) {
		return
	}
	v.settle()
	if v.op.Done() && !v.told() {
		return
	}
	tag := v.op.ETag
	status := v.status
	v.ask(evidence.RoleHead, http.MethodHead, status, nil, owner)
	v.ask(evidence.RoleAfterHead, http.MethodGet, status, nil, owner)
	for _, other := range []struct {
		method     string
		role, then evidence.Role
	}{
		{http.MethodPut, evidence.RolePut, evidence.RoleAfterPut},
		{http.MethodPatch, evidence.RolePatch, evidence.RoleAfterPatch},
	} {
		if _, asked := v.ask(other.role, other.method, status, nil, owner); asked {
			v.ask(other.then, http.MethodGet, status, nil, owner)
		}
	}
	match := http.Header{"If-None-Match": {tag}}
	if tag != "" {
		v.ask(evidence.RoleMatch, http.MethodGet, status, match, owner)
	}
	if r.wanted(evidence.ProbeUnknown) {
		r.probeUnknown(v)
	}
	auth := r.beginAuth(v)
	if r.follows(evidence.ProbeAside) || auth != nil {
		v.follow()
		v.release()
	}
	if tag != "" && evidence.Over(v.op) {
		v.ask(evidence.RoleMatch, http.MethodGet, status, match, owner)
	}
	if auth != nil {
		auth.result(v)
	}
}

// authTalk asks without credentials.
type authTalk struct {
	*talk
	refused bool // a poll without credentials was
}

// beginAuth asks for a status without credentials, and with those of another identity; where that is
// refused it tries to cancel the operation without them. And it submits without them.
func (r *run) beginAuth(known *talk) *authTalk {
	if !r.wanted(evidence.ProbeAuth) || !r.hasCredentials() {
		return nil
	}
	v := &authTalk{talk: r.talk(evidence.ProbeAuth)}
	v.start(r.s.patience())
	v.status, v.poll = known.status, known.poll
	r.begin(evidence.ProbeAuth, purposeOf(evidence.ProbeAuth))
	answer, asked := v.ask(evidence.RoleBare, http.MethodGet, v.status, nil, anonymous)
	switch answer.Status {
	case http.StatusUnauthorized, http.StatusForbidden, http.StatusNotFound:
		v.refused = asked
	}
	if len(r.s.Other) > 0 {
		v.ask(evidence.RoleOther, http.MethodGet, v.status, nil, stranger)
	}
	if cancel, ok := r.dialect.Cancel(known.op); ok && v.refused && r.target.Cancel != evidence.Unsupported && !known.op.Done() {
		v.ask(evidence.RoleBareCancel, cancel.Method, cancel.URL, nil, anonymous)
	}
	v.bareSubmit()
	return v
}

// result asks for the result without credentials, where the status is protected, and ends the
// conversation.
func (v *authTalk) result(known *talk) {
	if v.refused && known.op.ResultURL != "" && v.c.trusted(known.op.ResultURL) {
		v.ask(evidence.RoleBareResult, http.MethodGet, known.op.ResultURL, nil, anonymous)
	}
	v.end()
}

// hasCredentials reports whether there is anything that a request could leave out.
func (r *run) hasCredentials() bool {
	return r.s.Credentials != nil || len(evidence.SecretsOf(r.s.Header)) > 0 || len(evidence.SecretsOf(r.target.Slow.Header)) > 0
}

// bareSubmit submits without credentials. What it begins is cancelled in the end.
func (v *authTalk) bareSubmit() {
	if v.r.asks(evidence.RoleBareSubmit) && v.ctx.Err() == nil {
		req := v.r.dialect.Prepare(v.request(v.r.target.Slow.Fresh(), nil))
		v.r.book(req, v.logical(evidence.RoleBareSubmit, req, anonymous, maxStatusBody))
	}
}
