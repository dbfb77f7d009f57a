package judge_test

import (
	"fmt"
	"time"

	"github.com/asyncctl/asyncctl/conformance"
)

// hostile is what a server may write to get out of the place that a format has for its text.
const hostile = "\x1b[2J\x07 ]]> --> </script><script>alert(1)</script> \"' & \x00\xff \u202e ##[error]x\r\n::error file=a,line=1::owned\nok 99 - TAP %0A ``` | `x` | @everyone ![](http://evil.example/) # TODO"

var started = time.Date(2026, 3, 4, 5, 6, 7, 0, time.UTC)

func rule(id, code string, level conformance.Level, title string) *conformance.Rule {
	return &conformance.Rule{
		ID: id, Code: code, Level: level, Basis: conformance.BasisRFC, Title: title,
		Why: "Clients read it to know when to ask again.", Breaks: "Clients that parse strictly fall back to their own interval, or give up.",
		Fix: "Send a non-negative number of seconds.", Sources: []string{"RFC 9110, section 10.2.3", "RFC 9110, section 5.6.7"},
	}
}

// conversation is a transcript that the findings point into.
func conversation() conformance.Transcript {
	at := func(ms int) time.Time { return started.Add(time.Duration(ms) * time.Millisecond) }
	return conformance.Transcript{Probe: "slow", Exchanges: []conformance.Exchange{
		{
			Role: "submit", Sent: at(0), Answered: at(20), Read: at(21),
			Request: conformance.Request{Method: "POST", URL: "https://api.example.com/reports", Body: []byte(`{"year":2026,"who":"O'Brien"}`), Header: conformance.Fields{
				{Name: "Host", Value: "api.example.com"}, {Name: "Authorization", Value: "[redacted]"}, {Name: "Content-Type", Value: "application/json"}}},
			Response: conformance.Response{Proto: "HTTP/1.1", Status: 202, Body: []byte(`{"id":"7","status":"pending"}`), Header: conformance.Fields{
				{Name: "Date", Value: "Wed, 04 Mar 2026 05:06:07 GMT"}, {Name: "Location", Value: "/status/7"}, {Name: "Retry-After", Value: "1.5"},
				{Name: "Content-Type", Value: "application/json"}}},
		},
		{
			Role: "poll", Sent: at(1500), Answered: at(1510), Read: at(1511),
			Request: conformance.Request{Method: "GET", URL: "https://api.example.com/status/7", Header: conformance.Fields{{Name: "Authorization", Value: "[redacted]"}}},
			Response: conformance.Response{Proto: "HTTP/1.1", Status: 200, More: true, Body: []byte("{\n\t\"status\": \"running\",\n\t\"message\": \"" + hostile + "\"\n}\n"), Header: conformance.Fields{
				{Name: "Content-Type", Value: "text/html"}, {Name: "X-Evil", Value: hostile}}},
		},
		{
			Role: "result", Sent: at(3000), Err: "read: connection reset by peer",
			Request: conformance.Request{Method: "GET", URL: "https://user:secret@api.example.com/results/7?sig=a'b"},
		},
	}}
}

func waiver(rule string) conformance.Waiver {
	return conformance.Waiver{Rule: rule, Reason: "the gateway is replaced in May (API-7)", Expires: time.Date(2026, 5, 31, 0, 0, 0, 0, time.UTC)}
}

func base() *conformance.Report {
	return &conformance.Report{
		Schema: "asyncctl.conformance/1", Version: "1.2.3", Target: "POST https://api.example.com/reports", TargetFile: "api/target.yaml",
		Dialect: "generic", Cue: "202 with Location", Started: started, Elapsed: 3200 * time.Millisecond, Level: conformance.Must,
		Transcripts: []conformance.Transcript{conversation()},
	}
}

func result(r *conformance.Rule, o conformance.Outcome, reason string, findings ...conformance.Finding) conformance.Result {
	return conformance.Result{Rule: r, ID: r.ID, Outcome: o, Reason: reason, Findings: findings}
}

