package conformance_test

import (
	"encoding/json"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/asyncctl/asyncctl/conformance"
	"github.com/asyncctl/asyncctl/poller/dialect"
)

// FuzzJudge judges evidence that nobody in their right mind would record.
func FuzzJudge(f *testing.F) {
	f.Add(uint64(1), "Location: /operations/7", `{"status":"Running","percentComplete":50}`, "slow", "generic")
	f.Add(uint64(2), "Retry-After: 1.5", `{"error":{"code":7}}`, "cancel/1", "google-lro")
	f.Add(uint64(3), "Content-Location: http://x/y", "\xff\xfe<html>", "idempotency/3", "fhir-bulk")
	f.Add(uint64(4), ": ", `{"status":[[[[`, "", "osb")
	f.Fuzz(func(t *testing.T, seed uint64, header, body, probe, name string) {
		d, ok := dialect.ByName(name)
		if !ok {
			name = ""
		}
		e := garbage(rand.New(rand.NewPCG(seed, 7)), header, body, probe)
		e.Dialect = name
		report := conformance.Judge(e, conformance.Judging{Dialect: d, Level: conformance.May})
		for _, rule := range conformance.Rules() {
			wanted := len(rule.Dialects) == 0 || slices.Contains(rule.Dialects, report.Dialect)
			if wanted != slices.ContainsFunc(report.Results, func(r conformance.Result) bool { return r.ID == rule.ID }) {
				t.Fatalf("%s, judged by the rules for %s: %t is wanted", rule.ID, report.Dialect, wanted)
			}
		}
		for _, r := range report.Results {
			wantSound(t, report, r)
		}
		if _, err := json.Marshal(report); err != nil {
			t.Fatal(err)
		}
	})
}

// wantSound checks what every result must be: a failure has a finding that points at an exchange, and
// what did not come to a verdict says why.
func wantSound(t *testing.T, report *conformance.Report, r conformance.Result) {
	t.Helper()
	if r.Reason == "" || strings.HasSuffix(r.Reason, ".") {
		t.Fatalf("%s: %s: the reason is %q", r.ID, r.Outcome, r.Reason)
	}
	switch r.Outcome {
	case conformance.Fail, conformance.Warn:
		if len(r.Findings) == 0 {
			t.Fatalf("%s: %s without a finding", r.ID, r.Outcome)
		}
	case conformance.Pass, conformance.Skip, conformance.NotApplicable, conformance.Inconclusive:
		if len(r.Findings) != 0 {
			t.Fatalf("%s: %s with findings", r.ID, r.Outcome)
		}
	default:
		t.Fatalf("%s: the outcome is %q", r.ID, r.Outcome)
	}
	for _, f := range r.Findings {
		there := false
		for _, tr := range report.Transcripts {
			there = there || tr.Probe == f.Probe && f.Exchange >= 0 && f.Exchange < len(tr.Exchanges)
		}
		if !there || f.Message == "" {
			t.Fatalf("%s: the finding %+v points at nothing", r.ID, f)
		}
	}
}

var roles = []conformance.Role{"submit", "poll", "hop", "result", "cancel", "immediate", "rapid", "burst", "again", "retained", "expired", "head", "after-head", "match", "put", "patch", "bare", "other", "bare-submit", "unknown", "unknown-cancel", "cancel-again", "cancel-late", "nonsense"}

var probes = []string{"slow", "fail", "invalid", "aside", "unknown", "auth", "rapid", "cancel/1", "cancel/2", "idempotency/1", "idempotency/2", "idempotency/3", "prefer/1", "prefer/2", "burst", "retention"}

func garbage(dice *rand.Rand, header, body, probe string) *conformance.Evidence {
	e := &conformance.Evidence{Target: conformance.Target{Cancel: pick[conformance.Support](dice, "", "yes", "no"), Keys: pick[conformance.Support](dice, "", "yes", "no")}}
	for range dice.IntN(len(probes)) {
		t := conformance.Transcript{Probe: pick(dice, probes...), Ended: pick(dice, "", "", "budget", "interrupted")}
		if dice.IntN(8) == 0 {
			t.Probe = probe
		}
		for range dice.IntN(8) {
			t.Exchanges = append(t.Exchanges, garbageExchange(dice, header, body))
		}
		e.Transcripts = append(e.Transcripts, t)
	}
	return e
}

