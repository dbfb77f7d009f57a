package lro_test

import (
	"errors"
	"fmt"
	"reflect"
	"testing"
	"time"

	"github.com/asyncctl/asyncctl/poller/lro"
)

func TestBegin(t *testing.T) {
	req := lro.Request{URL: "https://API.example.com:443/v1/reports?x=1", Header: fields("Prefer", "respond-async"), Body: []byte("{}")}
	got := lro.Begin(lro.Generic{}, req)
	req.Method = "POST"
	want := lro.Operation{Dialect: "generic", Next: req, SubmitMethod: "POST", SubmitURL: req.URL, Home: "https://api.example.com"}
	if !reflect.DeepEqual(got, want) {
		t.Errorf("got %+v, want %+v", got, want)
	}
	if got.Done() || got.Lost() {
		t.Error("it is over before it began")
	}
}

func TestResume(t *testing.T) {
	got, err := lro.Resume("https://api.example.com/v1/status/1?t=x#y")
	want := lro.Operation{
		Dialect: "generic", Phase: lro.Polling, StatusURL: "https://api.example.com/v1/status/1?t=x", Home: "https://api.example.com",
		Next: lro.Request{Method: "GET", URL: "https://api.example.com/v1/status/1?t=x"},
	}
	if err != nil || !reflect.DeepEqual(got, want) {
		t.Errorf("got %+v, %v, want %+v", got, err, want)
	}
	for _, url := range []string{"", "/v1", "ftp://h/", "https://u@h/", "mock:"} {
		if got, err := lro.Resume(url); err == nil {
			t.Errorf("Resume(%q): got %+v, want an error", url, got)
		}
	}
}

func TestNextLeavesWhatIsOver(t *testing.T) {
	over := lro.Next(lro.Generic{}, accepted(t, lro.Reply{}), reply(410, fields(), ""))
	got := lro.Next(lro.Generic{}, over, reply(200, fields("Retry-After", "x"), `{"status":"succeeded"}`))
	if !reflect.DeepEqual(got, over) {
		t.Errorf("got %+v, want %+v", got, over)
	}
}

// TestNextIsPure goes on from one value in two ways: what the one remembers of its redirects, the
// other does not see.
func TestNextIsPure(t *testing.T) {
	hop := func(op lro.Operation, to string) lro.Operation {
		return lro.Next(lro.Generic{}, op, reply(302, fields("Location", to), ""))
	}
	op := accepted(t, lro.Reply{})
	for _, to := range []string{"/a", "/b", "/c", "/d", "/e"} {
		op = hop(op, to)
	}
	one := hop(hop(op, "/one"), "/x")
	two := hop(hop(op, "/two"), "/x")
	if got := hop(one, "/one"); got.Reason != lro.RedirectLoop {
		t.Errorf("the first copy: got %v %s, want a loop", got.Phase, got.Reason)
	}
	if got := hop(two, "/one"); got.Done() {
		t.Errorf("the second copy: got %s, want it to go on", got.Reason)
	}
}

func TestGiveUp(t *testing.T) {
	tests := []struct {
		why  lro.Reason
		want lro.Outcome
	}{
		{lro.DeadlinePassed, lro.Timeout}, {lro.HintBeyondDeadline, lro.Timeout}, {lro.Interrupted, lro.Lost},
	}
	for _, test := range tests {
		op := lro.GiveUp(accepted(t, lro.Reply{}), test.why)
		if op.Outcome != test.want || op.Reason != test.why || !op.Done() || !op.Lost() || op.Next.URL != "" || op.StatusURL == "" {
			t.Errorf("%s: got %+v", test.why, op)
		}
		if again := lro.GiveUp(op, lro.Throttled); !reflect.DeepEqual(again, op) {
			t.Errorf("%s: given up twice: %+v", test.why, again)
		}
		if op = lro.GiveUp(lro.Begin(lro.Generic{}, lro.Request{URL: "http://a/"}), test.why); op.Outcome != lro.NotSent || op.Reason != test.why || op.Lost() {
			t.Errorf("%s, with nothing sent: got %v", test.why, op.Outcome)
		}
	}
	done := lro.Next(lro.Generic{}, accepted(t, lro.Reply{}), reply(204, fields(), ""))
	if op := lro.GiveUp(done, lro.DeadlinePassed); op.Outcome != lro.Succeeded || op.Lost() {
		t.Errorf("a success was given up: %+v", op)
	}
}

// family is a dialect that says what it is told to say.
type family struct {
	lro.Generic
	reading lro.Reading
	err     error
}

