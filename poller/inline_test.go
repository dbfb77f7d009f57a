package poller_test

import (
	"context"
	"errors"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/asyncctl/asyncctl/poller"
	"github.com/asyncctl/asyncctl/poller/lro"
)

// inside is a dialect whose result is a part of the last status document.
type inside struct{ lro.Generic }

func (d inside) Read(op lro.Operation, r lro.Reply) (lro.Reading, error) {
	reading, err := d.Generic.Read(op, r)
	if reading.State == lro.StateSucceeded {
		reading.Inline = "/output"
	}
	return reading, err
}

func TestResultWithinTheStatus(t *testing.T) {
	const plain, cut = "text/plain", "application/json"
	for _, c := range []struct{ name, document, want, media string }{
		{"an object", `{"status":"Succeeded","output":{"a": 1}}`, `{"a": 1}`, cut},
		{"longer than what is read at first", `{"status":"Succeeded","output":["` + strings.Repeat("x", 5000) + `"]}`, `["` + strings.Repeat("x", 5000) + `"]`, cut},
		{"not there", `{"status":"Succeeded"}`, `{"status":"Succeeded"}`, plain},
	} {
		t.Run(c.name, func(t *testing.T) {
			s := &script{steps: []http.HandlerFunc{accepted("0"), answer(200, "Content-Type: text/plain", c.document)}}
			body, res, err := follow(t, &poller.Client{Dialect: inside{}, MaxBody: 1000}, s)
			if err != nil || body != c.want || res.Length != int64(len(c.want)) {
				t.Fatalf("got %.60q, %v; want %.60q", body, err, c.want)
			}
			if media := res.Header.Get("Content-Type"); media != c.media {
				t.Errorf("it is called %s, want %s", media, c.media)
			}
		})
	}
}

// A document that breaks off behind its status: the operation succeeded, but its result is not there.
func TestResultWithinTheStatusBreaksOff(t *testing.T) {
	s := &script{steps: []http.HandlerFunc{accepted("0"), hijack("HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: 9000\r\n\r\n" + `{"status":"Succeeded","output":["` + strings.Repeat("x", 5000))}}
	_, _, err := follow(t, &poller.Client{Dialect: inside{}, MaxBody: 1000}, s)
	var failed *poller.Error
	if !errors.As(err, &failed) || failed.Operation.Outcome == lro.Failed || failed.Operation.Outcome == lro.Succeeded || !strings.Contains(err.Error(), "broke off after") {
		t.Errorf("got %v", err)
	}
}

// Credentials that cannot be had leave nothing sent.
func TestCredentialsThatCannotBeHad(t *testing.T) {
	s := &script{steps: []http.HandlerFunc{answer(200, "", "")}}
	client := &poller.Client{Transport: inProcess{s}, Policy: lro.Policy{Resends: -1}, Credentials: func(context.Context, bool) (http.Header, error) {
		return nil, errors.New("the vault is sealed")
	}}
	_, op, err := do(t, client, time.Minute)
	if err == nil || !strings.Contains(err.Error(), "getting credentials: the vault is sealed") || op.Outcome != lro.NotSent || op.Reason != lro.CredentialsFailed || s.count() != 0 {
		t.Errorf("got %v (%v) after %d requests", err, op.Reason, s.count())
	}
	op, _ = lro.Resume("https://api.example.com/operations/1")
	if _, err = client.Wait(t.Context(), op); !errors.Is(err, poller.ErrLost) || !strings.HasPrefix(err.Error(), "the credentials could not be had: ") {
		t.Errorf("a wait: got %v, want it to end at once", err)
	}
	if op, err = client.Poll(t.Context(), op); err == nil || op.Done() || op.Misses != 1 {
		t.Errorf("a poll: got %v, %+v, want the operation to go on", err, op)
	}
}

// What goes to an origin that nobody vouched for: who we are and what we accept, nothing else; and the
// person hears of it once.
func TestForeignOriginGetsTheHarmlessPart(t *testing.T) {
	s := &script{steps: []http.HandlerFunc{
		answer(202, "Location: https://other.example/op\nRetry-After: 0", ""), answer(200, "ETag: \"1\"\nRetry-After: 0", `{"status":"Running"}`), answer(304, "", ""), answer(200, "", "done"),
	}}
	notes := 0
	client := &poller.Client{Transport: inProcess{s}, Foreign: inProcess{s}, Header: http.Header{"User-Agent": {"me/1"}, "Accept": {"text/csv"}, "X-Key": {"s3cret"}}, Observe: func(e poller.Event) {
		if e.Note != nil && e.Note.Code == "credentials-withheld" {
			notes++
		}
	}}
	do(t, client, 1e12)
	if notes != 1 {
		t.Errorf("%d notes, want 1", notes)
	}
	for _, r := range s.seen[1:] {
		if r.Header.Get("User-Agent") != "me/1" || r.Header.Get("Accept") != "text/csv" || r.Header.Get("X-Key") != "" {
			t.Errorf("%s %s carries %v", r.Method, r.URL, r.Header)
		}
	}
	if got := s.seen[2].Header.Get("If-None-Match"); got != `"1"` {
		t.Errorf("If-None-Match %q", got)
	}
}

// Where nothing was withheld, nothing is said.
func TestNothingWithheldNothingSaid(t *testing.T) {
	s := &script{steps: []http.HandlerFunc{answer(202, "Location: https://other.example/op\nRetry-After: 0", ""), answer(200, "", "done")}}
	client := &poller.Client{Transport: inProcess{s}, Foreign: inProcess{s}, Header: http.Header{"User-Agent": {"me/1"}, "Accept": {"text/csv"}}, Observe: func(e poller.Event) {
		if e.Note != nil && e.Note.Code == "credentials-withheld" {
			t.Errorf("a note: %s", e.Note.Text)
		}
	}}
	if _, _, err := do(t, client, 1e12); err != nil {
		t.Error(err)
	}
}

// A question by hand before the hint is over is told to be early.
func TestPollByHandMayBeEarly(t *testing.T) {
	early := false
	client := &poller.Client{Transport: inProcess{answer(202, "Retry-After: 60", "")}, Observe: func(e poller.Event) {
		early = e.Request != nil && e.Request.Early || early
	}}
	op, err := lro.Resume("https://api.example.com/op")
	if err != nil {
		t.Fatal(err)
	}
	for _, want := range []bool{false, true} {
		if op, err = client.Poll(t.Context(), op); err != nil || early != want {
			t.Errorf("early %v, %v; want %v", early, err, want)
		}
	}
}

func TestErrorText(t *testing.T) {
	cause := errors.New("connection reset")
	for _, c := range []struct {
		name string
		err  poller.Error
		want string
	}{
		{"one question", poller.Error{Operation: lro.Operation{Phase: lro.Polling}, Err: cause}, "the status could not be read this time: connection reset"},
		{"with an answer", poller.Error{Operation: lro.Operation{Phase: lro.Polling}, Response: &poller.Response{Status: 503}}, "the status could not be read this time (HTTP 503)"},
		{"a cancellation", poller.Error{Operation: lro.Operation{Phase: lro.Polling}, Cancel: lro.CancelTooLate, Err: cause}, "it is too late to cancel the operation: connection reset"},
		{"what the server said beats the cause", poller.Error{Operation: lro.Operation{Phase: lro.Polling, Problem: &lro.Problem{Title: "Busy"}}, Err: cause}, "the status could not be read this time: Busy"},
	} {
		if got := c.err.Error(); got != c.want || errors.Unwrap(&c.err) != c.err.Err {
			t.Errorf("%s: got %q, want %q", c.name, got, c.want)
		}
	}
}
