package dialect_test

import (
	"net/http"
	"testing"

	"github.com/asyncctl/asyncctl/poller/dialect"
	"github.com/asyncctl/asyncctl/poller/lro"
)

// runs is a dialect in which the state says that it is over, and another member how it came out.
var runs = dialect.Rules{
	Name: "runs", Accept: []int{200}, Job: "/run_id", Status: []string{"/runs?id={{job}}"},
	State: "/state/life", Words: map[string]lro.State{"queued": lro.StatePending, "over": dialect.Done, "broken": lro.StateFailed, "good": lro.StateSucceeded},
	Outcome: dialect.Outcome{At: "/state/result", Words: map[string]lro.State{"fine": lro.StateSucceeded, "half": lro.StatePartial, "stopped": lro.StateCancelled}},
	Failure: []string{"/items/*/error"}, Partial: []string{"/skipped/*"},
	Cancel: dialect.Call{Method: "POST", URL: []string{"/runs/cancel"}, Body: `{"run_id": "{{job}}", "why": "job {{job}}"}`},
}

func polled(t *testing.T, r dialect.Rules, answer lro.Reply) lro.Operation {
	t.Helper()
	d, err := r.Dialect()
	if err != nil {
		t.Fatal(err)
	}
	op := lro.Begin(d, lro.Request{URL: "https://api.example.com/v1/runs"})
	op = lro.Next(d, op, lro.Reply{Status: 200, Body: []byte(`{"run_id": 12345678901234567}`)})
	if op.StatusURL != "https://api.example.com/runs?id=12345678901234567" || !op.JobNumber {
		t.Fatalf("got %s, %v", op.StatusURL, op.JobNumber)
	}
	return lro.Next(d, op, answer)
}

func TestOutcomeBesideTheState(t *testing.T) {
	for _, tt := range []struct{ name, body, want string }{
		{"goes on", `{"state": {"life": "queued", "result": "fine"}}`, "undecided "},
		{"over and fine", `{"state": {"life": "OVER", "result": "Fine"}}`, "succeeded "},
		{"over and half", `{"state": {"life": "over", "result": "half"}}`, "failed operation-partial"},
		{"over and stopped", `{"state": {"life": "over", "result": "stopped"}}`, "cancelled operation-cancelled"},
		{"over, by the general vocabulary", `{"state": {"life": "over", "result": "FAILED"}}`, "failed operation-failed"},
		{"over, in a word that nobody knows", `{"state": {"life": "over", "result": "purple"}}`, "lost undecided"},
		{"over, without a word", `{"state": {"life": "over"}}`, "lost undecided"},
		{"over, null", `{"state": {"life": "over", "result": null}}`, "lost undecided"},
		{"the worse counts: the state", `{"state": {"life": "broken", "result": "fine"}}`, "failed operation-failed"},
		{"the worse counts: the outcome", `{"state": {"life": "good", "result": "failed"}}`, "failed operation-failed"},
		{"a success that is in doubt", `{"state": {"life": "good", "result": "purple"}}`, "lost undecided"},
		{"a failure that is in doubt", `{"state": {"life": "broken", "result": "purple"}}`, "failed operation-failed"},
		{"a success without a word", `{"state": {"life": "good"}}`, "succeeded "},
		{"one of several failed", `{"state": {"life": "good"}, "items": [{"error": null}, {"error": {"title": "no"}}]}`, "failed operation-failed"},
		{"none of several failed", `{"state": {"life": "good"}, "items": [{"error": null}, {"error": {}}]}`, "succeeded "},
		{"one was skipped", `{"state": {"life": "good"}, "skipped": [{"id": 1}]}`, "failed operation-partial"},
	} {
		op := polled(t, runs, lro.Reply{Status: 200, Body: []byte(tt.body)})
		if got := op.Outcome.String() + " " + string(op.Reason); got != tt.want {
			t.Errorf("%s: got %s, want %s", tt.name, got, tt.want)
		}
	}
}