func (f family) Read(lro.Operation, lro.Reply) (lro.Reading, error) { return f.reading, f.err }

func TestDialectHasItsSay(t *testing.T) {
	begin := lro.Begin(lro.Generic{}, lro.Request{URL: "https://api.example.com/v1/jobs"})
	poll := accepted(t, lro.Reply{})
	fetch := lro.Next(lro.Generic{}, poll, reply(303, fields("Location", "/r"), ""))
	own := &lro.Problem{Title: "its own words"}
	tests := []struct {
		name   string
		op     lro.Operation
		f      family
		reply  lro.Reply
		want   string // phase, outcome, reason
		status string // status URL
		next   string
	}{
		{"an error", poll, family{err: errors.New("no JSON")}, reply(200, fields(), ""), "ended lost unreadable-status", "https://api.example.com/v1/status/1", ""},
		{"a status in place of HTTP's", poll, family{reading: lro.Reading{Status: 202}}, reply(200, fields(), ""), "poll undecided ", "https://api.example.com/v1/status/1", "https://api.example.com/v1/status/1"},
		{"a failure in a 200", poll, family{reading: lro.Reading{State: lro.StateFailed, Problem: own}}, reply(200, fields(), ""), "ended failed operation-failed", "https://api.example.com/v1/status/1", ""},
		{"pending in a 500", poll, family{reading: lro.Reading{State: lro.StateRunning}}, reply(500, fields(), ""), "poll undecided ", "https://api.example.com/v1/status/1", "https://api.example.com/v1/status/1"},
		{"success in a 404", poll, family{reading: lro.Reading{State: lro.StateSucceeded}}, reply(404, fields(), ""), "ended succeeded ", "https://api.example.com/v1/status/1", ""},
		{"another status URL", poll, family{reading: lro.Reading{State: lro.StateRunning, StatusURL: "/v2"}}, reply(200, fields(), ""), "poll undecided ", "https://api.example.com/v2", "https://api.example.com/v2"},
		{"a status URL in a 200", begin, family{reading: lro.Reading{State: lro.StateRunning, StatusURL: "jobs/7"}}, reply(200, fields(), ""), "poll undecided ", "https://api.example.com/v1/jobs/7", "https://api.example.com/v1/jobs/7"},
		{"done at once", begin, family{reading: lro.Reading{State: lro.StateSucceeded}}, reply(200, fields(), ""), "ended succeeded ", "", ""},
		{"done at once, with a status URL", begin, family{reading: lro.Reading{State: lro.StateSucceeded, StatusURL: "jobs/7"}}, reply(200, fields(), ""), "ended succeeded ", "https://api.example.com/v1/jobs/7", ""},
		{"done at once, the result elsewhere", begin, family{reading: lro.Reading{State: lro.StateSucceeded, StatusURL: "jobs/7", ResultURL: "/r"}}, reply(200, fields(), ""), "fetch undecided ", "https://api.example.com/v1/jobs/7", "https://api.example.com/r"},
		{"failed at once", begin, family{reading: lro.Reading{State: lro.StateFailed, Problem: own}}, reply(200, fields(), ""), "ended failed operation-failed", "", ""},
		{"a failure where the result should be", fetch, family{reading: lro.Reading{State: lro.StateFailed}}, reply(200, fields(), ""), "ended failed operation-failed", "https://api.example.com/v1/status/1", ""},
		{"the result is the result", fetch, family{reading: lro.Reading{State: lro.StateSucceeded, ResultURL: "/r"}}, reply(200, fields(), ""), "ended succeeded ", "https://api.example.com/v1/status/1", ""},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			got := lro.Next(test.f, test.op, test.reply)
			if s := got.Phase.String() + " " + got.Outcome.String() + " " + string(got.Reason); s != test.want {
				t.Errorf("got %q, want %q", s, test.want)
			}
			if got.StatusURL != test.status || got.Next.URL != test.next {
				t.Errorf("got status URL %q, next %q, want %q, %q", got.StatusURL, got.Next.URL, test.status, test.next)
			}
			if test.f.reading.Problem != nil && got.Problem != own {
				t.Errorf("got problem %v, want %v", got.Problem, own)
			}
		})
	}
}

func TestDialectNamesItself(t *testing.T) {
	f := family{reading: lro.Reading{Dialect: "fal-queue", Cue: "body /status_url", StatusURL: "/s"}}
	op := lro.Next(f, lro.Begin(f, lro.Request{URL: "https://api.example.com/"}), reply(200, fields(), ""))
	if op.Dialect != "fal-queue" || op.Cue != "body /status_url" {
		t.Errorf("got %q by %q", op.Dialect, op.Cue)
	}
	op = lro.Next(family{}, op, reply(202, fields(), ""))
	if op.Dialect != "fal-queue" || op.Cue != "body /status_url" {
		t.Errorf("forgotten: got %q by %q", op.Dialect, op.Cue)
	}
}