func garbageExchange(dice *rand.Rand, header, body string) conformance.Exchange {
	name, value, _ := strings.Cut(header, ": ")
	at := time.Unix(dice.Int64N(100), 0)
	x := conformance.Exchange{
		Role:     pick(dice, roles...),
		Request:  conformance.Request{Method: pick(dice, "GET", "POST", "DELETE", "HEAD", ""), URL: pick(dice, "http://x/operations", "http://x/operations/7", "https://y/", value, "")},
		Response: conformance.Response{Status: pick(dice, 0, 200, 200, 202, 202, 204, 302, 303, 304, 401, 404, 405, 410, 422, 429, 500, 999), Raw: dice.IntN(2) == 0, More: dice.IntN(9) == 0},
		Sent:     at, Answered: at.Add(time.Duration(dice.Int64N(5e9))),
		Err: pick(dice, "", "", "", "it broke off"),
	}
	for _, f := range []conformance.Field{{Name: "Location", Value: "/operations/7"}, {Name: "Retry-After", Value: "1"}, {Name: "ETag", Value: `"1"`}, {Name: "Content-Type", Value: "application/json"}, {Name: "Date", Value: "Thu, 01 Jan 1970 00:00:00 GMT"}, {Name: name, Value: value}, {Name: "Idempotency-Key", Value: "7"}, {Name: "Prefer", Value: "respond-async"}} {
		if dice.IntN(2) == 0 {
			x.Response.Header = append(x.Response.Header, f)
		}
		if dice.IntN(3) == 0 {
			x.Request.Header = append(x.Request.Header, f)
		}
	}
	x.Response.Body = conformance.Content(pick(dice, "", body, `{"status":"Running"}`, `{"status":"Succeeded"}`, `{"status":7,"id":"x"}`, `<!DOCTYPE html>`))
	return x
}

func pick[T any](dice *rand.Rand, from ...T) T { return from[dice.IntN(len(from))] }

func FuzzImportHAR(f *testing.F) {
	f.Add(har)
	f.Add(`{"log":{"version":"1.2","entries":[{}]}}`)
	f.Add(`[]`)
	f.Fuzz(func(t *testing.T, text string) {
		e, err := conformance.ImportHAR(strings.NewReader(text), nil)
		if (err == nil) != (e != nil && len(e.Transcripts) > 0) {
			t.Fatalf("got %+v, %v", e, err)
		}
		if err == nil {
			for _, r := range conformance.Judge(e, conformance.Judging{}).Results {
				wantSound(t, &conformance.Report{Transcripts: e.Transcripts}, r)
			}
		}
	})
}

// har is an archive as a browser writes it: an operation between other requests.
const har = `{"log":{"version":"1.2","creator":{"name":"a browser","version":"1"},"entries":[
 {"startedDateTime":"2026-01-02T03:04:05.000Z","time":12,"request":{"method":"GET","url":"http://api.test/","headers":[]},"response":{"status":200,"httpVersion":"HTTP/1.1","headers":[],"content":{"text":"hello"}}},
 {"startedDateTime":"2026-01-02T03:04:06.000Z","time":20,"request":{"method":"POST","url":"http://api.test/reports","headers":[{"name":"Authorization","value":"Bearer very-secret"}],"postData":{"text":"{}"}},"response":{"status":202,"httpVersion":"HTTP/1.1","headers":[{"name":"Location","value":"/status/7"},{"name":"Retry-After","value":"2.5"}],"content":{"text":""}}},
 {"startedDateTime":"2026-01-02T03:04:07.000Z","time":9,"request":{"method":"GET","url":"http://api.test/status/7","headers":[{"name":"Authorization","value":"Bearer very-secret"}]},"response":{"status":200,"httpVersion":"HTTP/1.1","headers":[{"name":"Content-Type","value":"application/json"}],"content":{"text":"eyJzdGF0dXMiOiJSdW5uaW5nIn0=","encoding":"base64"}}},
 {"startedDateTime":"2026-01-02T03:04:08.000Z","time":9,"request":{"method":"GET","url":"http://api.test/favicon.ico","headers":[]},"response":{"status":404,"httpVersion":"HTTP/1.1","headers":[],"content":{}}},
 {"startedDateTime":"2026-01-02T03:04:09.000Z","time":9,"request":{"method":"GET","url":"http://api.test/status/7","headers":[]},"response":{"status":303,"httpVersion":"HTTP/1.1","headers":[{"name":"Location","value":"/reports/7"}],"content":{}}},
 {"startedDateTime":"2026-01-02T03:04:09.100Z","time":9,"request":{"method":"GET","url":"http://api.test/reports/7","headers":[]},"response":{"status":200,"httpVersion":"HTTP/1.1","headers":[{"name":"Content-Type","value":"text/csv"}],"content":{"text":"a,b"}}}
]}}`