func TestAbsentAndOthers(t *testing.T) {
	for _, tt := range []struct {
		name, body    string
		absent, other lro.State
		want          string
	}{
		{"absent", `{"x": 1}`, lro.StateRunning, 0, "undecided "},
		{"null", `{"state": {"life": null}}`, lro.StateRunning, 0, "undecided "},
		{"absent, an end", `{"x": 1}`, lro.StateSucceeded, 0, "succeeded "},
		{"absent from what broke off", `{"x": `, lro.StateSucceeded, 0, "undecided "},
		{"absent from a page", `<html>`, lro.StateSucceeded, 0, "undecided "},
		{"absent is undecided", `{"x": 1}`, dialect.Undecided, 0, "lost undecided"},
		{"others", `{"state": {"life": "new word"}}`, 0, lro.StateFailed, "failed operation-failed"},
		{"others undecided", `{"state": {"life": "new word"}}`, 0, dialect.Undecided, "lost undecided"},
		{"others, not said", `{"state": {"life": "new word"}}`, 0, 0, "undecided "},
	} {
		r := runs
		r.Absent, r.Others = tt.absent, tt.other
		op := polled(t, r, lro.Reply{Status: 200, Body: []byte(tt.body)})
		if got := op.Outcome.String() + " " + string(op.Reason); got != tt.want {
			t.Errorf("%s: got %s, want %s", tt.name, got, tt.want)
		}
	}
}

func TestPlacesInHeaderFields(t *testing.T) {
	r := runs
	r.State, r.Progress, r.Message = "header:x-state", "header:X-Progress", "header:X-Progress"
	op := polled(t, r, lro.Reply{Status: 200, Header: http.Header{"X-State": {"Queued"}, "X-Progress": {"40% done"}}})
	if op.State != lro.StatePending || op.Progress.Percent != 40 || op.Progress.Message != "40% done" {
		t.Errorf("got %s, %+v", op.State, op.Progress)
	}
}

// TestANumberStaysANumber: what the server names in digits is sent back in digits.
func TestANumberStaysANumber(t *testing.T) {
	op := polled(t, runs, lro.Reply{Status: 200, Body: []byte(`{"state": {"life": "queued"}}`)})
	d, _ := runs.Dialect()
	req, ok := d.Cancel(op)
	if want := `{"run_id": 12345678901234567, "why": "job 12345678901234567"}`; !ok || string(req.Body) != want || req.URL != "https://api.example.com/runs/cancel" {
		t.Errorf("got %s %s, want %s", req.URL, req.Body, want)
	}
}

func TestStarMatchesExactlyOneWhereOneIsWanted(t *testing.T) {
	r := runs
	r.Result = []string{"{{/files/*/url}}"}
	for body, want := range map[string]string{
		`{"state": {"life": "good"}, "files": [{"url": "/a"}]}`:                 "https://api.example.com/a",
		`{"state": {"life": "good"}, "files": [{"url": "/a"}, {"url": "/b"}]}`:  "",
		`{"state": {"life": "good"}, "files": [{"name": "a"}, {"url": "/b"}]}`:  "https://api.example.com/b",
		`{"state": {"life": "good"}, "files": []}`:                              "",
		`{"state": {"life": "good"}, "files": {"*": {"url": "/not-an-array"}}}`: "",
	} {
		if op := polled(t, r, lro.Reply{Status: 200, Body: []byte(body)}); op.ResultURL != want {
			t.Errorf("%s: got %q, want %q", body, op.ResultURL, want)
		}
	}
}

