package rules

import (
	"strings"
	"time"

	"github.com/asyncctl/asyncctl/conformance/internal/evidence"
)

// Report is what came of a run.
type Report struct {
	Schema  string `json:"schema"`  // "asyncctl.conformance/1"
	Version string `json:"version"` // of the program
	Target  string `json:"target"`  // the URL of the submit, without secrets
	// TargetFile is the file that described the target; empty: flags did.
	TargetFile string `json:"target_file,omitempty"`
	Dialect    string `json:"dialect"`
	Cue        string `json:"cue,omitempty"`

	Started time.Time     `json:"started"`
	Elapsed time.Duration `json:"elapsed_ns"`
	// Level is the level asked for: violations of weaker rules are warnings.
	Level Level `json:"level"`
	// Interrupted says that the run was stopped before it was through; Broken, why the target could
	// not be judged at all (unreachable, asks for credentials, a login page); empty: it could.
	Interrupted bool   `json:"interrupted,omitempty"`
	Broken      string `json:"broken,omitempty"`

	// Notes say what the server did not bear, such as several operations at a time.
	Notes []string `json:"notes,omitempty"`
	// LeftRunning are the status URLs of operations that the run began, and that may still run.
	LeftRunning []string `json:"left_running,omitempty"`

	// Results has every rule but those of other dialects, in the order of the catalogue.
	Results     []Result              `json:"results"`
	Transcripts []evidence.Transcript `json:"transcripts,omitempty"`
	// Stale are the waivers that match nothing any more, or have expired; each fails the run.
	Stale []StaleWaiver `json:"stale_waivers,omitempty"`

	clean *evidence.Evidence
}

// Result is what came of one rule.
type Result struct {
	Rule    *Rule   `json:"-"`
	ID      string  `json:"id"`
	Outcome Outcome `json:"outcome"`
	Reason  string  `json:"reason,omitempty"`
	// Need is the need that is not met, if that is why it was skipped.
	Need     Need      `json:"need,omitempty"`
	Findings []Finding `json:"findings,omitempty"`
	// Waiver is what excuses the findings; nil: nothing does.
	Waiver *Waiver `json:"waiver,omitempty"`
}

// Waiver excuses findings of one rule, for a reason and for a time.
type Waiver struct {
	Rule string `json:"rule" yaml:"rule"`
	// Match is a part of the words of the findings that it excuses, in which "*" stands for anything; "*"
	// alone, or nothing, excuses all of the rule.
	Match   string    `json:"match,omitempty" yaml:"match"`
	Reason  string    `json:"reason" yaml:"reason"`
	Expires time.Time `json:"expires" yaml:"expires"` // the last day on which it counts
}

// StaleWaiver is a waiver that fails the run, and why.
type StaleWaiver struct {
	Waiver
	Why string `json:"why"`
}

// Counts says how often each outcome came about; waived findings count as [Warn].
func (r *Report) Counts() map[Outcome]int {
	counts := map[Outcome]int{}
	for i := range r.Results {
		o := r.Results[i].Outcome
		if o == Fail && r.Results[i].Waiver != nil {
			o = Warn
		}
		counts[o]++
	}
	return counts
}

// Executed is how many checks came to a verdict: passes, failures and warnings.
func (r *Report) Executed() int {
	n := 0
	for i := range r.Results {
		switch r.Results[i].Outcome {
		case Pass, Fail, Warn:
			n++
		}
	}
	return n
}

// Redact takes secrets out of a report: its transcripts become those of the evidence, which is clean, and
// its words are cleaned alike.
func (r *Report) Redact(clean *evidence.Evidence, words *evidence.Redactor) {
	r.Transcripts, r.clean = clean.Transcripts, clean
	r.Target, r.Broken = words.Text(r.Target), words.Text(r.Broken)
	r.Notes, r.LeftRunning = words.Lines(r.Notes), words.Lines(r.LeftRunning)
	for i := range r.Results {
		result := &r.Results[i]
		result.Reason = words.Text(result.Reason)
		for j := range result.Findings {
			f := &result.Findings[j]
			f.Message, f.Lines = words.Text(f.Message), words.Lines(f.Lines)
		}
	}
}

// Evidence returns what was judged, without secrets. It is nil for a report that was read from a file.
func (r *Report) Evidence() *evidence.Evidence { return r.clean }

// Excuses reports whether the waiver is for a finding.
func (w *Waiver) Excuses(f *Finding) bool {
	rest := f.Message
	for part := range strings.SplitSeq(w.Match, "*") {
		i := strings.Index(rest, part)
		if i < 0 {
			return false
		}
		rest = rest[i+len(part):]
	}
	return true
}