func TestImportHAR(t *testing.T) {
	e, err := conformance.ImportHAR(strings.NewReader(har), nil)
	if err != nil {
		t.Fatal(err)
	}
	var got []conformance.Role
	for _, x := range e.Transcripts[0].Exchanges {
		got = append(got, x.Role)
	}
	if len(e.Transcripts) != 1 || strings.Join(strings.Fields(strings.Trim(strings.ReplaceAll(jsonText(t, got), `"`, " "), "[] ")), "") != "submit,poll,poll,result" {
		t.Errorf("got %d transcripts, and the roles %q", len(e.Transcripts), got)
	}
	report := conformance.Judge(e, conformance.Judging{})
	if strings.Contains(jsonText(t, report), "very-secret") {
		t.Error("the secret is still there")
	}
	outcomes := map[string]conformance.Outcome{}
	for _, r := range report.Results {
		outcomes[r.ID] = r.Outcome
	}
	for id, want := range map[string]conformance.Outcome{
		"submit-202": conformance.Pass, "retry-after-syntax": conformance.Fail, "completion-303": conformance.Pass,
		"reaches-terminal": conformance.Pass, "failure-visible": conformance.Skip, "cancel-accepted": conformance.Skip,
	} {
		if outcomes[id] != want {
			t.Errorf("%s: got %s, want %s", id, outcomes[id], want)
		}
	}
}

func TestImportHARRefusesWhatIsNone(t *testing.T) {
	for text, words := range map[string]string{
		"":                       "no HTTP archive",
		"{}":                     `no member "log"`,
		`{"log":{"entries":[]}}`: "none of the 0 entries",
		`{"log":{"entries":[{"request":{"method":"GET","url":"http://x/"},"response":{"status":200,"content":{"text":"?","encoding":"base64"}}}]}}`: "entry 1 of the HTTP archive: its content is not base64",
	} {
		if _, err := conformance.ImportHAR(strings.NewReader(text), nil); err == nil || !strings.Contains(err.Error(), words) {
			t.Errorf("%s: got %v, want %q", text, err, words)
		}
	}
}

func TestRecordAndReplay(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "a", "b")
	e := garbage(rand.New(rand.NewPCG(1, 2)), "X-Binary: \x01", "\xff\x00", "slow")
	e.Target.Slow = &conformance.Submit{URL: "http://x/operations", Body: []byte("\xff")}
	e.Dialect = "osb"
	if err := conformance.Record(dir, e); err != nil {
		t.Fatal(err)
	}
	again, err := conformance.Replay(dir)
	if err != nil {
		t.Fatal(err)
	}
	if got, want := jsonText(t, again), jsonText(t, e); got != want {
		t.Errorf("got\n%s\nwant\n%s", got, want)
	}
	files, err := os.ReadDir(dir)
	if err != nil || len(files) != len(e.Transcripts)+1 {
		t.Errorf("there are %d files for %d transcripts, %v", len(files), len(e.Transcripts), err)
	}
}

func TestReplayRefusesWhatWasNotRecorded(t *testing.T) {
	write := func(name, text string) string {
		dir := t.TempDir()
		if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		return dir
	}
	for _, test := range []struct{ dir, words string }{
		{t.TempDir(), "holds no recorded transcripts"},
		{write("evidence.json", "{"), "is not what was recorded"},
		{write("evidence.json", `{"schema":"asyncctl.evidence/9"}`), `its schema is "asyncctl.evidence/9"`},
		{write("evidence.json", `{"schema":"asyncctl.evidence/1","transcripts":["../x"]}`), "is not the name of a file beside it"},
		{write("evidence.json", `{"schema":"asyncctl.evidence/1","transcripts":["gone.json"]}`), "cannot be read"},
		{write("evidence.json", `{"schema":"asyncctl.evidence/1"}`), "names no transcript"},
	} {
		if _, err := conformance.Replay(test.dir); err == nil || !strings.Contains(err.Error(), test.words) {
			t.Errorf("got %v, want %q", err, test.words)
		}
	}
}

func jsonText(t *testing.T, v any) string {
	t.Helper()
	text, err := json.Marshal(v)
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}
