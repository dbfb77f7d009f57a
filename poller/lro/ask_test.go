package lro_test

import (
	"encoding/json"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/asyncctl/asyncctl/poller/lro"
)

// box polls by sending the submit again; its answer to it says so.
type box struct{ lro.Generic }

func (box) Read(op lro.Operation, r lro.Reply) (lro.Reading, error) {
	if op.Phase == lro.Submitting && r.Status == http.StatusAccepted {
		return lro.Reading{StatusURL: op.Next.URL, Repeat: true}, nil
	}
	return lro.Reading{}, nil
}

func TestTheSubmitSentAgainIsThePoll(t *testing.T) {
	submit := lro.Request{Method: "POST", URL: "https://api.example.com/commit", Header: fields("X-Key", "k"), Body: []byte("content")}
	op := lro.Next(box{}, lro.Begin(box{}, submit), reply(202, fields("Retry-After", "1"), ""))
	for range 2 {
		if op.Phase != lro.Polling || !op.Repeats() || op.Next.Method != "POST" || string(op.Next.Body) != "content" || op.Next.Header.Get("X-Key") != "k" {
			t.Fatalf("got %s %+v", op.Phase, op.Next)
		}
		op = lro.Next(box{}, op, reply(202, fields("Retry-After", "1"), ""))
	}
	if _, err := json.Marshal(op); err == nil || !strings.Contains(err.Error(), "holds no content") {
		t.Errorf("its handle: got %v", err)
	}
	if op = lro.Next(box{}, op, reply(201, nil, "")); op.Outcome != lro.Succeeded {
		t.Errorf("got %s", op.Outcome)
	}
}

func TestReady(t *testing.T) {
	op, err := lro.Resume("https://api.example.com/s")
	if err != nil {
		t.Fatal(err)
	}
	op.Policy = &lro.Policy{LongPoll: 90 * time.Second}
	if op = lro.Ready(lro.Generic{}, op); op.Next.Header.Get("Prefer") != "wait=90" {
		t.Errorf("got %v", op.Next.Header)
	}
	if again := lro.Ready(lro.Generic{}, op); len(again.Next.Header) != 1 {
		t.Errorf("asked twice: got %v", again.Next.Header)
	}
	words := lro.Conditions{Dialect: lro.Generic{}}
	op, _ = lro.Resume("https://api.example.com/s")
	op.Policy = &lro.Policy{LongPoll: time.Second}
	if op = lro.Ready(words, op); op.Next.Header.Get("Prefer") != "wait=1" {
		t.Errorf("with words of the person: got %v", op.Next.Header)
	}
	words = lro.Conditions{Dialect: plain{lro.Generic{}}}
	op, _ = lro.Resume("https://api.example.com/s")
	if op = lro.Ready(words, op); op.Next.Method != "GET" || op.Next.Header != nil {
		t.Errorf("a dialect that asks by GET: got %+v", op.Next)
	}
}

// plain hides that the dialect is an Asker.
type plain struct{ lro.Dialect }

func TestResultFromNames(t *testing.T) {
	for _, f := range []lro.ResultFrom{lro.ResultAuto, lro.ResultStatus, lro.ResultLocation, lro.ResultOriginal, lro.ResultNone} {
		if got, ok := lro.ResultFromName(f.String()); !ok || got != f {
			t.Errorf("%s: got %v, %v", f, got, ok)
		}
	}
	for name, want := range map[string]lro.ResultFrom{"azure-async-operation": lro.ResultStatus, "operation-location": lro.ResultStatus, "original-uri": lro.ResultOriginal} {
		if got, ok := lro.ResultFromName(name); !ok || got != want {
			t.Errorf("%s: got %v, %v", name, got, ok)
		}
	}
	if _, ok := lro.ResultFromName("elsewhere"); ok || lro.ResultFrom(99).String() != "auto" {
		t.Error("a word that is not one is taken")
	}
}

func TestAHandleKeepsTheVersionOfTheAPIAlone(t *testing.T) {
	for query, want := range map[string]string{
		"api-version=2024-03-01-preview&code=s3cr3t": "?api-version=2024-03-01-preview",
		"Api-Version=1.0&sig=abc":                    "?Api-Version=1.0",
		"version=v2":                                 "?version=v2",
		"version=s3cr3t":                             "",
		"api-version=":                               "",
		"api-version=2024%2F..%2F":                   "",
		"api-version=0123456789012345678901234567":   "",
		"key=1": "",
	} {
		op := lro.Begin(lro.Generic{}, lro.Request{URL: "https://api.example.com/things/1?" + query})
		op = lro.Next(lro.Generic{}, op, reply(202, fields("Location", "/s/1"), ""))
		text, err := json.Marshal(op)
		if err != nil {
			t.Fatal(err)
		}
		var again lro.Operation
		if err := json.Unmarshal(text, &again); err != nil || again.SubmitURL != "https://api.example.com/things/1"+want {
			t.Errorf("%s: got %s, %v", query, again.SubmitURL, err)
		}
	}
}

func TestCarryLeavesURLsAloneThatCannotBeRead(t *testing.T) {
	op := lro.Begin(lro.Generic{}, lro.Request{URL: "https://api.example.com/x?v=1"})
	op.Policy = &lro.Policy{Carry: []string{"v"}}
	op.SubmitURL = "https://api.example.com/%zz"
	op = lro.Next(lro.Generic{}, op, reply(202, fields("Location", "/s/1"), ""))
	if op.StatusURL != "https://api.example.com/s/1" {
		t.Errorf("got %s", op.StatusURL)
	}
}

func TestJobIsKept(t *testing.T) {
	d := named{}
	op := lro.Next(d, lro.Begin(d, lro.Request{URL: "https://api.example.com/x"}), reply(202, fields("Location", "/s"), ""))
	text, _ := json.Marshal(op)
	var again lro.Operation
	if err := json.Unmarshal(text, &again); err != nil || again.Job != "j1" {
		t.Errorf("got %q, %v, from %s", again.Job, err, text)
	}
}

type named struct{ lro.Generic }

func (named) Read(lro.Operation, lro.Reply) (lro.Reading, error) { return lro.Reading{Job: "j1"}, nil }

// A redirect of the repeated submit, or a Location beside it, does not change what is asked.
func TestARepeatedSubmitStaysWhereItIs(t *testing.T) {
	op := lro.Next(box{}, lro.Begin(box{}, lro.Request{Method: "POST", URL: "https://api.example.com/commit"}), reply(202, fields("Retry-After", "1"), ""))
	op = lro.Next(box{}, op, reply(202, fields("Location", "https://other.example/x"), ""))
	if op.StatusURL != "https://api.example.com/commit" || op.Moves != 0 {
		t.Fatalf("got %s", op.StatusURL)
	}
	op = lro.Next(box{}, op, reply(301, fields("Location", "/commit/2"), ""))
	if op.StatusURL != "https://api.example.com/commit" || op.Next.Method != "GET" {
		t.Fatalf("got %s, %+v", op.StatusURL, op.Next)
	}
	if op = lro.Next(box{}, op, reply(202, nil, "")); op.Next.URL != "https://api.example.com/commit" || op.Next.Method != "POST" {
		t.Fatalf("got %+v", op.Next)
	}
}
