package mockserver

import (
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"
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
	Seed       uint64      `json:"seed"`
	Faults     []string    `json:"faults"`
	Operations int         `json:"operations"` // judged: those in the store
	Polls      int         `json:"polls"`
	Early      int         `json:"early"`
	Rules      []GradeRule `json:"rules"`    // all that were looked at
	Findings   []Finding   `json:"findings"` // empty for a client without fault
}

// Clean reports whether the client was seen and did nothing wrong.
func (r Report) Clean() bool { return r.Operations > 0 && len(r.Findings) == 0 }

// maxEvidence bounds the evidence of a finding.
const maxEvidence = 5

// patience is how long after its floor, and how many hints, a client may be
// silent before it has given up.
const patience = time.Second

// A judge finds what breaks one rule. The case of an operation returns evidence,
// or nothing.
type judge struct {
	GradeRule
	operation func(t Truth, now time.Time, scale float64) string
	server    func(s *Server) []string
}

var judges = []judge{
	{GradeRule{"credentials-cross-origin", SeverityError, "sent credentials to another origin", "send what the user configured to the origin of the submit only"}, nil, (*Server).judgeSightings},
	{GradeRule{"reposted", SeverityError, "submitted again after a lost answer, without an Idempotency-Key", "send an Idempotency-Key and repeat it, or report that the fate of the submit is unknown"}, nil, (*Server).judgeReposts},
	{GradeRule{"ignored-retry-after", SeverityError, "ignored Retry-After: most polls came before it allowed them", "wait as long as Retry-After says"}, judgeIgnorance, nil},
	{GradeRule{"polled-early", SeverityError, "polled before Retry-After allowed it", "count Retry-After from the arrival of the answer, and round up"}, judgeEarly, nil},
	{GradeRule{"busy-polling", SeverityError, "polled without a pause", "keep a pause of its own where the server names none, or none that makes sense"}, judgeBusy, nil},
	{GradeRule{"followed-loop", SeverityError, "went round in a redirect loop", "end at a URL that was visited before, and after a bounded number of redirects"}, judgeLoop, nil},
	{GradeRule{"never-stopped", SeverityError, "went on polling long after it was told the end", "stop at a final state"}, judgeNeverStopped, nil},
	{GradeRule{"polled-after-end", SeverityWarning, "polled after it was told the end", "stop at a final state"}, judgeAfterEnd, nil},
	{GradeRule{"gave-up", SeverityWarning, "stopped polling before the end", "poll until the end or a time limit, through answers that pass: 404 at first, 429, 5xx and lost connections"}, judgeGaveUp, nil},
	{GradeRule{"result-not-fetched", SeverityWarning, "did not fetch the result that it was sent to", "follow the 303 with a GET"}, judgeResult, nil},
	{GradeRule{"never-polled", SeverityWarning, "never asked for the status of an operation", "poll the status URL in Location"}, judgeNeverPolled, nil},
}

// Grade judges the client by all that it did up to now, so it belongs at the end
// of a test, when the client is done. Operations that are not stored any more
// are not judged.
func (s *Server) Grade() Report {
	s.once.Do(s.start)
	truths := s.Truths()
	r := Report{At: s.clock.Now(), Seed: s.FaultSeed(), Faults: []string{}, Operations: len(truths), Rules: GradeRules(), Findings: []Finding{}}
	for _, f := range s.FaultsOn() {
		r.Faults = append(r.Faults, f.String())
	}
	for _, t := range truths {
		r.Polls += t.Polls
		r.Early += t.Early
	}
	for _, j := range judges {
		var evidence []string
		if j.server != nil {
			evidence = j.server(s)
		}
		for _, t := range truths {
			if j.operation == nil {
				break
			}
			if text := j.operation(t, r.At, s.clock.Scale()); text != "" {
				evidence = append(evidence, "operation "+t.ID+": "+text)
			}
		}
		if len(evidence) > 0 {
			r.Findings = append(r.Findings, Finding{j.GradeRule, len(evidence), slices.Clip(evidence[:min(len(evidence), maxEvidence)])})
		}
	}
	return r
}

func (s *Server) judgeSightings() (evidence []string) {
	for _, g := range s.Sightings() {
		evidence = append(evidence, fmt.Sprintf("%s %s at the other origin carried %v", g.Method, clip(g.Path), g.Names))
	}
	return evidence
}

func (s *Server) judgeReposts() (evidence []string) {
	for _, p := range s.Reposts() {
		evidence = append(evidence, fmt.Sprintf("the answer that accepted operation %s was lost, and the same submit made operation %s", p.First, p.Second))
	}
	return evidence
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
	return fmt.Sprintf("%s (%s): the client %s, %s: %s; to mend it, %s", f.ID, f.Severity, f.Title, often, strings.Join(f.Evidence, "; "), f.Advice)
}
