package judge

import (
	"bytes"
	"cmp"
	"crypto/sha256"
	_ "embed"
	"encoding/base64"
	"fmt"
	"html/template"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/asyncctl/asyncctl/conformance"
	"github.com/asyncctl/asyncctl/internal/show"
)

//go:embed page/page.html
var pageText string

//go:embed page/page.css
var pageStyle string

//go:embed page/page.js
var pageScript string

// page is what the template of [HTML] is given. All text in it is foreign until it is escaped, which
// html/template does; what is not foreign are the style and the script, and the policy of the page
// allows these two, by their digests, and nothing else: no address is ever asked for anything.
type page struct {
	Policy        string
	Style, Script template.HTML
	Verdict       string
	Passed        bool
	Reasons       []string
	Target, Facts string
	Counted       string
	Total         int
	Bar           []pageShare
	Filters       []pageFilter
	Stale         []pageStale
	Themes        []pageTheme
	Footer        string
}

// pageShare is one stretch of the bar of outcomes.
type pageShare struct {
	Shown    string
	From, To int
}

type pageFilter struct {
	Shown, Word, Symbol string
	Count               int
}

type pageStale struct{ Rule, Why string }

type pageTheme struct {
	Name, Tally string
	Entries     []pageEntry
}

type pageEntry struct {
	Shown, Word, Symbol string
	ID, Code, Title     string
	Tags                string
	Open                bool
	Excuse, Why         string
	Findings            []pageFinding
	Left                int
	Facts               []pageFact
	Commands            []string
}

type pageFinding struct {
	Message, Place string
	Lines          []wireLine
}

type pageFact struct{ Name, Text string }

// pageTemplate is parsed when a page is written, and not at every start of the program.
var pageTemplate = sync.OnceValue(func() *template.Template {
	return template.Must(template.New("page").Funcs(template.FuncMap{
		"side": func(b byte) string { return string(b) },
		"sub":  func(a, b int) int { return a - b },
	}).Parse(pageText))
})

func writeHTML(b *bytes.Buffer, d *digest) error {
	p := page{
		Policy: "default-src 'none'; style-src " + digestOf(pageStyle) + "; script-src " + digestOf(pageScript) +
			"; base-uri 'none'; form-action 'none'",
		Style: template.HTML("<style>" + pageStyle + "</style>"), Script: template.HTML("<script>" + pageScript + "</script>"),
		Verdict: d.verdict.Word, Passed: d.verdict.Passed(), Target: visible(d.Target), Counted: d.counted(), Total: len(d.Results),
	}
	for _, reason := range d.verdict.Reasons {
		p.Reasons = append(p.Reasons, visible(reason))
	}
	facts := []string{"dialect " + visible(cmp.Or(d.Dialect, "not known")), "level " + string(cmp.Or(d.Level, conformance.May))}
	if d.TargetFile != "" {
		facts = append(facts, visible(d.TargetFile))
	}
	p.Facts = strings.Join(append(facts, d.Started.UTC().Format("2 January 2006, 15:04 UTC")), " · ")
	p.Footer = "asyncctl " + visible(d.Version) + ", " + d.Started.UTC().Format(time.RFC3339)
	at := 0
	for _, shown := range shownOutcomes {
		n := len(d.entries(shown))
		if n == 0 {
			continue
		}
		m := outcomeMarks[shown]
		p.Bar = append(p.Bar, pageShare{class(shown), at, at + n})
		p.Filters = append(p.Filters, pageFilter{class(shown), shown, m.symbol, n})
		at += n
	}
	for i := range d.Stale {
		p.Stale = append(p.Stale, pageStale{visible(d.Stale[i].Rule), staleText(&d.Stale[i])})
	}
	for i := range d.themes {
		t := pageTheme{Name: visible(d.themes[i].name), Tally: tally(d.themes[i].entries)}
		for _, e := range d.themes[i].entries {
			t.Entries = append(t.Entries, d.pageEntry(e))
		}
		slices.SortStableFunc(t.Entries, func(a, b pageEntry) int { return rank(a.Word) - rank(b.Word) })
		p.Themes = append(p.Themes, t)
	}
	return pageTemplate().Execute(b, p)
}

func digestOf(text string) string {
	sum := sha256.Sum256([]byte(text))
	return fmt.Sprintf("'sha256-%s'", base64.StdEncoding.EncodeToString(sum[:]))
}

// class is an outcome as the name of a class.
func class(shown string) string { return strings.ReplaceAll(shown, "/", "") }

func rank(shown string) int { return slices.Index(shownOutcomes, shown) }

func (d *digest) pageEntry(e *entry) pageEntry {
	p := pageEntry{
		Shown: class(e.shown), Word: e.shown, Symbol: outcomeMarks[e.shown].symbol,
		ID: visible(e.ID), Code: visible(e.rule.Code), Title: visible(e.rule.Title), Tags: e.tags(),
		Open: e.fails, Excuse: e.excuse(),
	}
	if len(e.Findings) == 0 {
		p.Why = e.why()
	}
	for i := range e.Findings {
		if i == mostFindings {
			p.Left = len(e.Findings) - i
			break
		}
		f := &e.Findings[i]
		_, x := d.exchange(f)
		finding := pageFinding{Message: visible(f.Message), Place: place(f, x)}
		if x != nil {
			finding.Lines = wire(x, f.Lines)
		} else {
			for _, line := range f.Lines {
				finding.Lines = append(finding.Lines, wireLine{'*', show.Clip(visible(line), lineWidth), true})
			}
		}
		p.Findings = append(p.Findings, finding)
	}
	for _, f := range []pageFact{{"Why", e.rule.Why}, {"Breaks", e.rule.Breaks}, {"Fix", e.rule.Fix}, {"Source", strings.Join(e.rule.Sources, "; ")}} {
		if f.Text != "" {
			p.Facts = append(p.Facts, pageFact{f.Name, visible(f.Text)})
		}
	}
	if len(e.Findings) > 0 {
		p.Commands = d.reproduce(&e.Findings[0])
	}
	return p
}
