package judge

import (
	"bytes"
	"encoding/xml"
	"fmt"
	"strings"
	"time"

	"github.com/asyncctl/asyncctl/conformance"
	"github.com/asyncctl/asyncctl/internal/show"
)

// JUnit XML in the shape of the schema of Jenkins' xUnit plugin, junit-10.xsd. GitLab drops a case
// whose classname and name another has, shows the classname as the suite, and takes the text of a
// failure and not its message: so the text has everything. A warning has no place of its own: its case
// passes, and says so in system-out.

type junitSuites struct {
	XMLName  xml.Name     `xml:"testsuites"`
	Name     string       `xml:"name,attr"`
	Time     string       `xml:"time,attr"`
	Tests    int          `xml:"tests,attr"`
	Failures int          `xml:"failures,attr"`
	Errors   int          `xml:"errors,attr"`
	Suites   []junitSuite `xml:"testsuite"`
}

type junitSuite struct {
	Name       string          `xml:"name,attr"`
	Tests      int             `xml:"tests,attr"`
	Failures   int             `xml:"failures,attr"`
	Errors     int             `xml:"errors,attr"`
	Skipped    int             `xml:"skipped,attr"`
	Time       string          `xml:"time,attr"`
	Timestamp  string          `xml:"timestamp,attr"`
	Properties []junitProperty `xml:"properties>property"`
	Cases      []junitCase     `xml:"testcase"`
}

type junitProperty struct {
	Name  string `xml:"name,attr"`
	Value string `xml:"value,attr"`
}

type junitCase struct {
	Classname string    `xml:"classname,attr"`
	Name      string    `xml:"name,attr"`
	Time      string    `xml:"time,attr"`
	Skipped   *junitWhy `xml:"skipped"`
	Error     *junitWhy `xml:"error"`
	Failure   *junitWhy `xml:"failure"`
	Out       string    `xml:"system-out,omitempty"`
}

type junitWhy struct {
	Type    string `xml:"type,attr,omitempty"`
	Message string `xml:"message,attr"`
	Text    string `xml:",chardata"`
}

const junitClass = "asyncctl.conformance."

func writeJUnit(b *bytes.Buffer, d *digest) error {
	all := junitSuites{Name: "asyncctl conformance", Time: seconds(d.Elapsed)}
	all.Suites = append(all.Suites, d.junitRun())
	for i := range d.themes {
		if s := d.junitTheme(&d.themes[i]); len(s.Cases) > 0 {
			all.Suites = append(all.Suites, s)
		}
	}
	for i := range all.Suites {
		s := &all.Suites[i]
		s.Timestamp = d.Started.UTC().Format("2006-01-02T15:04:05")
		s.count()
		all.Tests, all.Failures, all.Errors = all.Tests+s.Tests, all.Failures+s.Failures, all.Errors+s.Errors
	}
	text, err := xml.MarshalIndent(all, "", "  ")
	if err != nil {
		return err
	}
	b.WriteString(xml.Header)
	b.Write(text)
	b.WriteByte('\n')
	return nil
}

// junitRun is the suite about the run itself, whose cases are there in every report: whether the
// target could be judged, and whether the waivers still hold. The time of the run is its time.
func (d *digest) junitRun() junitSuite {
	s := junitSuite{Name: junitClass + "run", Time: seconds(d.Elapsed), Properties: []junitProperty{
		{"target", visible(d.Target)}, {"dialect", visible(d.Dialect)}, {"level", string(d.Level)}, {"version", visible(d.Version)},
	}}
	judged := junitCase{Classname: s.Name, Name: "the target could be judged", Time: seconds(d.Elapsed)}
	switch d.verdict.Word {
	case "broken", "interrupted", "empty":
		text := visible(strings.Join(d.verdict.Reasons, "; "))
		judged.Error = &junitWhy{d.verdict.Word, text, text}
	}
	waivers := junitCase{Classname: s.Name, Name: "no waiver is stale", Time: seconds(0)}
	if len(d.Stale) > 0 {
		var lines []string
		for i := range d.Stale {
			lines = append(lines, visible(d.Stale[i].Rule)+": "+staleText(&d.Stale[i]))
		}
		waivers.Failure = &junitWhy{"stale", show.Count(len(d.Stale), "stale waiver"), strings.Join(lines, "\n")}
	}
	s.Cases = []junitCase{judged, waivers}
	return s
}

func (d *digest) junitTheme(t *theme) junitSuite {
	s := junitSuite{Name: junitClass + t.slug, Time: seconds(0)}
	for _, e := range t.entries {
		if e.Outcome == conformance.Skip && e.Reason == conformance.NotSelected {
			continue // nobody asked for it
		}
		c := junitCase{Classname: s.Name, Name: visible(e.label()), Time: seconds(0)}
		switch {
		case e.fails && e.Outcome == conformance.Inconclusive:
			c.Error = &junitWhy{"inconclusive", e.summary(), d.explanation(e)}
		case e.fails:
			c.Failure = &junitWhy{string(e.rule.Level), e.summary(), d.explanation(e)}
		case e.shown == waived:
			c.Skipped = &junitWhy{waived, e.excuse(), d.explanation(e)}
		case e.Outcome == conformance.Fail || e.Outcome == conformance.Warn:
			c.Out = "warning\n" + d.explanation(e)
		case e.Outcome != conformance.Pass:
			c.Skipped = &junitWhy{Type: string(e.Outcome), Message: e.why()}
		}
		s.Cases = append(s.Cases, c)
	}
	return s
}

func (s *junitSuite) count() {
	for i := range s.Cases {
		s.Tests++
		switch c := &s.Cases[i]; {
		case c.Failure != nil:
			s.Failures++
		case c.Error != nil:
			s.Errors++
		case c.Skipped != nil:
			s.Skipped++
		}
	}
}

func seconds(d time.Duration) string { return fmt.Sprintf("%.3f", d.Seconds()) }
