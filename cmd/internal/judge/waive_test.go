package judge_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/asyncctl/asyncctl/cmd/internal/judge"
	"github.com/asyncctl/asyncctl/conformance"
)

var day = time.Date(2026, 3, 4, 12, 0, 0, 0, time.UTC)

func TestWaive(t *testing.T) {
	report := func() *conformance.Report {
		return &conformance.Report{Dialect: "generic", Results: []conformance.Result{
			{ID: "fails", Outcome: conformance.Fail}, {ID: "warns", Outcome: conformance.Warn}, {ID: "passes", Outcome: conformance.Pass},
			{ID: "skipped", Outcome: conformance.Skip}, {ID: "open", Outcome: conformance.Inconclusive},
			{ID: "absent", Outcome: conformance.NotApplicable, Reason: "there is no redirect"},
		}}
	}
	known := map[string]string{"fails": "fails", "S01": "fails", "warns": "warns", "passes": "passes", "skipped": "skipped", "open": "open", "absent": "absent", "osb/other": "osb/other"}
	for _, tt := range []struct {
		rule, expires string
		waived, stale string
	}{
		{"fails", "2026-03-05", "fails", ""},
		{"fails", "2026-03-04", "fails", ""}, // the last day counts
		{"fails", "2026-03-03", "", "it expired on 2026-03-03"},
		{"S01", "2026-05-01", "fails", ""},
		{"warns", "2026-05-01", "warns", ""},
		{"passes", "2026-05-01", "", "it is not needed any more: the rule passes"},
		{"absent", "2026-05-01", "", "it matches nothing: there is no redirect"},
		{"skipped", "2026-05-01", "", ""},
		{"open", "2026-05-01", "", ""},
		{"osb/other", "2026-05-01", "", "it matches nothing: it is for a rule of another dialect than generic"},
		{"unheard-of", "2026-05-01", "", "there is no such rule"},
	} {
		expires, _ := time.Parse(time.DateOnly, tt.expires)
		r := report()
		judge.Waive(r, []conformance.Waiver{{Rule: tt.rule, Reason: "r", Expires: expires}}, known, day)
		waived, stale := "", ""
		for _, res := range r.Results {
			if res.Waiver != nil {
				waived += res.ID
			}
		}
		for _, s := range r.Stale {
			stale += s.Why
		}
		if waived != tt.waived || stale != tt.stale {
			t.Errorf("%s until %s: waived %q, stale %q; want %q, %q", tt.rule, tt.expires, waived, stale, tt.waived, tt.stale)
		}
	}
}

func TestWaiversMatchFindings(t *testing.T) {
	known := map[string]string{"a": "a"}
	for _, tt := range []struct {
		name    string
		matches []string
		waived  string // what the result is
		reason  string
		stale   int
	}{
		{"no words excuse all", []string{""}, "waived", "HEAD lacks 2 fields", 0},
		{"a star excuses all", []string{"*"}, "waived", "HEAD lacks 2 fields", 0},
		{"one of two is left", []string{"HEAD lacks * fields"}, "fails", "GET is empty", 0},
		{"both, each by its own", []string{"HEAD lacks", "GET is"}, "waived", "GET is empty", 0},
		{"other words", []string{"PUT"}, "fails", "HEAD lacks 2 fields", 1},
		{"parts in another order", []string{"fields*HEAD"}, "fails", "HEAD lacks 2 fields", 1},
	} {
		r := &conformance.Report{Results: []conformance.Result{{
			ID: "a", Outcome: conformance.Fail, Reason: "HEAD lacks 2 fields",
			Findings: []conformance.Finding{{Message: "HEAD lacks 2 fields"}, {Message: "GET is empty"}},
		}}}
		var waivers []conformance.Waiver
		for _, match := range tt.matches {
			waivers = append(waivers, conformance.Waiver{Rule: "a", Match: match, Reason: "r", Expires: day})
		}
		judge.Waive(r, waivers, known, day)
		got := "fails"
		if r.Results[0].Waiver != nil {
			got = "waived"
		}
		if got != tt.waived || tt.waived == "fails" && r.Results[0].Reason != tt.reason || len(r.Stale) != tt.stale {
			t.Errorf("%s: got %s because of %q, stale %+v; want %s because of %q", tt.name, got, r.Results[0].Reason, r.Stale, tt.waived, tt.reason)
		}
	}
}

// write returns the path of a file with that text.
func write(t *testing.T, text string) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "w.yaml")
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

func TestWaiverEntriesReadBackOnceCompleted(t *testing.T) {
	r := &conformance.Report{Results: []conformance.Result{
		{ID: "a", Outcome: conformance.Fail, Findings: []conformance.Finding{{Message: "it \"says\"\n\x1b: \u202e # x"}}},
		{ID: "b", Outcome: conformance.Pass}, {ID: "c", Outcome: conformance.Fail, Waiver: &conformance.Waiver{}}, {ID: "d", Outcome: conformance.Fail, Reason: "why"},
	}}
	fails := func(res *conformance.Result) bool { return res.Outcome == conformance.Fail && res.Waiver == nil }
	text := judge.WaiverEntries(r, fails, day)
	if _, err := judge.ReadWaivers(write(t, text)); err == nil || !strings.Contains(err.Error(), "[0].reason: it is missing") {
		t.Errorf("it can be used as it is: %v\n%s", err, text)
	}
	got, err := judge.ReadWaivers(write(t, strings.ReplaceAll(text, "CHANGE ME: ", "")))
	if err != nil || len(got) != 2 || got[0].Rule != "a" || got[1].Rule != "d" || got[0].Expires.Format(time.DateOnly) != "2026-04-03" {
		t.Errorf("got %+v, %v from\n%s", got, err, text)
	}
	if text := judge.WaiverEntries(&conformance.Report{}, fails, day); text != "" {
		t.Errorf("entries for nothing: %q", text)
	}
}
