package judge

import (
	"bytes"
	"encoding/json"
	"fmt"
	"strings"

	"github.com/asyncctl/asyncctl/conformance"
)

// TAP version 14 (testanything.org/tap-version-14-specification.html). Warnings and waived findings
// are TODO points: "not ok", and no failure. What was not judged is a SKIP point.
func writeTAP(b *bytes.Buffer, d *digest) error {
	stop := d.verdict.Word == "broken" || d.verdict.Word == "interrupted"
	fmt.Fprintf(b, "TAP version 14\n1..%d\n", len(d.Results)+len(d.Stale))
	fmt.Fprintf(b, "# %s, dialect %s\n", visible(d.Target), visible(d.Dialect))
	n := 0
	point := func(ok bool, text, directive string) {
		n++
		word := "ok"
		if !ok {
			word = "not ok"
		}
		fmt.Fprintf(b, "%s %d - %s%s\n", word, n, tapText(text), directive)
	}
	for _, t := range d.themes {
		for _, e := range t.entries {
			text := e.label() + ": " + e.rule.Title
			switch {
			case e.fails:
				point(false, text, "")
				d.tapDiagnostics(b, e)
			case e.shown == waived:
				point(false, text, " # TODO "+tapText(e.excuse()))
				d.tapDiagnostics(b, e)
			case e.Outcome == conformance.Fail || e.Outcome == conformance.Warn:
				point(false, text, " # TODO warning")
				d.tapDiagnostics(b, e)
			case e.Outcome == conformance.Pass:
				point(true, text, "")
			default:
				point(true, text, " # SKIP "+tapText(string(e.Outcome)+": "+e.why()))
			}
		}
	}
	for i := range d.Stale {
		point(false, "stale waiver for "+d.Stale[i].Rule+": "+staleText(&d.Stale[i]), "")
	}
	if stop {
		fmt.Fprintf(b, "Bail out! %s\n", tapText(strings.Join(d.verdict.Reasons, "; ")))
		return nil
	}
	fmt.Fprintf(b, "# %s\n# %s\n", tapText(d.headline()), tapText(d.counted()))
	return nil
}

// tapText escapes what would begin a directive.
func tapText(s string) string {
	return strings.NewReplacer(`\`, `\\`, "#", `\#`).Replace(visible(s))
}

// tapDiagnostics writes a block of YAML; its strings are JSON strings, which YAML reads as they are.
func (d *digest) tapDiagnostics(b *bytes.Buffer, e *entry) {
	b.WriteString("  ---\n")
	row := func(indent, name, value string) {
		if value != "" {
			fmt.Fprintf(b, "  %s%s: %s\n", indent, name, jsonString(value))
		}
	}
	row("", "message", e.summary())
	row("", "severity", map[bool]string{true: "fail", false: "todo"}[e.fails])
	row("", "level", string(e.rule.Level))
	if len(e.Findings) > 0 {
		b.WriteString("  findings:\n")
		for i := range e.Findings {
			if i == mostFindings {
				break
			}
			fmt.Fprintf(b, "    - %s\n", jsonString(strings.Join(d.evidenceLines(&e.Findings[i]), "\n")))
		}
	}
	row("", "fix", visible(e.rule.Fix))
	row("", "explain", "asyncctl explain "+visible(e.ID))
	b.WriteString("  ...\n")
}

func jsonString(s string) string {
	var b bytes.Buffer
	out := json.NewEncoder(&b)
	out.SetEscapeHTML(false)
	out.Encode(s) // of a string it cannot fail
	return strings.TrimSuffix(b.String(), "\n")
}
