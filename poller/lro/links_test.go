package lro_test

import (
	"encoding/json"
	"strings"
	"testing"

	"github.com/asyncctl/asyncctl/poller/lro"
)

// scripted is a dialect that reads what it is told.
type scripted struct {
	lro.Generic
	reading lro.Reading
}

func (s scripted) Read(lro.Operation, lro.Reply) (lro.Reading, error) { return s.reading, nil }

func TestLinksAheadAreRememberedAndSurviveARestart(t *testing.T) {
	d := scripted{reading: lro.Reading{State: lro.StateRunning, CancelURL: "/c", ResultURL: "r"}}
	op := lro.Next(d, accepted(t, lro.Reply{}), reply(200, fields(), ""))
	if op.CancelURL != "https://api.example.com/c" || op.PromisedURL != "https://api.example.com/v1/status/r" || op.ResultURL != "" {
		t.Fatalf("got %q, %q, %q", op.CancelURL, op.PromisedURL, op.ResultURL)
	}
	d.reading = lro.Reading{State: lro.StateRunning, CancelURL: "ftp://x/", ResultURL: "::"}
	op = lro.Next(d, op, reply(200, fields(), ""))
	if op.CancelURL != "https://api.example.com/c" || op.PromisedURL != "https://api.example.com/v1/status/r" {
		t.Fatalf("what is no URL took their place: %q, %q", op.CancelURL, op.PromisedURL)
	}
	text, err := json.Marshal(op)
	if err != nil {
		t.Fatal(err)
	}
	var again lro.Operation
	if err := json.Unmarshal(text, &again); err != nil {
		t.Fatal(err)
	}
	if again.CancelURL != op.CancelURL || again.PromisedURL != op.PromisedURL {
		t.Errorf("came back as %q, %q", again.CancelURL, again.PromisedURL)
	}
	for _, name := range []string{"cancel_url", "promised_url"} {
		broken := strings.Replace(string(text), `"`+name+`":"https:`, `"`+name+`":"ftp:`, 1)
		if err := json.Unmarshal([]byte(broken), &again); err == nil || !strings.Contains(err.Error(), name) {
			t.Errorf("a bad %s: got %v", name, err)
		}
	}
}

func TestInlineCountsOnlyWithoutAResultURL(t *testing.T) {
	d := scripted{reading: lro.Reading{State: lro.StateSucceeded, Inline: "/output"}}
	if op := lro.Next(d, accepted(t, lro.Reply{}), reply(200, fields(), "{}")); op.Inline != "/output" || op.Outcome != lro.Succeeded {
		t.Errorf("got %q, %s", op.Inline, op.Outcome)
	}
	d.reading.ResultURL = "/r"
	if op := lro.Next(d, accepted(t, lro.Reply{}), reply(200, fields(), "{}")); op.Inline != "" || op.Phase != lro.Fetching {
		t.Errorf("got %q, %s", op.Inline, op.Phase)
	}
}

func TestRefusedEndsIt(t *testing.T) {
	d := scripted{reading: lro.Reading{Refused: true}}
	op := lro.Next(d, accepted(t, lro.Reply{}), reply(400, fields(), `{"error":{"code":"x"}}`))
	if op.Outcome != lro.Lost || op.Reason != lro.PollRefused || op.Problem.String() != "x" {
		t.Errorf("got %s, %s: %s", op.Outcome, op.Reason, op.Problem)
	}
}

func TestUnreadableIsAFailureInPassing(t *testing.T) {
	d := scripted{reading: lro.Reading{Unreadable: true}}
	op := accepted(t, lro.Reply{})
	for range 10 {
		op = lro.Next(d, op, reply(200, fields(), "{}"))
	}
	if op.Done() || op.Misses != 10 {
		t.Fatalf("got %s after %d misses", op.Phase, op.Misses)
	}
	if op = lro.Next(d, op, reply(200, fields(), "{}")); op.Outcome != lro.Lost || op.Reason != lro.UnreadableStatus {
		t.Errorf("got %s, %s", op.Outcome, op.Reason)
	}
}