// TestLikeABuiltIn: each section that is given wins over the built-in's, its code reads the rest.
func TestLikeABuiltIn(t *testing.T) {
	begin := func(own dialect.Rules) (lro.Dialect, lro.Operation) {
		own.Name, own.Like = "mine", "azure-oploc"
		d, err := own.Dialect()
		if err != nil {
			t.Fatal(err)
		}
		op := lro.Begin(d, lro.Request{Method: "PUT", URL: "https://api.example.com/thing?api-version=1"})
		return d, lro.Next(d, op, lro.Reply{Status: 202, Header: http.Header{"Operation-Location": {"/ops/1"}, "X-Status": {"/mine/1"}}, Body: []byte(`{"id": "a b"}`)})
	}
	done := lro.Reply{Status: 200, Body: []byte(`{"status": "Succeeded", "phase": "burnt", "analyzeResult": {"pages": []}, "pct": 70, "bad": "worse"}`)}
	for _, tt := range []struct {
		name string
		own  dialect.Rules
		want func(d lro.Dialect, op lro.Operation) (got, want string)
	}{
		{"nothing", dialect.Rules{}, func(d lro.Dialect, op lro.Operation) (string, string) {
			op = lro.Next(d, op, done)
			return op.StatusURL + " " + op.Next.URL, "https://api.example.com/ops/1?api-version=1 https://api.example.com/thing?api-version=1"
		}},
		{"status", dialect.Rules{Status: []string{"{{header:X-Status}}"}}, func(d lro.Dialect, op lro.Operation) (string, string) {
			return op.StatusURL, "https://api.example.com/mine/1?api-version=1"
		}},
		{"state", dialect.Rules{State: "/phase", Words: map[string]lro.State{"burnt": lro.StateFailed}}, func(d lro.Dialect, op lro.Operation) (string, string) {
			return lro.Next(d, op, done).Outcome.String(), "failed"
		}},
		{"state of a success", dialect.Rules{State: "/phase", Words: map[string]lro.State{"burnt": lro.StateSucceeded}}, func(d lro.Dialect, op lro.Operation) (string, string) {
			op = lro.Next(d, op, done) // the built-in's code says where the result is
			return op.Phase.String() + " " + op.Next.URL, "fetch https://api.example.com/thing?api-version=1"
		}},
		{"state of a success that the built-in takes for none", dialect.Rules{State: "/phase", Words: map[string]lro.State{"done": lro.StateSucceeded}}, func(d lro.Dialect, op lro.Operation) (string, string) {
			op = lro.Next(d, op, lro.Reply{Status: 200, Body: []byte(`{"status": "Running", "phase": "done", "resourceLocation": "/elsewhere"}`)})
			return op.Phase.String() + " " + op.Next.URL, "fetch https://api.example.com/elsewhere"
		}},
		{"failure", dialect.Rules{Failure: []string{"/bad"}}, func(d lro.Dialect, op lro.Operation) (string, string) {
			return lro.Next(d, op, done).Outcome.String(), "failed"
		}},
		{"result", dialect.Rules{Inline: "/analyzeResult"}, func(d lro.Dialect, op lro.Operation) (string, string) {
			op = lro.Next(d, op, done)
			return op.Outcome.String() + " " + op.Inline, "succeeded /analyzeResult"
		}},
		{"progress", dialect.Rules{Progress: "/pct"}, func(d lro.Dialect, op lro.Operation) (string, string) {
			op = lro.Next(d, op, lro.Reply{Status: 200, Body: []byte(`{"status": "Running", "pct": 70, "percentComplete": 1}`)})
			return op.State.String() + " " + string(rune('0'+int(op.Progress.Percent)/10)), "running 7"
		}},
		{"cancel", dialect.Rules{Cancel: dialect.Call{Method: "DELETE", URL: []string{"{{status}}"}}}, func(d lro.Dialect, op lro.Operation) (string, string) {
			req, _ := d.Cancel(op)
			return req.Method + " " + req.URL, "DELETE https://api.example.com/ops/1?api-version=1"
		}},
		{"cancel none", dialect.Rules{Cancel: dialect.Call{None: true}}, func(d lro.Dialect, op lro.Operation) (string, string) {
			_, ok := d.Cancel(op)
			return map[bool]string{true: "sent", false: "none"}[ok], "none"
		}},
		{"job", dialect.Rules{Job: "/id", Cancel: dialect.Call{Method: "POST", URL: []string{"/stop/{{job}}"}}}, func(d lro.Dialect, op lro.Operation) (string, string) {
			req, _ := d.Cancel(op)
			return req.URL, "https://api.example.com/stop/a%20b"
		}},
	} {
		d, op := begin(tt.own)
		if got, want := tt.want(d, op); got != want {
			t.Errorf("%s: got %q, want %q", tt.name, got, want)
		}
		if op.Dialect != "mine" || op.Cue != dialect.CueOwn {
			t.Errorf("%s: got %s (%s)", tt.name, op.Dialect, op.Cue)
		}
	}
}
