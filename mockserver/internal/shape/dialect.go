package shape

import (
	"net/http"
	"slices"
	"strings"
	"time"

	"github.com/asyncctl/asyncctl/mockserver/internal/speech"
	"github.com/asyncctl/asyncctl/mockserver/internal/work"
)

// compileDialect makes the dialect that the server speaks for a kind.
func (c *kind) compileDialect(k *Kind, numbers bool) {
	d := &speech.Dialect{
		DialectInfo: speech.DialectInfo{Name: c.name, Method: c.submit[0].Method, Path: c.shape.base + c.submit[0].Path},
		Traits:      c.traits(k, numbers),
		Route:       c.shape.Route,
		Admit:       c.admit,
		Accepted:    c.accept,
		Status:      c.tell,
		Patience:    c.patience,
		Refuse:      func(x *speech.Exchange, p speech.Problem) { c.refuse(x, p) },
		Monitor:     c.statusURL,
		Expired:     http.StatusGone,
		Key:         k.Key,
		Scenario:    k.Scenario,
	}
	if len(c.result) > 0 {
		d.Result = c.fetch
		d.Product = func(x *speech.Exchange, v work.View) string { return c.url(x, v, c.result) }
	}
	if len(c.cancel) > 0 {
		d.Cancel = c.cancelled
	}
	if k.Waits || slices.ContainsFunc(c.submit, func(e *endpoint) bool { return e.Hold != "" }) {
		d.Finished, d.BareWait = c.finish, k.Waits
		d.Async = func(x *speech.Exchange) bool { return x.Target.Hold != "always" }
	}
	d.SetManner()
	c.dialect = d
}

// traits are what the answers say.
func (c *kind) traits(k *Kind, numbers bool) speech.Traits {
	var t speech.Traits
	set := func(trait speech.Traits, holds bool) {
		if holds {
			t |= trait
		}
	}
	running, succeeded := c.answers["running"], c.answers["succeeded"]
	set(speech.NamesStatus, c.answers["accepted"].has("status"))
	set(speech.TellsQueued, c.answers["pending"] != running || running.has("word", "state"))
	set(speech.TellsProgress, running.has("percent", "remaining"))
	set(speech.PolledAsJSON, running.isJSON())
	set(speech.HasHints, !k.NoHints)
	set(speech.Redirects, succeeded.status/100 == 3)
	set(speech.NamesResult, succeeded.has("result"))
	set(speech.HasPartial, k.Partial || c.answers["partial"] != succeeded)
	set(speech.EndsAtOnce, k.AtOnce || c.answers["accepted"].has("word", "state"))
	set(speech.NumbersIDs, numbers)
	set(speech.NeedsMemory, numbers || len(c.wants) > 0 && !k.Forgets)
	return t
}

// isJSON reports whether the content is a JSON object.
func (c *answer) isJSON() bool {
	return len(c.body) > 0 && strings.HasPrefix(c.body[0].text, "{")
}

// scene is what the holes of an answer are filled from.
func (c *kind) scene(x *speech.Exchange, v work.View) *scene {
	s := &scene{x: x, v: v, k: c}
	if v.Submission != nil {
		s.given, _ = v.Note.(*given)
	}
	return s
}

// pick is the answer of a name, for the endpoint of the request.
func (c *kind) pick(x *speech.Exchange, name string) *answer {
	if part := x.Target.Part; part != "" {
		for _, name := range []string{part + "." + name, part + ".any"} {
			if a := c.answers[name]; a != nil {
				return a
			}
		}
	}
	return c.answers[name]
}

// admit refuses what breaks a rule of the API, and keeps what the holes need.
func (c *kind) admit(x *speech.Exchange, sub *work.Submission) *speech.Problem {
	if p := c.broken(x); p != nil {
		return p
	}
	if g := take(x.R, x.Content, c.wants); g != nil {
		sub.Note = g
	}
	return nil
}

func (c *kind) accept(x *speech.Exchange, v work.View) {
	if c.atOnce && v.Snap.Status.Done() {
		c.pick(x, stateOf(v)).sendAs(c.scene(x, v), c.answers["accepted"].status)
		return
	}
	name := "accepted"
	if x.Replayed {
		name = "replayed"
	}
	a := c.pick(x, name)
	if !a.hinted() {
		x.Hint(v.Hint)
	}
	if a.status/100 == 3 {
		x.Led(v)
	}
	a.send(c.scene(x, v))
}

