package grade

import (
	"encoding/json"
	"encoding/xml"
	"fmt"
	"io"
	"strings"
	"time"
)

// A reportFormat writes reports.
type reportFormat struct {
	MediaType string
	Write     func(Report, io.Writer) error
}

// ReportFormats are the ways of writing a report, by the end of a file name.
var ReportFormats = map[string]reportFormat{
	"json": {"application/json", Report.WriteJSON},
	"xml":  {"application/xml", Report.WriteJUnit},
	"md":   {"text/markdown; charset=utf-8", Report.WriteMarkdown},
}

// WriteJSON writes the report as one JSON document, indented.
func (r Report) WriteJSON(w io.Writer) error {
	encoder := json.NewEncoder(w)
	encoder.SetIndent("", "  ")
	return encoder.Encode(struct {
		Schema string `json:"schema"`
		Clean  bool   `json:"clean"`
		Report
	}{"asyncctl.grade/1", r.Clean(), r})
}

// WriteJUnit writes the report as a JUnit test suite, with a case for each rule.
// Where there was nothing to judge, the suite has an error.
func (r Report) WriteJUnit(w io.Writer) error {
	type message struct {
		Message string `xml:"message,attr"`
		Type    string `xml:"type,attr"`
		Text    string `xml:",chardata"`
	}
	type testcase struct {
		Class   string   `xml:"classname,attr"`
		Name    string   `xml:"name,attr"`
		Failure *message `xml:"failure"`
		Error   *message `xml:"error"`
	}
	suite := struct {
		XMLName  xml.Name   `xml:"testsuite"`
		Name     string     `xml:"name,attr"`
		Tests    int        `xml:"tests,attr"`
		Failures int        `xml:"failures,attr"`
		Errors   int        `xml:"errors,attr"`
		Time     string     `xml:"timestamp,attr"`
		Cases    []testcase `xml:"testcase"`
	}{Name: "asyncctl grade", Failures: len(r.Findings), Time: r.At.UTC().Format(time.RFC3339)}
	for _, rule := range r.Rules {
		test := testcase{Class: "asyncctl.grade", Name: rule.ID}
		for _, f := range r.Findings {
			if f.ID == rule.ID {
				test.Failure = &message{f.Title, string(f.Severity), strings.Join(f.Evidence, "\n") + "\n" + f.Advice}
			}
		}
		suite.Cases = append(suite.Cases, test)
	}
	if r.Operations == 0 {
		suite.Errors = 1
		suite.Cases = append(suite.Cases, testcase{"asyncctl.grade", "client-seen", nil, &message{nothingSeen, "empty", nothingSeen}})
	}
	suite.Tests = len(suite.Cases)
	text, err := xml.MarshalIndent(suite, "", "  ")
	if err != nil {
		return fmt.Errorf("cannot write the grade as JUnit: %w", err)
	}
	_, err = io.WriteString(w, xml.Header+string(text)+"\n")
	return err
}

const nothingSeen = "nothing to judge: no operation was submitted"

// WriteMarkdown writes the report for people.
func (r Report) WriteMarkdown(w io.Writer) error {
	var b strings.Builder
	b.WriteString("# How the client did\n\n")
	fmt.Fprintf(&b, "%d operations, %d polls, %d of them early; seed %d", r.Operations, r.Polls, r.Early, r.Seed)
	if len(r.Faults) > 0 {
		fmt.Fprintf(&b, "; faults: `%s`", strings.Join(r.Faults, "`, `"))
	}
	b.WriteString(".\n\n")
	switch {
	case r.Operations == 0:
		b.WriteString("**" + nothingSeen + "**\n")
	case r.Clean():
		fmt.Fprintf(&b, "No findings: all %d rules were kept.\n", len(r.Rules))
	default:
		b.WriteString("| severity | rule | what it did | times |\n|---|---|---|---|\n")
		for _, f := range r.Findings {
			fmt.Fprintf(&b, "| %s | `%s` | %s | %d |\n", f.Severity, f.ID, f.Title, f.Count)
		}
	}
	for _, f := range r.Findings {
		fmt.Fprintf(&b, "\n## %s\n\n%s. To fix it: %s.\n\n", f.ID, f.Title, f.Advice)
		for _, text := range f.Evidence {
			fmt.Fprintf(&b, "- %s\n", strings.NewReplacer("<", "&lt;", "\n", " ").Replace(text))
		}
	}
	_, err := io.WriteString(w, b.String())
	return err
}
