package mockserver

import "github.com/asyncctl/asyncctl/mockserver/internal/grade"

// A Report grades the client under test.
type Report = grade.Report

// A Finding is a rule that the client broke.
type Finding = grade.Finding

// A GradeRule is something that a client of slow operations should do.
type GradeRule = grade.GradeRule

// A Severity tells how bad a finding is.
type Severity = grade.Severity

// The severities.
const (
	SeverityError   = grade.SeverityError   // it breaks the pattern, or gives something away
	SeverityWarning = grade.SeverityWarning // it is wasteful, or a sign that the client lost its way
)

// A Sighting is a request to the other origin that carried what was meant for
// the first one.
type Sighting = grade.Sighting

// GradeRules returns what [Server.Grade] looks at, in the order of its reports.
func GradeRules() []GradeRule { return grade.GradeRules() }

// Grade judges the client by all that it did up to now. It takes the client to be
// done, so it belongs at the end of a test: an operation that was not polled to
// its end by now has been given up. Operations that are not stored any more are
// not judged.
func (s *Server) Grade() Report { return s.grade(false) }

// grade judges a client, which may still be at work if live is set.
func (s *Server) grade(live bool) Report {
	s.once.Do(s.start)
	c := grade.Case{
		Truths: s.Truths(), At: s.host.Clock.Now(), Live: live, Scale: s.host.Clock.Scale(), Seed: s.FaultSeed(),
		Sightings: s.Sightings(), Reposts: s.Reposts(),
	}
	for _, f := range s.FaultsOn() {
		c.Faults = append(c.Faults, f.String())
	}
	return grade.Judge(c)
}
