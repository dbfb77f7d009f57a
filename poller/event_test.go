package poller_test

import (
	"encoding/json"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/asyncctl/asyncctl/poller"
)

func TestEventsHaveExactlyOneFieldAndNoSecret(t *testing.T) {
	const secret = "s3cret"
	s := &script{steps: []http.HandlerFunc{
		answer(202, "Location: /operations/1?code="+secret+"\nRetry-After: 99999999999", ""),
		answer(200, "Retry-After: soon", `{"status":"Baking","percentComplete":40,"message":"in the oven"}`),
		answer(202, "Location: /elsewhere?code="+secret, ""),
		answer(503, "", ""),
		answer(303, "Location: /result?sig="+secret, ""),
		answer(200, "", "done"),
	}}
	var kinds, notes []string
	client := &poller.Client{Transport: inProcess{s}, Header: http.Header{"Authorization": {secret}}, Observe: func(e poller.Event) {
		text, err := json.Marshal(e)
		if err != nil {
			t.Fatal(err)
		}
		if strings.Contains(string(text), secret) {
			t.Errorf("the event shows a secret: %s", text)
		}
		var members map[string]json.RawMessage
		json.Unmarshal(text, &members)
		delete(members, "at")
		delete(members, "op")
		if len(members) != 1 {
			t.Errorf("the event has %d fields set: %s", len(members), text)
		}
		for kind := range members {
			kinds = append(kinds, kind)
		}
		if e.Note != nil {
			notes = append(notes, e.Note.Code)
		}
	}}
	if _, _, err := do(t, client, time.Hour); err != nil {
		t.Fatal(err)
	}
	got := strings.Join(kinds, " ")
	want := "request reply note wait request reply note note wait request reply note wait request reply wait request reply request reply end"
	if got != want {
		t.Errorf("events\n got %s\nwant %s", got, want)
	}
	if got, want := strings.Join(notes, " "), "hint-capped hint-ignored unknown-state status-url-moved"; got != want {
		t.Errorf("notes %q, want %q", got, want)
	}
}
