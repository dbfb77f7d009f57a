package judge

import (
	"fmt"
	"strings"
	"time"

	"github.com/asyncctl/asyncctl/conformance"
	"github.com/asyncctl/asyncctl/internal/show"
)

// digest is a report as the formats need it: judged, and grouped by theme.
type digest struct {
	*conformance.Report
	o       Options
	verdict Verdict
	themes  []theme
}

// theme is a group of rules about one part of the conversation.
type theme struct {
	name, slug string
	entries    []*entry
}

// entry is one rule with what came of it.
type entry struct {
	*conformance.Result
	rule  *conformance.Rule // never nil
	shown string            // the outcome, or "waived"
	fails bool              // it fails the run
}

const waived = "waived"

// shownOutcomes lists what an entry may be shown as, the worst first.
var shownOutcomes = []string{
	string(conformance.Fail), string(conformance.Inconclusive), waived, string(conformance.Warn),
	string(conformance.Pass), string(conformance.Skip), string(conformance.NotApplicable),
}

func newDigest(r *conformance.Report, o Options) *digest {
	if o.Anchor == "" {
		o.Anchor = r.TargetFile
	}
	d := &digest{Report: r, o: o, verdict: o.Gate.Judge(r)}
	at := map[string]int{}
	for i := range r.Results {
		res := &r.Results[i]
		e := &entry{Result: res, rule: res.Rule, shown: string(res.Outcome), fails: o.Gate.Fails(res)}
		if e.rule == nil {
			e.rule = &conformance.Rule{ID: res.ID, Title: res.ID}
		}
		if res.Waiver != nil && (res.Outcome == conformance.Fail || res.Outcome == conformance.Warn) {
			e.shown = waived
		}
		slug, name := themeOf(e.rule)
		n, ok := at[slug]
		if !ok {
			n = len(d.themes)
			at[slug] = n
			d.themes = append(d.themes, theme{name: name, slug: slug})
		}
		d.themes[n].entries = append(d.themes[n].entries, e)
	}
	return d
}

// themeOf names the theme of a rule: its dialect, or the part of the pattern that its code tells.
func themeOf(r *conformance.Rule) (slug, name string) {
	if dialect, _, ok := strings.Cut(r.ID, "/"); ok {
		return dialect, "Dialect " + dialect
	}
	switch strings.TrimRight(r.Code, "0123456789") {
	case "S":
		return "submit", "Submitting"
	case "P":
		return "poll", "Polling"
	case "C":
		return "completion", "Completion"
	case "X":
		return "cancel", "Cancelling"
	}
	return "other", "Other rules"
}

// entries returns those that are shown as one of the outcomes, in the order of the catalogue.
func (d *digest) entries(shown ...string) []*entry {
	var list []*entry
	for _, t := range d.themes {
		for _, e := range t.entries {
			for _, s := range shown {
				if e.shown == s {
					list = append(list, e)
				}
			}
		}
	}
	return list
}

// findings returns the entries that have something wrong, those that fail the run first.
func (d *digest) findings() []*entry {
	return d.entries(string(conformance.Fail), waived, string(conformance.Warn))
}

// tally says how many rules came to what: "1 fail, 1 waived, 40 pass".
func tally(entries []*entry) string {
	var parts []string
	for _, s := range shownOutcomes {
		n := 0
		for _, e := range entries {
			if e.shown == s {
				n++
			}
		}
		if n > 0 {
			parts = append(parts, fmt.Sprintf("%d %s", n, s))
		}
	}
	return strings.Join(parts, ", ")
}

func (d *digest) all() []*entry { return d.entries(shownOutcomes...) }

// headline says how it went, in a line.
func (d *digest) headline() string {
	text := d.verdict.Word
	if len(d.verdict.Reasons) > 0 {
		text += ": " + strings.Join(d.verdict.Reasons, ", ")
	}
	return visible(text)
}

// Headline says in one line how a run went: "failed: 2 checks failed", with the counts.
func Headline(r *conformance.Report, g Gate) string {
	d := newDigest(r, Options{Gate: g})
	return d.headline() + "; " + d.counted()
}

// counted sums up: "61 rules: 2 fail, 59 pass, in 3.2s".
func (d *digest) counted() string {
	return fmt.Sprintf("%s: %s, in %s", show.Count(len(d.Results), "rule"), tally(d.all()), took(d.Elapsed))
}

func took(d time.Duration) string {
	if d >= time.Minute {
		return d.Round(time.Second).String()
	}
	return d.Round(10 * time.Millisecond).String()
}

// tags are the code and the level of a rule, as people read them: "S11, must, rfc".
func (e *entry) tags() string {
	var parts []string
	level := string(e.rule.Level)
	if e.rule.Negative {
		level += " not"
	}
	for _, part := range []string{e.rule.Code, level, string(e.rule.Basis)} {
		if part != "" {
			parts = append(parts, part)
		}
	}
	return strings.Join(parts, ", ")
}

// label names the rule: "S11 retry-after-syntax".
func (e *entry) label() string { return strings.TrimSpace(e.rule.Code + " " + e.ID) }

// why is the reason for a result without findings; empty if there is none.
func (e *entry) why() string {
	switch {
	case e.Reason != "":
		return visible(e.Reason)
	case e.Need != "":
		return "needs " + string(e.Need)
	}
	return ""
}

// excuse says what a waiver says.
func (e *entry) excuse() string {
	if e.Waiver == nil {
		return ""
	}
	return "waived until " + e.Waiver.Expires.UTC().Format(time.DateOnly) + ": " + visible(e.Waiver.Reason)
}

// exchange returns the transcript and the exchange that show a finding.
func (d *digest) exchange(f *conformance.Finding) (*conformance.Transcript, *conformance.Exchange) {
	for i := range d.Transcripts {
		t := &d.Transcripts[i]
		if t.Probe == f.Probe && f.Exchange >= 0 && f.Exchange < len(t.Exchanges) {
			return t, &t.Exchanges[f.Exchange]
		}
	}
	return nil, nil
}

// staleText says what is wrong with a waiver.
func staleText(s *conformance.StaleWaiver) string {
	return visible(s.Why) + " (reason given: " + visible(s.Reason) + ")"
}
