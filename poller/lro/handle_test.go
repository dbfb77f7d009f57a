package lro_test

import (
	"encoding/json"
	"reflect"
	"strings"
	"testing"
	"time"

	"github.com/asyncctl/asyncctl/poller/lro"
)

func TestHandleRoundTrip(t *testing.T) {
	op := accepted(t, reply(200, fields("Etag", `"a1"`, "Retry-After", "7"), `{"status":"held"}`))
	op.Dialect, op.Cue, op.CancelSent = "durable", "body /statusQueryGetUri", true
	text, err := json.Marshal(op)
	if err != nil {
		t.Fatal(err)
	}
	var got lro.Operation
	if err := json.Unmarshal(text, &got); err != nil {
		t.Fatal(err)
	}
	want := lro.Operation{
		Dialect: "durable", Cue: "body /statusQueryGetUri", Phase: lro.Polling,
		State: lro.StateWaiting, Style: lro.Style200,
		SubmitMethod: "POST", SubmitURL: "https://api.example.com/v1/reports",
		Accepted: noon, StatusURL: "https://api.example.com/v1/status/1",
		Next:      lro.Request{Method: "GET", URL: "https://api.example.com/v1/status/1"},
		NotBefore: noon.Add(7 * time.Second), Hint: 7 * time.Second, Hinted: true,
		Polls: 1, CancelSent: true,
	}
	if !reflect.DeepEqual(got, want) {
		t.Errorf("got  %+v\nwant %+v", got, want)
	}
	if again, err := json.Marshal(got); err != nil || string(again) != string(text) {
		t.Errorf("marshalled again: got %s, %v, want %s", again, err, text)
	}
}

func TestHandleOfEachStyle(t *testing.T) {
	for _, style := range []lro.Style{lro.StyleUnknown, lro.Style200, lro.Style202} {
		op, err := lro.Resume("https://api.example.com/v1/status/1")
		if err != nil {
			t.Fatal(err)
		}
		op.Style = style
		text, err := json.Marshal(op)
		if err != nil {
			t.Fatal(err)
		}
		var got lro.Operation
		if err := json.Unmarshal(text, &got); err != nil || got.Style != style || got.SubmitURL != "" || got.Hinted {
			t.Errorf("%v: got %+v, %v", style, got, err)
		}
	}
}

func TestHandleHoldsNoSecret(t *testing.T) {
	const secret = "hunter2"
	for _, url := range []string{"https://u:hunter2@api.example.com/v1/reports?key=hunter2#hunter2", "https://api.example.com/%zzhunter2"} {
		op := lro.Begin(lro.Generic{}, lro.Request{
			Method: "POST", URL: url,
			Header: fields("Authorization", "Bearer "+secret, "Cookie", secret, "Idempotency-Key", secret, "X-"+secret, "1"),
			Body:   []byte(secret),
		})
		op = lro.Next(lro.Generic{}, op, reply(429, fields(), secret))
		op.StatusURL = "https://api.example.com/v1/status/1" // whatever the server named
		for _, op := range []lro.Operation{op, lro.Next(lro.Generic{}, op, reply(202, fields("Location", "https://api.example.com/s"), secret))} {
			text, err := json.Marshal(op)
			if err != nil {
				t.Fatal(err)
			}
			if strings.Contains(string(text), secret) {
				t.Errorf("the secret is in the handle: %s", text)
			}
		}
	}
}

func TestHandleNeedsStatusURL(t *testing.T) {
	op := lro.Begin(lro.Generic{}, lro.Request{URL: "https://api.example.com/"})
	if text, err := json.Marshal(op); err == nil {
		t.Errorf("got %s, want an error", text)
	}
}

func TestHandleRefused(t *testing.T) {
	const good = `{"asyncctl_handle":1,"dialect":"generic","state":"pending","status_url":"https://api.example.com/s"}`
	replace := func(old, new string) string { return strings.Replace(good, old, new, 1) }
	var op lro.Operation
	if err := json.Unmarshal([]byte(good), &op); err != nil {
		t.Fatal(err)
	}
	tests := []struct{ name, text string }{
		{"nothing", ``},
		{"null", `null`},
		{"text", `"https://api.example.com/s"`},
		{"an array", `[]`},
		{"an empty object", `{}`},
		{"garbage", `{"asyncctl_handle":1,`},
		{"no version", replace(`"asyncctl_handle":1,`, ``)},
		{"version 2", replace(`:1,`, `:2,`)},
		{"version as text", replace(`:1,`, `:"1",`)},
		{"unknown member", replace(`}`, `,"token":"x"}`)},
		{"another handle behind it", good + good},
		{"something behind it", good + `x`},
		{"no dialect", replace(`"dialect":"generic",`, ``)},
		{"no state", replace(`"state":"pending",`, ``)},
		{"unknown state", replace(`pending`, `asleep`)},
		{"no status URL", replace(`,"status_url":"https://api.example.com/s"`, ``)},
		{"relative status URL", replace(`https://api.example.com`, ``)},
		{"status URL with a user name", replace(`https://`, `https://u:p@`)},
		{"status URL of a file", replace(`https://api.example.com`, `file://`)},
		{"status URL of a script", replace(`https://api.example.com/s`, `javascript:alert(1)`)},
		{"unknown style", replace(`}`, `,"style":"arr-404"}`)},
		{"negative hint", replace(`}`, `,"hint_ms":-1}`)},
		{"hint beyond belief", replace(`}`, `,"hint_ms":86400001}`)},
		{"no date", replace(`}`, `,"not_before":"soon"}`)},
		{"polls as text", replace(`}`, `,"polls":"7"}`)},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			before := lro.Operation{StatusURL: "https://api.example.com/before"}
			op := before
			err := op.UnmarshalJSON([]byte(test.text))
			if err == nil {
				t.Fatalf("got %+v, want an error", op)
			}
			if !reflect.DeepEqual(op, before) {
				t.Errorf("the operation was changed: %+v", op)
			}
		})
	}
}

func TestHandleNegativePolls(t *testing.T) {
	var op lro.Operation
	err := json.Unmarshal([]byte(`{"asyncctl_handle":1,"dialect":"generic","state":"running","status_url":"https://h/s","polls":-5,"hint_ms":0}`), &op)
	if err != nil || op.Polls != 0 || !op.Hinted || op.Hint != 0 {
		t.Errorf("got %d polls, hint %v %v, error %v, want 0, true 0s, none", op.Polls, op.Hinted, op.Hint, err)
	}
}
