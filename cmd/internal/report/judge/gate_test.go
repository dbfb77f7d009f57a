package judge_test

import (
	"strings"
	"testing"

	report "github.com/asyncctl/asyncctl/cmd/internal/report/judge"
	"github.com/asyncctl/asyncctl/conformance"
)

func TestGate(t *testing.T) {
	only := func(keep ...conformance.Outcome) *conformance.Report {
		r := mixed()
		r.Stale = nil
		var results []conformance.Result
		for _, res := range r.Results {
			for _, o := range keep {
				if res.Outcome == o {
					results = append(results, res)
				}
			}
		}
		r.Results = results
		return r
	}
	pass := conformance.Pass
	stale := only(pass)
	stale.Stale = mixed().Stale
	for name, tt := range map[string]struct {
		report *conformance.Report
		gate   report.Gate
		word   string
		reason string
	}{
		"passes":                     {only(pass), report.Gate{}, "passed", ""},
		"failures":                   {only(pass, conformance.Fail), report.Gate{}, "failed", "2 checks failed"},
		"failures, reported only":    {only(pass, conformance.Fail), report.Gate{FailOn: report.Never}, "passed", ""},
		"warnings":                   {only(pass, conformance.Warn), report.Gate{}, "passed", ""},
		"warnings that count":        {only(pass, conformance.Warn), report.Gate{FailOn: conformance.Warn}, "failed", "1 check has warnings"},
		"failures where those count": {only(pass, conformance.Fail), report.Gate{FailOn: conformance.Warn}, "failed", "2 checks failed"},
		"inconclusive":               {only(pass, conformance.Inconclusive), report.Gate{}, "failed", "1 check is inconclusive"},
		"inconclusive, allowed":      {only(pass, conformance.Inconclusive), report.Gate{AllowInconclusive: true}, "passed", ""},
		"stale waivers":              {stale, report.Gate{}, "failed", "2 waivers are stale"},
		"stale waivers, always":      {stale, report.Gate{FailOn: report.Never}, "failed", "2 waivers are stale"},
		"nothing was executed":       {only(conformance.Skip, conformance.NotApplicable), report.Gate{FailOn: report.Never}, "empty", "no check was executed"},
		"nothing but inconclusive":   {only(conformance.Inconclusive), report.Gate{}, "failed", "1 check is inconclusive"},
		"inconclusive is not a pass": {only(conformance.Inconclusive), report.Gate{AllowInconclusive: true}, "empty", "no check was executed"},
		"broken":                     {broken(), report.Gate{FailOn: report.Never}, "broken", "401"},
		"interrupted":                {interrupted(), report.Gate{FailOn: report.Never}, "interrupted", "interrupted"},
	} {
		t.Run(name, func(t *testing.T) {
			got := tt.gate.Judge(tt.report)
			if got.Word != tt.word || got.Passed() != (tt.word == "passed") || !strings.Contains(strings.Join(got.Reasons, "; "), tt.reason) {
				t.Errorf("got %+v, want %s: %s", got, tt.word, tt.reason)
			}
			if line := report.Headline(tt.report, tt.gate); !strings.HasPrefix(line, tt.word) || strings.ContainsAny(line, "\x1b\n") {
				t.Errorf("headline %q", line)
			}
		})
	}
}
