package rules

import (
	"net/http"

	"github.com/asyncctl/asyncctl/conformance/internal/evidence"
	"github.com/asyncctl/asyncctl/poller/lro"
)

// idempotencyRules speak about Idempotency-Key.
var idempotencyRules = []Rule{{
	ID: "idempotent-replay", Code: "S22", Level: Should, Basis: BasisDraft,
	Title:   "A second submit with the same Idempotency-Key leads to the first operation, also after its end",
	Why:     "A lost answer cannot be distinguished from a lost request. Only a key makes it safe to submit again.",
	Breaks:  "Clients that submit again, as the server allowed, do the work twice.",
	Fix:     "Store the key with the operation before it is queued; answer a repeated key with the same status URL.",
	Sources: []string{"draft-ietf-httpapi-idempotency-key-header-06, section 2.6", "Asynchronous Request-Reply pattern, considerations"},
	Fault:   "duplicate-job",
	Needs:   []Need{NeedKey}, Probes: []string{evidence.ProbeIdempotency},
	check: checkReplay,
}, {
	ID: "idempotency-mismatch-422", Code: "S23", Level: Should, Basis: BasisDraft,
	Title:   "An Idempotency-Key that is used again with other content is answered with 422",
	Why:     "A client that uses a key twice has a defect. If its second request is answered like the first, that request is lost without a word.",
	Breaks:  "Clients with a key that is not unique: the second order is confirmed, and never carried out.",
	Fix:     "Store a fingerprint of the content with the key, and compare.",
	Sources: []string{"draft-ietf-httpapi-idempotency-key-header-06, section 2.7"},
	Needs:   []Need{NeedKey}, Probes: []string{evidence.ProbeIdempotency},
	check: checkMismatch,
}, {
	ID: "idempotency-concurrent", Code: "S24", Level: Should, Basis: BasisDraft,
	Title:   "Submits with one Idempotency-Key at the same time begin one operation",
	Why:     "The repetition often comes while the first request is still on its way: a check and then an insert is a race.",
	Breaks:  "Clients behind a retrying proxy do the work twice, though they sent a key.",
	Fix:     "Insert the key under a unique constraint; who comes second waits for the first, or is answered with 409.",
	Sources: []string{"draft-ietf-httpapi-idempotency-key-header-06, section 2.6", "draft-ietf-httpapi-idempotency-key-header-06, section 2.7"},
	Fault:   "duplicate-job",
	Needs:   []Need{NeedKey}, Probes: []string{evidence.ProbeIdempotency},
	check: checkConcurrent,
}}

// keysHeeded reports whether keys are supported: the target says so, or the second submit with one led
// to the operation of the first.
func (e *facts) keysHeeded() bool {
	if e.Target.Keys == evidence.Supported {
		return true
	}
	urls, keys := map[string]string{}, map[string]string{}
	heeded := false
	for _, c := range e.talks(evidence.ProbeIdempotency + "/1") {
		for _, i := range c.polls(evidence.RoleSubmit) {
			key := c.Exchanges[i].Request.Header.Get(e.Target.KeyName())
			status := c.after[i].StatusURL
			if key == "" || status == "" {
				continue
			}
			if other := keys[status]; other != "" && other != key {
				return false // operations share their status URLs anyway
			}
			heeded = heeded || urls[key] == status
			urls[key], keys[status] = status, key
		}
	}
	return heeded
}

func keysUnknown() Verdict {
	return notApplicable("keys are not heeded, and the target does not say that they are")
}

func checkReplay(e *facts) Verdict {
	if !e.keysHeeded() {
		return keysUnknown()
	}
	var s seen
	first, owner := map[string]string{}, map[string]string{}
	for _, c := range e.talks(evidence.ProbeIdempotency + "/1") {
		for _, i := range c.polls(evidence.RoleSubmit) {
			x := &c.Exchanges[i]
			key, status := x.Request.Header.Get(e.Target.KeyName()), c.after[i].StatusURL
			if x.Response.Status == 0 || Throttled(x.Response.Status) {
				continue
			}
			before, again := first[key]
			switch {
			case !again && status != "" && owner[status] != "" && e.talk(evidence.ProbeSlow) != nil && e.talk(evidence.ProbeSlow).status == status:
				return notApplicable("all operations are said to have the same status URL")
			case !again && status != "" && owner[status] != "":
				s.add(c, i, append(statusLine(x), x.Response.Header.Lines("Location")...), "another key leads to the same operation")
			case !again:
			case x.Response.Status == http.StatusConflict:
				s.addMild(c, i, statusLine(x), "the second submit with a key is answered with 409, although the first was answered already")
			case x.Response.Status < 400 && status != "" && status != before:
				s.add(c, i, []string{e.Target.KeyName() + ": " + key, "Location: " + x.Response.Header.Get("Location")}, "the second submit with a key begins another operation%s", c.afterEnd(i))
			case x.Response.Status >= 400:
				s.add(c, i, statusLine(x), "the second submit with a key is answered with %d%s", x.Response.Status, c.afterEnd(i))
			}
			if again {
				s.look(x)
				continue
			}
			first[key] = status
			owner[status] = key
		}
	}
	return s.verdict("it leads to the first operation", inconclusive("no key was sent twice"))
}

