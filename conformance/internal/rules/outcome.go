package rules

import "github.com/asyncctl/asyncctl/conformance/internal/evidence"

import "time"

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

	// Results has every rule but those of other dialects, in the order of the catalogue.
	Results     []Result              `json:"results"`
	Transcripts []evidence.Transcript `json:"transcripts,omitempty"`
	// Stale are the waivers that match nothing any more, or have expired; each fails the run.
	Stale []StaleWaiver `json:"stale_waivers,omitempty"`
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

// Waiver excuses one rule's findings, for a reason and for a time.
type Waiver struct {
	Rule    string    `json:"rule" yaml:"rule"`
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