// finish answers a submit that waited for the end.
func (c *kind) finish(x *speech.Exchange, v work.View) {
	if a := c.pick(x, "finished"); a != nil {
		a.send(c.scene(x, v))
		return
	}
	c.pick(x, stateOf(v)).sendAs(c.scene(x, v), c.answers["accepted"].status)
}

// tell answers a poll.
func (c *kind) tell(x *speech.Exchange, v work.View) {
	if c.destroys && v.Recalled {
		x.Unknown()
		return
	}
	a := c.pick(x, stateOf(v))
	if !v.Snap.Status.Done() && !a.hinted() {
		x.Hint(v.Hint)
	}
	a.send(c.scene(x, v))
}

// fetch answers for the result.
func (c *kind) fetch(x *speech.Exchange, v work.View) {
	if a := c.answers["result."+stateOf(v)]; a != nil && x.Target.Part == "" {
		a.send(c.scene(x, v))
		return
	}
	if v.Snap.Status != work.Succeeded {
		if a := c.pick(x, "unready"); a != nil {
			a.send(c.scene(x, v))
			return
		}
		x.Unknown()
		return
	}
	a := c.pick(x, "result")
	c.shape.common(x.W.Header())
	switch own := v.Scenario.Result != "" || v.Scenario.ResultSize > 0; {
	case a == nil, own && a.output < 0 && !a.raw:
		x.SendResult(v)
	case a.output >= 0 || a.raw:
		a.send(c.scene(x, v))
	default:
		s := c.scene(x, v)
		if !a.head(s) {
			return
		}
		x.Host.Counter.Results.Add(1)
		body := a.file
		if body == nil {
			body = a.body.fill(nil, s)
		}
		x.SendContent(a.status, body)
	}
}

// cancelled answers a request that cancels.
func (c *kind) cancelled(x *speech.Exchange, v work.View, ok bool) {
	s := c.scene(x, v)
	if !ok {
		if a := c.pick(x, "ended"); a != nil {
			a.send(s)
			return
		}
		c.refuse(x, speech.Problem{Status: http.StatusConflict, Detail: "the operation has ended as " + c.word(v) + " and cannot be cancelled any more"})
		return
	}
	a := c.pick(x, "cancel")
	if !v.Snap.Status.Done() && !a.hinted() && a.status == http.StatusAccepted {
		x.Hint(v.Hint)
	}
	a.send(s)
}

// tellMore answers for a further resource of an operation.
func (c *kind) tellMore(x *speech.Exchange) {
	var v work.View
	if !x.Visit(func(op *work.Operation) { v = op.Look(x.Now) }) || v.Gone {
		x.Unknown()
		return
	}
	x.About(v)
	c.pick(x, stateOf(v)).send(c.scene(x, v))
}

// remove forgets an operation: it is not cancelled.
func (c *kind) remove(x *speech.Exchange) {
	var v work.View
	if !x.Visit(func(op *work.Operation) { v = op.Look(x.Now); op.Expire(x.Now) }) || v.Gone {
		x.Unknown()
		return
	}
	x.About(v)
	c.pick(x, "forget").send(c.scene(x, v))
}

// patience is how long the poll may be held.
func (c *kind) patience(x *speech.Exchange) time.Duration {
	hold := x.Target.Hold
	switch {
	case hold == "":
		return 0
	case hold == "always":
		return work.MaxDuration
	}
	text := x.R.URL.Query().Get(hold)
	seconds := 0
	switch d, err := time.ParseDuration(text); {
	case text == "-1", text == "":
		return work.MaxDuration
	case work.ParseInt(text, 0, speech.MaxPreferWait, &seconds):
		return time.Duration(seconds) * time.Second
	case err == nil:
		return d
	}
	return 0
}

// refuse words a refusal.
func (c *kind) refuse(x *speech.Exchange, p speech.Problem) {
	s := &scene{x: x, k: c, refusal: &p}
	name := p.Word
	if name == "" {
		switch p.Status {
		case http.StatusNotFound, http.StatusGone:
			name = "missing"
		case http.StatusUnauthorized:
			name = "unauthorized"
		}
	}
	for _, name := range []string{name, "refused"} {
		a := c.pick(x, name)
		if a == nil {
			continue
		}
		s.given = take(x.R, x.Content, wanted(a.templates()...))
		code := a.status
		if code == 0 {
			code = p.Status
		}
		a.sendAs(s, code)
		return
	}
	c.shape.common(x.W.Header())
	speech.SendProblem(x, p)
}