func TestConditions(t *testing.T) {
	d := lro.Conditions{Dialect: lro.Generic{}, Words: []lro.Condition{
		{Pointer: "/job/stage", Word: "DONE", State: lro.StateSucceeded},
		{Word: "rolled back", State: lro.StateFailed},
		{Word: "open", State: lro.StateRunning},
	}}
	tests := []struct{ name, body, want string }{
		{"a word at a pointer", `{"job":{"stage":"done"},"status":"running","resultUrl":"/r"}`, "fetch succeeded done"},
		{"the pointer does not hold a word", `{"job":{"stage":7},"status":"running"}`, "poll running running"},
		{"a word where states are", `{"phase":"Rolled Back"}`, "ended failed Rolled Back"},
		{"beside a word that we know", `{"status":"running","phase":"rolled back"}`, "ended failed rolled back"},
		{"a risky word is no longer risky", `{"status":"OPEN","percent":3}`, "poll running OPEN"},
		{"anything else is the dialect's", `{"status":"cancelled"}`, "ended cancelled cancelled"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			op := lro.Next(d, accepted(t, lro.Reply{}), reply(200, fields(), test.body))
			if got := op.Phase.String() + " " + op.State.String() + " " + op.Native; got != test.want {
				t.Errorf("got %q, want %q", got, test.want)
			}
		})
	}
	op := lro.Next(d, lro.Begin(d, lro.Request{URL: "https://h/"}), reply(200, fields(), `{"status":"rolled back"}`))
	if op.Outcome != lro.Succeeded {
		t.Errorf("a submit: got %v, want it left to the dialect", op.Outcome)
	}
	broken := lro.Conditions{Dialect: family{err: errors.New("no")}}
	if _, err := broken.Read(op, reply(200, fields(), "{}")); err == nil {
		t.Error("the dialect's error is lost")
	}
}

func TestForbiddenByTheShell(t *testing.T) {
	r := lro.Reply{Err: fmt.Errorf("dialling 169.254.169.254: %w", lro.ErrForbidden), Unsent: true, At: noon}
	op := lro.Next(lro.Generic{}, accepted(t, lro.Reply{}), r)
	if op.Outcome != lro.Lost || op.Reason != lro.ForbiddenHop {
		t.Errorf("got %v, %s, want lost, forbidden-hop", op.Outcome, op.Reason)
	}
}

// TestEndless feeds an operation with one thing for ever: it ends by itself.
func TestEndless(t *testing.T) {
	tests := []struct {
		name string
		nth  func(i int) lro.Reply
		most int
	}{
		{"500", func(int) lro.Reply { return reply(500, fields(), "") }, 12},
		{"404", func(int) lro.Reply { return reply(404, fields(), "") }, 7},
		{"no connection", func(int) lro.Reply { return lro.Reply{Err: errors.New("reset"), Unsent: true} }, 12},
		{"303", func(i int) lro.Reply { return reply(303, fields("Location", "/"+fmt.Sprint(i)), "") }, 12},
		{"301", func(i int) lro.Reply { return reply(301, fields("Location", "/"+fmt.Sprint(i)), "") }, 12},
		{"302", func(i int) lro.Reply { return reply(302, fields("Location", "/"+fmt.Sprint(i)), "") }, 12},
		{"301 and 202 in turn", func(i int) lro.Reply { return reply(301-99*(i%2), fields("Location", "/"+fmt.Sprint(i)), "") }, 60},
		{"202 that moves", func(i int) lro.Reply { return reply(202, fields("Location", "/"+fmt.Sprint(i)), "") }, 60},
		{"303 and 503 in turn", func(i int) lro.Reply { return reply(303+200*(i%2), fields("Location", "/"+fmt.Sprint(i)), "") }, 30},
		{"302 and 404 in turn", func(i int) lro.Reply { return reply(302+102*(i%2), fields("Location", "/"+fmt.Sprint(i)), "") }, 30},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			op, now := accepted(t, lro.Reply{}), noon
			for i := 0; !op.Done(); i++ {
				if i > test.most {
					t.Fatalf("after %d replies it still goes on: %+v", i, op)
				}
				r := test.nth(i)
				now = now.Add(time.Second)
				r.At = now
				op = lro.Next(lro.Generic{}, op, r)
			}
		})
	}
}