// mixed has every outcome, a waived finding, stale waivers, and hostile text everywhere.
func mixed() *conformance.Report {
	r := base()
	excused := waiver("status-url-same-origin")
	skipped := result(rule("cancel-accepted", "X01", conformance.Should, "A running operation can be cancelled"), conformance.Skip, "")
	skipped.Need = "cancel"
	waived := result(rule("status-url-same-origin", "S08", conformance.Should, "The status URL has the origin of the submit"), conformance.Fail, "",
		conformance.Finding{Message: "the status URL is at another origin", Probe: "slow", Exchange: 0, Lines: []string{"Location: /status/7"}})
	waived.Waiver = &excused
	r.Results = []conformance.Result{
		result(rule("submit-202", "S01", conformance.Must, "The submit is answered with 202"), conformance.Pass, ""),
		result(rule("retry-after-syntax", "S11", conformance.Must, "Retry-After is a number of seconds or an HTTP date"), conformance.Fail, "",
			conformance.Finding{Message: `"1.5" is neither a number of seconds nor an HTTP date`, Probe: "slow", Exchange: 0, Lines: []string{"Retry-After: 1.5"}},
			conformance.Finding{Message: "the server says " + hostile, Probe: "slow", Exchange: 1, Lines: []string{`"message": "` + hostile, "X-Evil: " + hostile}},
			conformance.Finding{Message: "no answer", Probe: "slow", Exchange: 2},
			conformance.Finding{Message: "one more", Probe: "slow", Exchange: 0},
			conformance.Finding{Message: "and another", Probe: "slow", Exchange: 0}),
		waived,
		result(rule("content-type-declared", "S15", conformance.Should, "Content is what its Content-Type says"), conformance.Warn, "",
			conformance.Finding{Message: "JSON that is declared as text/html", Probe: "slow", Exchange: 1, Lines: []string{"Content-Type: text/html"}, Mild: true}),
		result(rule("vary-prefer", "S21", conformance.Must, "An answer that depends on Prefer says so"), conformance.NotApplicable, "the answer to the submit cannot be cached"),
		result(rule("pending-200", "P01", conformance.Must, "A running operation is answered with 200"), conformance.Pass, ""),
		result(rule("polling-safe", "P04", conformance.Must, "Polling changes nothing"), conformance.Fail, "",
			conformance.Finding{Message: "seen in no exchange", Probe: "gone", Exchange: 7, Lines: []string{hostile}}),
		result(rule("reaches-terminal", "C01", conformance.Must, "The operation comes to an end"), conformance.Inconclusive, "it was running when the budget of 60s was used up"),
		skipped,
		result(rule("fhir-bulk/manifest-complete", "", conformance.Must, "The manifest has what the specification asks for"), conformance.Skip, "deselected by --skip-rule"),
	}
	lapsed, unmatched := waiver("pending-200"), waiver("no-such-rule")
	r.Stale = []conformance.StaleWaiver{{Waiver: lapsed, Why: "it matches nothing: the rule passes"}, {Waiver: unmatched, Why: "there is no such rule"}}
	return r
}

func clean() *conformance.Report {
	r := base()
	r.TargetFile = ""
	for i := range 12 {
		code := fmt.Sprintf("%c%02d", "SPCX"[i%4], i+1)
		r.Results = append(r.Results, result(rule(fmt.Sprintf("rule-%d", i+1), code, conformance.Must, "What is asked for is done"), conformance.Pass, ""))
	}
	return r
}

func broken() *conformance.Report {
	r := mixed()
	r.Stale, r.Transcripts[0].Exchanges = nil, r.Transcripts[0].Exchanges[:1]
	r.Broken = "every request was answered with 401: the target needs credentials; " + hostile
	for i := range r.Results {
		r.Results[i] = result(r.Results[i].Rule, conformance.Skip, "the target could not be judged")
	}
	return r
}

func interrupted() *conformance.Report {
	r := mixed()
	r.Interrupted, r.Stale = true, nil
	for i := 3; i < len(r.Results); i++ {
		r.Results[i] = result(r.Results[i].Rule, conformance.Skip, "the run was interrupted")
	}
	return r
}

func empty() *conformance.Report {
	r := clean()
	for i := range r.Results {
		r.Results[i].Outcome, r.Results[i].Reason = conformance.Skip, "deselected by --rule"
	}
	return r
}

var samples = map[string]func() *conformance.Report{"mixed": mixed, "clean": clean, "broken": broken, "interrupted": interrupted, "empty": empty}
