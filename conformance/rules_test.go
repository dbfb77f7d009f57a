package conformance_test

import (
	"flag"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"testing/synctest"

	"github.com/asyncctl/asyncctl/conformance"
	"github.com/asyncctl/asyncctl/internal/mutants"
	"github.com/asyncctl/asyncctl/poller/dialect"
	"github.com/asyncctl/asyncctl/poller/lro"
)

var update = flag.Bool("update", false, "write testdata/rules anew, from what the mutants say now")

// TestRules judges the transcripts in testdata/rules: for each rule one that keeps to it and one that
// does not, and no more in them than it takes. They come from the mock and the mutants.
func TestRules(t *testing.T) {
	if *update {
		writeRules(t)
	}
	for _, rule := range conformance.Rules() {
		t.Run(rule.ID, func(t *testing.T) {
			text, err := os.ReadFile(ruleFile(rule))
			if err != nil {
				t.Fatal(err)
			}
			cases := readCases(t, string(text))
			verdicts := []string{}
			for _, c := range cases {
				verdicts = append(verdicts, c.verdict)
				result := judgeOne(&c.evidence, rule)
				if string(result.Outcome) != c.verdict {
					t.Errorf("got %s (%s), want %s", result.Outcome, result.Reason, c.verdict)
				}
				if result.Outcome == conformance.Fail && len(result.Findings) == 0 {
					t.Error("it fails without a finding")
				}
			}
			if !slices.Equal(verdicts, []string{"pass", "fail"}) {
				t.Errorf("the file has %q, want a pass and a fail", verdicts)
			}
		})
	}
}

func TestEveryRuleFileHasARule(t *testing.T) {
	files, err := filepath.Glob("testdata/rules/*.txt")
	if err != nil {
		t.Fatal(err)
	}
	for _, file := range files {
		if !slices.ContainsFunc(conformance.Rules(), func(r conformance.Rule) bool { return ruleFile(r) == filepath.ToSlash(file) }) {
			t.Errorf("%s is of no rule", file)
		}
	}
}

func ruleFile(rule conformance.Rule) string {
	return "testdata/rules/" + strings.ReplaceAll(rule.ID, "/", "_") + ".txt"
}

// judgeOne judges by one rule, at the level of the weakest.
func judgeOne(e *conformance.Evidence, rule conformance.Rule) conformance.Result {
	var d lro.Dialect
	if e.Dialect != "" {
		d, _ = dialect.ByName(e.Dialect)
	}
	report := conformance.Judge(e, conformance.Judging{
		Dialect: d, Level: conformance.May, Select: func(r conformance.Rule) bool { return r.ID == rule.ID },
	})
	for _, r := range report.Results {
		if r.ID == rule.ID {
			return r
		}
	}
	return conformance.Result{}
}

// writeRules runs the suite against all mutants, and keeps for each rule the shortest evidence of its
// verdicts.
func writeRules(t *testing.T) {
	passes, fails := map[string]*conformance.Evidence{}, map[string]*conformance.Evidence{}
	for n := range mutants.All(inMemory()) {
		synctest.Test(t, func(t *testing.T) {
			mutant := mutants.All(inMemory())[n]
			subject, err := mutant.Start()
			if err != nil {
				t.Fatal(err)
			}
			defer subject.Close()
			subject.Suite.Level = conformance.May
			report := subject.Suite.Run(t.Context(), subject.Target)
			e := &conformance.Evidence{
				Target:  conformance.Target{Cancel: subject.Target.Cancel, Keys: subject.Target.Keys},
				Dialect: report.Dialect, Transcripts: report.Transcripts,
			}
			for _, r := range report.Results {
				switch {
				case r.Outcome == conformance.Pass && passes[r.ID] == nil && mutant.Faultless():
					passes[r.ID] = e
				case r.Outcome == conformance.Fail && fails[r.ID] == nil:
					fails[r.ID] = e
				}
			}
		})
	}
	if err := os.MkdirAll("testdata/rules", 0o755); err != nil {
		t.Fatal(err)
	}
	for _, rule := range conformance.Rules() {
		if rule.ID == "no-credentials-in-urls" {
			continue // reports hold no credentials: its file is written by hand
		}
		var b strings.Builder
		for _, one := range []struct {
			outcome conformance.Outcome
			e       *conformance.Evidence
		}{{conformance.Pass, passes[rule.ID]}, {conformance.Fail, fails[rule.ID]}} {
			if one.e == nil {
				t.Fatalf("no mutant shows that %s comes out as %s", rule.ID, one.outcome)
			}
			writeCase(&b, string(one.outcome), shortest(one.e, rule, one.outcome))
		}
		if err := os.WriteFile(ruleFile(rule), []byte(b.String()), 0o644); err != nil {
			t.Fatal(err)
		}
	}
}

// shortest leaves out of evidence what the verdict does not need: transcripts, then exchanges, fields
// and content.
func shortest(e *conformance.Evidence, rule conformance.Rule, want conformance.Outcome) *conformance.Evidence {
	least := *e
	least.Transcripts = slices.Clone(e.Transcripts)
	same := func() bool { return judgeOne(&least, rule).Outcome == want }
	reduce(&least.Transcripts, same)
	for i := range least.Transcripts {
		t := &least.Transcripts[i]
		t.Exchanges = slices.Clone(t.Exchanges)
		reduce(&t.Exchanges, same)
		for j := range t.Exchanges {
			x := &t.Exchanges[j]
			reduce(&x.Request.Header, same)
			reduce(&x.Response.Header, same)
			for _, content := range []*conformance.Content{&x.Request.Body, &x.Response.Body} {
				before := *content
				if *content = nil; !same() {
					*content = before
				}
			}
		}
	}
	return &least
}

// reduce removes, from the end, each element without which it is still the same.
func reduce[S ~[]E, E any](all *S, same func() bool) {
	for i := len(*all) - 1; i >= 0; i-- {
		before := *all
		*all = slices.Delete(slices.Clone(before), i, i+1)
		if !same() {
			*all = before
		}
	}
}
