package probe

import (
	"net/http"
	"net/url"
	"strings"
	"time"

	"github.com/asyncctl/asyncctl/conformance/internal/evidence"
	"github.com/asyncctl/asyncctl/conformance/internal/rules"
	"github.com/asyncctl/asyncctl/poller/lro"
)

// A logical answer is what an API says to a request once it was let through: it was not throttled, no
// gateway stood in the way, and a redirect to the same resource was followed. Checks judge these; the
// exchanges on the way are in the transcript, marked as repeated.
const (
	// throttles is how often a request is sent that is answered with 429 or 503, and gateways how often
	// one that is answered with 502 or 504, or not at all.
	throttles = 6
	gateways  = 3
)

// send sends one request when it is its turn, and records it.
func (v *talk) send(role evidence.Role, req lro.Request, who identity, limit int64) lro.Reply {
	origin := lro.Origin(req.URL)
	if !v.hasty && !v.pause(v.untilTurn(origin), ownTurn) {
		return lro.Reply{Err: errBudget, Unsent: true, At: time.Now()}
	}
	x, r := v.c.send(v.ctx, req, who, limit)
	if v.ctx.Err() != nil && r.Status == 0 {
		return r // it was cut off by us: nothing is to be learned from it
	}
	x.Role = role
	v.t.Exchanges = append(v.t.Exchanges, x)
	if rules.Throttled(r.Status) {
		v.r.governor.throttled(origin, r.Status, req.URL == v.op.StatusURL && req.Method == http.MethodGet, hint(r), time.Now())
	}
	v.r.observe(Event{Asked: &Asked{
		Probe: v.t.Probe, Role: role, Method: req.Method, URL: shown(req.URL), Status: x.Response.Status,
		Took: r.At.Sub(x.Sent), Err: x.Err,
	}})
	return r
}

// untilTurn returns how long a request has to wait for its turn.
func (v *talk) untilTurn(origin string) time.Duration {
	if len(v.reserved) == 0 || origin != v.r.home.Home {
		return v.r.governor.turn(origin, time.Now())
	}
	place := v.reserved[0]
	v.reserved = v.reserved[1:]
	return v.r.governor.redeem(origin, place, time.Now())
}

// again1 marks the last exchange as one whose request is sent again.
func (v *talk) again1() {
	if n := len(v.t.Exchanges); n > 0 {
		v.t.Exchanges[n-1].Repeated = true
	}
}

// logical sends a request until it is let through.
func (v *talk) logical(role evidence.Role, req lro.Request, who identity, limit int64) lro.Reply {
	renewed := false
	for try := 1; ; try++ {
		sent := len(v.t.Exchanges)
		r := v.send(role, req, who, limit)
		if len(v.t.Exchanges) == sent {
			return r // the time is up
		}
		idempotent := req.Method != http.MethodPost && req.Method != http.MethodPatch
		var pause time.Duration
		switch other := respelt(req, r); {
		case other != "" && try < throttles:
			req.URL = other
		case rules.Throttled(r.Status) && try < throttles:
			pause = max(hint(r), breath<<try)
		case (r.Status == http.StatusBadGateway || r.Status == http.StatusGatewayTimeout) && idempotent && try < gateways:
			pause = breath << try
		case r.Status == 0 && (idempotent || r.Unsent) && try < gateways:
			pause = breath
		case r.Status == http.StatusUnauthorized && who == owner && !renewed && v.c.renew(v.ctx, req.URL):
			renewed = true
		default:
			return r
		}
		if !v.pause(pause, "to ask again") {
			return r
		}
		v.again1()
	}
}

// respelt is the URL of the same resource in its other spelling, if that is what a redirect leads to: with
// or without the slash at the end of the path. "" for any other answer.
func respelt(req lro.Request, r lro.Reply) string {
	switch r.Status {
	case http.StatusPermanentRedirect, http.StatusTemporaryRedirect:
	case http.StatusMovedPermanently, http.StatusFound:
		if req.Method != http.MethodGet && req.Method != http.MethodHead {
			return ""
		}
	default:
		return ""
	}
	target, err := lro.Resolve(req.URL, r.Header.Get("Location"))
	if err != nil || target == req.URL || withoutSlash(target) != withoutSlash(req.URL) {
		return ""
	}
	return target
}

func withoutSlash(raw string) string {
	u, err := url.Parse(raw)
	if err != nil {
		return raw
	}
	u.RawPath = ""
	u.Path = strings.TrimRight(u.Path, "/")
	return u.String()
}

// ask asks something besides, with the fields that the dialect polls with. It reports false if nothing
// was asked, because nobody judges it or the method may not be sent.
func (v *talk) ask(role evidence.Role, method, url string, header http.Header, who identity) (lro.Reply, bool) {
	req := lro.Request{Method: method, URL: url, Header: http.Header{}}
	put(req.Header, v.poll.Header)
	req.Header.Del("If-None-Match")
	put(req.Header, header)
	if method == http.MethodGet && url == v.status && v.poll.URL == v.status {
		req.Method, req.Body = v.poll.Method, v.poll.Body
	}
	if url == "" || v.ctx.Err() != nil || !v.r.asks(role) || !v.r.s.Limits.May(req.Method) {
		return lro.Reply{}, false
	}
	before := len(v.t.Exchanges)
	r := v.logical(role, req, who, maxStatusBody)
	return r, len(v.t.Exchanges) > before
}

// again polls an operation that is over.
func (v *talk) again(times int) {
	for range times {
		r, asked := v.ask(evidence.RoleAgain, http.MethodGet, v.status, nil, owner)
		if !asked || !v.pause(max(min(hint(r), time.Minute), breath), "between polls after the end") {
			return
		}
	}
}