// afterEnd says, in words, that an exchange came after the end of an operation.
func (c *conversation) afterEnd(i int) string {
	if c.told >= 0 && i > c.told {
		return ", after the end of the first"
	}
	return ""
}

func checkMismatch(e *facts) Verdict {
	if !e.keysHeeded() {
		return keysUnknown()
	}
	for _, c := range e.talks(evidence.ProbeIdempotency + "/2") {
		submits := c.polls(evidence.RoleSubmit)
		if len(submits) < 2 {
			continue
		}
		i := submits[len(submits)-1]
		x := &c.Exchanges[i]
		lines := []string{e.Target.KeyName() + ": " + x.Request.Header.Get(e.Target.KeyName()), statusLine(x)[0]}
		switch status := x.Response.Status; {
		case status == 0, Throttled(status):
			continue
		case c.controlRefused():
			return notApplicable("the other content is refused with a key of its own, too: it does not show what becomes of a key that was used")
		case status == http.StatusUnprocessableEntity:
			return pass("422, and with a key of its own the content is accepted")
		case status == http.StatusConflict, status == http.StatusBadRequest:
			f := c.finding(i, lines, "the key with other content is refused with %d instead of 422", status)
			f.Mild = true
			return judged([]Finding{f}, Verdict{})
		default:
			return judged([]Finding{c.finding(i, lines, "the key with other content is answered with %d", status)}, Verdict{})
		}
	}
	for _, c := range e.talks(evidence.ProbeIdempotency + "/2") {
		if c.controlRefused() {
			return notApplicable("the other content is refused with a key of its own, too: it does not show what becomes of a key that was used")
		}
		if c.Ended != "" {
			return inconclusive("no key was sent with two contents")
		}
	}
	return notApplicable("no other content is known that would be valid (fast: with the URL of slow:)")
}

// controlRefused reports whether the submit that must be accepted was refused.
func (c *conversation) controlRefused() bool {
	i := c.lastOf(evidence.RoleControl)
	return i >= 0 && c.Exchanges[i].Response.Status >= 400
}

func checkConcurrent(e *facts) Verdict {
	if !e.keysHeeded() {
		return keysUnknown()
	}
	var s seen
	var urls []string
	for _, c := range e.talks(evidence.ProbeIdempotency + "/3") {
		for _, i := range c.polls(evidence.RoleSubmit) {
			x := &c.Exchanges[i]
			status := x.Response.Status
			if status == 0 || Throttled(status) {
				continue
			}
			s.look(x)
			if status != http.StatusConflict && status/100 != 2 && status != http.StatusSeeOther {
				s.add(c, i, statusLine(x), "one of %d submits at the same time is answered with %d", evidence.ConcurrentSubmits, status)
				continue
			}
			url := c.after[i].StatusURL
			if url == "" && status == http.StatusSeeOther {
				url, _ = lro.Resolve(x.Request.URL, x.Response.Header.Get("Location"))
			}
			if url == "" {
				continue
			}
			if len(urls) > 0 && url != urls[0] {
				s.add(c, i, []string{urls[0], url}, "submits with one key at the same time begin more than one operation")
			}
			urls = append(urls, url)
		}
		if s.looked > 0 && len(urls) == 0 && len(s.findings) == 0 {
			s.add(c, 0, nil, "of %d submits with one key at the same time none is accepted", evidence.ConcurrentSubmits)
		}
	}
	return s.verdict("they begin one operation", notApplicable("no key was sent at the same time: the server, or who asked for the run, allows one operation at a time"))
}
