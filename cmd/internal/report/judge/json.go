package judge

import (
	"bytes"
	"encoding/json"
	"time"

	"github.com/asyncctl/asyncctl/conformance"
	"github.com/asyncctl/asyncctl/internal/schema"
)

// jsonRun is what is known of the whole run.
type jsonRun struct {
	Schema      string            `json:"schema"`
	Version     string            `json:"version"`
	Target      string            `json:"target"`
	TargetFile  string            `json:"target_file,omitempty"`
	Dialect     string            `json:"dialect"`
	Cue         string            `json:"cue,omitempty"`
	Level       conformance.Level `json:"level"`
	Started     time.Time         `json:"started"`
	ElapsedMS   int64             `json:"elapsed_ms"`
	Interrupted bool              `json:"interrupted"`
	Broken      string            `json:"broken,omitempty"`
	Notes       []string          `json:"notes,omitempty"`
	LeftRunning []string          `json:"left_running,omitempty"`
}

// jsonVerdict is how it went.
type jsonVerdict struct {
	Verdict string         `json:"verdict"` // passed, failed, broken, interrupted, empty
	Reasons []string       `json:"reasons,omitempty"`
	Counts  map[string]int `json:"counts"`
}

// jsonResult is what came of one rule.
type jsonResult struct {
	ID       string            `json:"id"`
	Code     string            `json:"code,omitempty"`
	Theme    string            `json:"theme"`
	Title    string            `json:"title"`
	Level    conformance.Level `json:"level,omitempty"`
	Negative bool              `json:"negative,omitempty"`
	Basis    conformance.Basis `json:"basis,omitempty"`
	Sources  []string          `json:"sources,omitempty"`

	Outcome  conformance.Outcome `json:"outcome"`
	Fails    bool                `json:"fails"` // the run
	Reason   string              `json:"reason,omitempty"`
	Need     conformance.Need    `json:"need,omitempty"`
	Findings []jsonFinding       `json:"findings,omitempty"`
	Fix      string              `json:"fix,omitempty"` // where there is something to fix
	Waiver   *jsonWaiver         `json:"waiver,omitempty"`
}

type jsonFinding struct {
	conformance.Finding
	Reproduce []string `json:"reproduce,omitempty"` // shell commands
}

type jsonWaiver struct {
	Rule    string `json:"rule"`
	Reason  string `json:"reason"`
	Expires string `json:"expires"` // the last day on which it counts
	Why     string `json:"why,omitempty"`
}

func (d *digest) jsonRun() jsonRun {
	return jsonRun{
		Schema: schema.Conformance, Version: d.Version, Target: d.Target, TargetFile: d.TargetFile, Dialect: d.Dialect, Cue: d.Cue,
		Level: d.Level, Started: d.Started, ElapsedMS: d.Elapsed.Milliseconds(), Interrupted: d.Interrupted, Broken: d.Broken,
		Notes: d.Notes, LeftRunning: d.LeftRunning,
	}
}

func (d *digest) jsonVerdict() jsonVerdict {
	v := jsonVerdict{Verdict: d.verdict.Word, Reasons: d.verdict.Reasons, Counts: map[string]int{}}
	for _, shown := range shownOutcomes {
		v.Counts[shown] = len(d.entries(shown))
	}
	return v
}

func (d *digest) jsonResults() []jsonResult {
	var list []jsonResult
	for _, t := range d.themes {
		for _, e := range t.entries {
			r := jsonResult{
				ID: e.ID, Code: e.rule.Code, Theme: t.slug, Title: e.rule.Title, Level: e.rule.Level, Negative: e.rule.Negative,
				Basis: e.rule.Basis, Sources: e.rule.Sources,
				Outcome: e.Outcome, Fails: e.fails, Reason: e.Reason, Need: e.Need,
			}
			for i := range e.Findings {
				r.Findings = append(r.Findings, jsonFinding{e.Findings[i], d.reproduce(&e.Findings[i])})
			}
			if len(e.Findings) > 0 {
				r.Fix = e.rule.Fix
			}
			if e.Waiver != nil {
				w := newJSONWaiver(*e.Waiver, "")
				r.Waiver = &w
			}
			list = append(list, r)
		}
	}
	return list
}

func newJSONWaiver(w conformance.Waiver, why string) jsonWaiver {
	return jsonWaiver{w.Rule, w.Reason, w.Expires.UTC().Format(time.DateOnly), why}
}

func (d *digest) jsonStale() []jsonWaiver {
	var list []jsonWaiver
	for _, s := range d.Stale {
		list = append(list, newJSONWaiver(s.Waiver, s.Why))
	}
	return list
}

func writeJSON(b *bytes.Buffer, d *digest) error {
	out := json.NewEncoder(b)
	out.SetEscapeHTML(false)
	out.SetIndent("", "  ")
	return out.Encode(struct {
		jsonRun
		jsonVerdict
		Results     []jsonResult             `json:"results"`
		Stale       []jsonWaiver             `json:"stale_waivers,omitempty"`
		Transcripts []conformance.Transcript `json:"transcripts,omitempty"`
	}{d.jsonRun(), d.jsonVerdict(), d.jsonResults(), d.jsonStale(), d.Transcripts})
}
