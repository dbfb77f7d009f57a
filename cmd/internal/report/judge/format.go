package judge

import (
	"bytes"
	"fmt"
	"io"

	"github.com/asyncctl/asyncctl/conformance"
	"github.com/asyncctl/asyncctl/internal/schema"
)

// Format is a way of writing a report.
type Format string

// The formats.
const (
	Text     Format = "text"     // for people
	JSON     Format = "json"     // one versioned document
	NDJSON   Format = "ndjson"   // one record a line
	JUnit    Format = "junit"    // XML as Jenkins and GitLab read it
	SARIF    Format = "sarif"    // SARIF 2.1.0, for code scanning
	TAP      Format = "tap"      // TAP version 14
	Markdown Format = "markdown" // for merge requests and step summaries
	HTML     Format = "html"     // one page that needs nothing else
	GitHub   Format = "github"   // workflow commands that annotate a run
)

// formats has the writers, in the order in which people are told about them.
var formats = []struct {
	name    Format
	summary string
	write   func(*bytes.Buffer, *digest) error
}{
	{Text, "for people: findings with the exchange that shows them, and how to fix them", writeText},
	{JSON, "one document, schema " + schema.Conformance + "; fields are only ever added", writeJSON},
	{NDJSON, "the same as records, one a line", writeNDJSON},
	{JUnit, "JUnit XML, as Jenkins and GitLab read it", writeJUnit},
	{SARIF, "SARIF 2.1.0, for code scanning; anchored to a file", writeSARIF},
	{TAP, "TAP version 14", writeTAP},
	{Markdown, "for merge requests, at most 1 MiB", writeMarkdown},
	{HTML, "one page that needs nothing else", writeHTML},
	{GitHub, "GitHub annotations, at most 10 of a kind", writeGitHub},
}

// Formats returns all formats.
func Formats() []Format {
	names := make([]Format, len(formats))
	for i := range formats {
		names[i] = formats[i].name
	}
	return names
}

// Summary says in a few words what a format is; "" if there is no such format.
func (f Format) Summary() string {
	for i := range formats {
		if formats[i].name == f {
			return formats[i].summary
		}
	}
	return ""
}

// Options say how a report is written. The zero value is right for a file.
type Options struct {
	// Gate says what fails. All formats go by it.
	Gate Gate
	// Color and ASCII are for [Text] on a terminal: the sixteen colours, and no more than ASCII.
	Color, ASCII bool
	// Width is where [Text] breaks its lines; 0 means 100 columns.
	Width int
	// Verbose makes [Text] list the rules that passed too.
	Verbose bool
	// Anchor is the file that [SARIF] and [GitHub] put findings at, relative to the root of the
	// repository; empty: the report's TargetFile.
	Anchor string
	// Limit is how many bytes [Markdown] may have; 0 means 1 MiB, which is GitHub's limit.
	Limit int
}

// Write writes a report in one piece: nothing is written if it cannot be made. The report's results
// should have their rules; one without is written with what is known. It fails for a format that
// does not exist and where w fails.
func Write(w io.Writer, f Format, r *conformance.Report, o Options) error {
	for i := range formats {
		if formats[i].name != f {
			continue
		}
		var b bytes.Buffer
		if err := formats[i].write(&b, newDigest(r, o)); err != nil {
			return fmt.Errorf("cannot write the report as %s: %w", f, err)
		}
		_, err := w.Write(b.Bytes())
		return err
	}
	return fmt.Errorf("there is no report format %q", f)
}
