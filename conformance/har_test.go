package conformance_test

import (
	"bytes"
	"os"
	"strings"
	"testing"
	"time"

	"github.com/asyncctl/asyncctl/conformance"
)

// imported judges an archive.
func imported(t *testing.T, archive []byte) *conformance.Report {
	t.Helper()
	e, err := conformance.ImportHAR(bytes.NewReader(archive), nil)
	if err != nil {
		t.Fatal(err)
	}
	return conformance.Judge(e, conformance.Judging{Level: conformance.May})
}

// Sessions as browsers export them: field names in small letters with pseudo fields, an offset in the times,
// a preflight, content that was decoded, and none where the browser does not keep it.
func TestSessionOfABrowserIsGreen(t *testing.T) {
	for _, browser := range []string{"chrome", "firefox"} {
		archive, err := os.ReadFile("testdata/har/" + browser + ".har")
		if err != nil {
			t.Fatal(err)
		}
		for name, text := range map[string][]byte{"as it is": archive, "with a byte order mark": append([]byte("\ufeff"), archive...)} {
			report := imported(t, text)
			if report.Broken != "" || report.Executed() < 25 {
				t.Errorf("%s, %s: broken %q, %d rules came to a verdict", browser, name, report.Broken, report.Executed())
			}
			for _, r := range report.Results {
				switch r.Outcome {
				case conformance.Fail, conformance.Warn, conformance.Inconclusive:
					t.Errorf("%s, %s: %s %s: %s", browser, name, r.Outcome, r.ID, r.Reason)
				}
			}
		}
	}
}

// Content that was empty, and not merely left out, is a finding in an archive, too.
func TestEmptyStatusInAnArchive(t *testing.T) {
	const entry = `{"startedDateTime":"2026-03-04T05:06:%s.000Z","time":5,"request":{"method":"%s","url":"https://x/%s","headers":[]},` +
		`"response":{"status":%s,"headers":[{"name":"location","value":"/operations/7"},{"name":"content-length","value":"%s"}],"content":{"size":%s}}}`
	archive := func(size string) []byte {
		made := func(parts ...string) string {
			text := entry
			for _, p := range parts {
				text = strings.Replace(text, "%s", p, 1)
			}
			return text
		}
		return []byte(`{"log":{"version":"1.2","entries":[` + made("07", "POST", "reports", "202", "0", "0") + "," +
			strings.Replace(made("09", "GET", "operations/7", "200", size, size), `"location","value":"/operations/7"`, `"retry-after","value":"2"`, 1) + "]}}")
	}
	for size, want := range map[string]conformance.Outcome{"0": conformance.Fail, "26": conformance.Pass} {
		for _, r := range imported(t, archive(size)).Results {
			if r.ID == "pending-200" && r.Outcome != want {
				t.Errorf("a status of %s octets: %s (%s), want %s", size, r.Outcome, r.Reason, want)
			}
		}
	}
}

// What cannot be read any more after the retention that the target names is no finding.
func TestRetentionThatIsKnown(t *testing.T) {
	const asked = "> 9s retained GET http://x/operations/7\n< 9s HTTP/1.1 404\n"
	rule, _ := conformance.RuleByID("retained-window")
	for retention, want := range map[time.Duration]conformance.Outcome{
		0: conformance.Fail, 4 * time.Second: conformance.NotApplicable, 6 * time.Second: conformance.Fail,
	} {
		c := readCases(t, begun+ended+asked)[0]
		c.evidence.Target.Retention = retention
		if r := judgeOne(&c.evidence, rule); r.Outcome != want {
			t.Errorf("kept for %v: %s (%s), want %s", retention, r.Outcome, r.Reason, want)
		}
	}
}
