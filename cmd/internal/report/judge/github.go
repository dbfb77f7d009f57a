package judge

import (
	"bytes"
	"fmt"
	"strings"

	"github.com/asyncctl/asyncctl/conformance"
)

// mostAnnotations is how many errors, and how many warnings, GitHub shows of one step; it drops the
// others without a word.
const mostAnnotations = 10

// writeGitHub writes workflow commands: errors for what fails the run, warnings for the rest. What is
// beyond the limit is counted in the last one.
func writeGitHub(b *bytes.Buffer, d *digest) error {
	var bad, mild []annotation
	if d.verdict.Word != "passed" && d.verdict.Word != "failed" {
		bad = append(bad, annotation{"conformance: " + d.verdict.Word, strings.Join(d.verdict.Reasons, "; ")})
	}
	for i := range d.Stale {
		bad = append(bad, annotation{"stale waiver for " + d.Stale[i].Rule, staleText(&d.Stale[i])})
	}
	for _, e := range append(d.findings(), d.entries(string(conformance.Inconclusive))...) {
		a := annotation{e.label(), e.summary() + "\n" + e.githubAdvice()}
		if e.fails {
			bad = append(bad, a)
			continue
		}
		if e.shown == waived {
			a.text += "\n" + e.excuse()
		}
		mild = append(mild, a)
	}
	d.annotate(b, "error", bad)
	d.annotate(b, "warning", mild)
	return nil
}

type annotation struct{ title, text string }

func (e *entry) githubAdvice() string {
	if e.rule.Fix == "" {
		return "asyncctl explain " + e.ID
	}
	return "To fix it: " + e.rule.Fix + "\nasyncctl explain " + e.ID
}

func (d *digest) annotate(b *bytes.Buffer, kind string, list []annotation) {
	if len(list) > mostAnnotations {
		left := len(list) - mostAnnotations + 1
		last := annotation{fmt.Sprintf("and %d more", left), "GitHub shows " + fmt.Sprint(mostAnnotations) + " of a kind; the other reports have all of them"}
		list = append(list[:mostAnnotations-1:mostAnnotations-1], last)
	}
	for _, a := range list {
		properties := "title=" + commandProperty(a.title)
		if d.o.Anchor != "" {
			properties = "file=" + commandProperty(d.o.Anchor) + ",line=1," + properties
		}
		fmt.Fprintf(b, "::%s %s::%s\n", kind, properties, commandData(a.text))
	}
}

// commandData escapes the text of a workflow command, as the toolkit of actions does.
func commandData(s string) string {
	lines := strings.Split(s, "\n")
	for i, line := range lines {
		lines[i] = strings.ReplaceAll(visible(line), "%", "%25")
	}
	return strings.Join(lines, "%0A")
}

func commandProperty(s string) string {
	return strings.NewReplacer(":", "%3A", ",", "%2C").Replace(commandData(s))
}
