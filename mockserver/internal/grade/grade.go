package grade

import (
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/asyncctl/asyncctl/mockserver/internal/fault"
	"github.com/asyncctl/asyncctl/mockserver/internal/work"
)

// A Severity tells how bad a finding is.
type Severity string

// The severities.
const (
	SeverityError   Severity = "error"   // it breaks the pattern, or gives something away
	SeverityWarning Severity = "warning" // it is wasteful, or a sign that the client lost its way
)

// A GradeRule is something that a client of slow operations should do.
type GradeRule struct {
	ID       string   `json:"id"`
	Severity Severity `json:"severity"`
	Title    string   `json:"title"`  // what the client did
	Advice   string   `json:"advice"` // what it should do
}

// GradeRules returns what [Server.Grade] looks at, in the order of its reports.
func GradeRules() []GradeRule {
	rules := make([]GradeRule, len(judges))
	for i, j := range judges {
		rules[i] = j.GradeRule
	}
	return rules
}

// A Finding is a rule that the client broke.
type Finding struct {
	GradeRule
	Count    int      `json:"count"`    // operations, or requests, that show it
	Evidence []string `json:"evidence"` // the first 5 of them
}

// A Report grades the client under test.
type Report struct {
	At         time.Time   `json:"at"`
	Seed       uint64      `json:"seed,string"`
	Faults     []string    `json:"faults"`
	Operations int         `json:"operations"` // judged: those in the store
	Polls      int         `json:"polls"`
	Early      int         `json:"early"`
	Rules      []GradeRule `json:"rules"`             // all that were looked at
	Findings   []Finding   `json:"findings"`          // empty for a client without fault
	Ignored    []string    `json:"ignored,omitempty"` // the ids of Without
}

// Clean reports whether the client was seen and did nothing wrong.
func (r Report) Clean() bool { return r.Operations > 0 && len(r.Findings) == 0 }

// Without is the report without the rules of some ids. An id that does not exist
// is an error.
func (r Report) Without(ids ...string) (Report, error) {
	for _, id := range ids {
		if !slices.ContainsFunc(judges, func(j judge) bool { return j.ID == id }) {
			return r, fmt.Errorf("there is no rule %q: the known ones are %s", work.Clip(id), ruleNames())
		}
	}
	r.Ignored = ids
	r.Rules = slices.DeleteFunc(slices.Clone(r.Rules), func(rule GradeRule) bool { return slices.Contains(ids, rule.ID) })
	r.Findings = slices.DeleteFunc(slices.Clone(r.Findings), func(f Finding) bool { return slices.Contains(ids, f.ID) })
	return r, nil
}

func ruleNames() string {
	names := make([]string, len(judges))
	for i, j := range judges {
		names[i] = j.ID
	}
	return strings.Join(names, ", ")
}

// maxEvidence bounds the evidence of a finding.
const maxEvidence = 5

// patience is how long after its floor, and how many hints, a client may be
// silent before it has given up.
const patience = time.Second

// A Case is all that a client is judged by.
type Case struct {
	At        time.Time // when it is judged
	Live      bool      // the client may still be at work
	Scale     float64   // seconds of the server for one of the client
	Seed      uint64
	Faults    []string     // those that are on
	Truths    []work.Truth // the operations of the client
	Sightings []Sighting
	Reposts   []fault.Repost
}

// A judge finds what breaks one rule. The case of an operation returns evidence,
// or nothing.
type judge struct {
	GradeRule
	operation func(t work.Truth, c *Case) string
	server    func(c *Case) []string
}

var judges = []judge{
	{GradeRule{"credentials-cross-origin", SeverityError, "sent credentials to another origin", "send what the user configured to the origin of the submit only"}, nil, judgeSightings},
	{GradeRule{"reposted", SeverityError, "submitted again after a lost answer, without an idempotency key", "send an idempotency key and repeat it, or report that the fate of the submit is unknown"}, nil, judgeReposts},
	{GradeRule{"ignored-retry-after", SeverityError, "ignored Retry-After: most polls came before it allowed them", "wait as long as Retry-After says"}, judgeIgnorance, nil},
	{GradeRule{"polled-early", SeverityError, "polled before Retry-After allowed it", "count Retry-After from the arrival of the answer, and round up"}, judgeEarly, nil},
	{GradeRule{"busy-polling", SeverityError, "polled without a pause", "keep a pause of its own where the server names none, or none that makes sense"}, judgeBusy, nil},
	{GradeRule{"followed-loop", SeverityError, "went round in a redirect loop", "end at a URL that was visited before, and after a bounded number of redirects"}, judgeLoop, nil},
	{GradeRule{"never-stopped", SeverityError, "kept polling long after the end was reported", "stop at a final state"}, judgeNeverStopped, nil},
	{GradeRule{"polled-after-end", SeverityWarning, "polled several times after the end was reported", "stop at a final state"}, judgeAfterEnd, nil},
	{GradeRule{"gave-up", SeverityWarning, "stopped polling before the end", "poll until the end or a time limit, through answers that pass: 404 at first, 429, 5xx and lost connections"}, judgeGaveUp, nil},
	{GradeRule{"result-not-fetched", SeverityWarning, "did not fetch the result that it was sent to", "follow the 303 with a GET"}, judgeResult, nil},
	{GradeRule{"never-polled", SeverityWarning, "never asked for the status of an operation", "poll the status URL in Location"}, judgeNeverPolled, nil},
}

// Err is nil for a clean report, and else says what the client did.
func (r Report) Err() error {
	if r.Operations == 0 {
		return errors.New(nothingSeen)
	}
	var all []error
	for _, f := range r.Findings {
		all = append(all, errors.New(f.String()))
	}
	return errors.Join(all...)
}

// String is the finding on a line: "polled-early (error): the client polled
// before Retry-After allowed it, 3 times: ...".
func (f Finding) String() string {
	often := "once"
	if f.Count != 1 {
		often = strconv.Itoa(f.Count) + " times"
	}
	return fmt.Sprintf("%s (%s): the client %s, %s: %s; to fix it, %s", f.ID, f.Severity, f.Title, often, strings.Join(f.Evidence, "; "), f.Advice)
}

// Judge grades a client.
func Judge(c Case) Report {
	r := Report{At: c.At, Seed: c.Seed, Faults: append([]string{}, c.Faults...), Operations: len(c.Truths), Rules: GradeRules(), Findings: []Finding{}}
	for _, t := range c.Truths {
		r.Polls += t.Polls
		r.Early += t.Early
	}
	for _, j := range judges {
		var evidence []string
		if j.server != nil {
			evidence = j.server(&c)
		}
		for _, t := range c.Truths {
			if j.operation == nil {
				break
			}
			if text := j.operation(t, &c); text != "" {
				evidence = append(evidence, "operation "+t.ID+": "+text)
			}
		}
		if len(evidence) > 0 {
			r.Findings = append(r.Findings, Finding{j.GradeRule, len(evidence), slices.Clip(evidence[:min(len(evidence), maxEvidence)])})
		}
	}
	return r
}

func judgeSightings(c *Case) (evidence []string) {
	for _, g := range c.Sightings {
		evidence = append(evidence, fmt.Sprintf("%s %s at the other origin carried %v", g.Method, work.Clip(g.Path), g.Names))
	}
	return evidence
}

func judgeReposts(c *Case) (evidence []string) {
	for _, p := range c.Reposts {
		evidence = append(evidence, fmt.Sprintf("the answer that accepted operation %s was lost, and the same submit made operation %s", p.First, p.Second))
	}
	return evidence
}
