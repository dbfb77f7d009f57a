package conformance_test

import (
	"os"
	"slices"
	"testing"

	"github.com/asyncctl/asyncctl/conformance"
)

// TestReferenceSample judges the sample of the pattern by its known defects.
func TestReferenceSample(t *testing.T) {
	text, err := os.ReadFile("testdata/seed-sample/transcript.txt")
	if err != nil {
		t.Fatal(err)
	}
	want := map[string][]string{
		"http": {
			"fail retry-after-present",
			"warn accepted-body-describes-status", // a sentence, with the URL in it
			"fail unknown-id-404",
			"fail explicit-cache-control",
			"fail retry-after-while-pending",
			"warn completion-303", // 302, as in the older text
			"inconclusive failure-visible",
		},
		"https": {
			"fail status-url-resolves", // nobody should follow it
			"fail status-url-no-downgrade",
			"fail retry-after-present",
			"warn accepted-body-describes-status",
		},
	}
	for _, c := range readCases(t, string(text)) {
		t.Run(c.verdict, func(t *testing.T) {
			var got []string
			for _, r := range conformance.Judge(&c.evidence, conformance.Judging{Level: conformance.May}).Results {
				notable := r.Outcome == conformance.Fail || r.Outcome == conformance.Warn || r.ID == "failure-visible" && r.Outcome == conformance.Inconclusive
				if notable {
					got = append(got, string(r.Outcome)+" "+r.ID)
				}
			}
			slices.Sort(got)
			if w := slices.Sorted(slices.Values(want[c.verdict])); !slices.Equal(got, w) {
				t.Errorf("got\n%q\nwant\n%q", got, w)
			}
		})
	}
}
