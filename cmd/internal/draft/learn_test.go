package draft_test

import (
	"errors"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/asyncctl/asyncctl/cmd/internal/draft"
)

var start = time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC)

// said builds a conversation: method, URL, status, header field or "", content.
func said(lines ...[5]string) []draft.Exchange {
	var all []draft.Exchange
	codes := map[string]int{"200": 200, "201": 201, "202": 202, "204": 204, "303": 303, "404": 404, "429": 429}
	for i, l := range lines {
		x := draft.Exchange{Method: l[0], URL: "https://api.example.com" + l[1], Status: codes[l[2]], Header: http.Header{"Authorization": {"Bearer s3cret"}},
			Response: http.Header{}, Content: []byte(l[4]), At: start.Add(time.Duration(i) * time.Second)}
		if name, value, ok := strings.Cut(l[3], ": "); ok {
			x.Response.Set(name, value)
		}
		all = append(all, x)
	}
	return all
}

func TestLearn(t *testing.T) {
	for _, tt := range []struct {
		name string
		seen []draft.Exchange
		want []string
	}{
		{"a header, a state that is a word, a new URL", said(
			[5]string{"POST", "/v1/reports", "202", "Location: /v1/jobs/job-7", `{"id":"job-7"}`},
			[5]string{"GET", "/v1/jobs/job-7", "200", "", `{"id":"job-7","state":"Brewing","pct":10}`},
			[5]string{"GET", "/v1/jobs/job-7", "429", "", ``},
			[5]string{"GET", "/v1/jobs/job-7", "200", "", `{"id":"job-7","state":"Ready-ish","pct":100,"href":"/v1/files/9"}`},
			[5]string{"GET", "/v1/files/9", "200", "", `{"a":1}`},
		), []string{
			"status: GET {{header:Location}}    # guessed from", "words: {Brewing: running, Ready-ish: succeeded}", "progress: {at: /pct}", "result: GET {{/href}}",
			"# cancel: DELETE {{status}}    # not seen", `Authorization: "Bearer {{secret:TOKEN}}"`, `status: "/v1/jobs/{{id}}"`, "1 answers were 429",
		}},
		{"an id in the path, and an outcome beside the state", said(
			[5]string{"POST", "/repos/x/dispatches", "200", "", `{"workflow_run_id":30433642}`},
			[5]string{"GET", "/repos/x/runs/30433642", "200", "", `{"id":30433642,"status":"in_progress","conclusion":null}`},
			[5]string{"GET", "/repos/x/runs/30433642", "200", "", `{"id":30433642,"status":"completed","conclusion":"success"}`},
		), []string{
			"submit: {accept: [200]}", "job: /workflow_run_id", "status: GET /repos/x/runs/{{job}}", "words: {in_progress: running, completed: done}",
			"outcome: {at: /conclusion, words: {success: succeeded}}", `"workflow_run_id":"{{id}}"`,
		}},
		{"the HTTP status is the state", said(
			[5]string{"GET", "/export", "202", "Content-Location: /bulk/1a", ``},
			[5]string{"GET", "/bulk/1a", "202", "", ``},
			[5]string{"GET", "/bulk/1a", "200", "", `{"output":[{"url":"/f/1"}]}`},
		), []string{"status: GET {{header:Content-Location}}", "state: {http: {202: running, 200: succeeded}}"}},
		{"a URL in the content, a cancellation, a query that both have", said(
			[5]string{"POST", "/jobs?v=2", "201", "", `{"links":{"self":"/jobs/55?v=2"}}`},
			[5]string{"GET", "/jobs/55?v=2", "200", "", `{"phase":"running"}`},
			[5]string{"DELETE", "/jobs/55?v=2", "204", "", ``},
			[5]string{"GET", "/jobs/55?v=2", "200", "", `{"phase":"cancelled"}`},
		), []string{"accept: [201]", "status: GET {{/links/self}}", "words: {running: running, cancelled: cancelled}", "cancel: DELETE {{status}}", `v: "2"    # guessed from both requests`}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			d, err := draft.Learn(tt.seen, draft.Options{})
			if err != nil {
				t.Fatal(err)
			}
			text := d.YAML()
			for _, want := range tt.want {
				if !strings.Contains(text, want) {
					t.Errorf("there is no %s in\n%s", want, text)
				}
			}
			if strings.Contains(text, "s3cret") {
				t.Errorf("it holds a secret:\n%s", text)
			}
		})
	}
}

func TestLearnFindsNothing(t *testing.T) {
	_, err := draft.Learn(said([5]string{"GET", "/", "200", "", `{"id":"12345"}`}, [5]string{"GET", "/style.css", "200", "", ""}), draft.Options{})
	if !errors.Is(err, draft.ErrNothing) {
		t.Errorf("got %v", err)
	}
}

// TestNoSecretIsWritten: wherever a credential was sent, and whatever it was called, its value is nowhere in the
// file, and words that only look like one stay.
func TestNoSecretIsWritten(t *testing.T) {
	const base = "https://api.example.com"
	header := http.Header{
		"Authorization": {"Bearer HIDDEN-bearer"}, "Cookie": {"sid=HIDDEN-cookie; theme=HIDDEN-theme"}, "X-Session-Id": {"HIDDEN-session"},
		"X-Csrf-Token": {"HIDDEN-csrf"}, "X-Api-Key": {"HIDDEN-key"}, "X-Trace": {"eyJhbGciOi.eyJzdWIiOi.c2lnbmF0dXJl"},
	}
	answer := http.Header{"Content-Type": {"application/json"}, "Set-Cookie": {"sid=HIDDEN-set; Path=/; Max-Age=3600; SameSite=None"}}
	say := func(method, path, content string, status int) draft.Exchange {
		return draft.Exchange{Method: method, URL: base + path, Header: header, Status: status, Response: answer, Content: []byte(content)}
	}
	submit := say("POST", "/jobs?access_token=HIDDEN-query", `{"jobId":"j-100001","state":"queued","echo":"HIDDEN-cookie"}`, 202)
	submit.Body = []byte(`{"rows":3600,"password":"HIDDEN-password"}`)
	all := []draft.Exchange{submit,
		say("GET", "/jobs/j-100001", `{"jobId":"j-100001","state":"running","key":"running","download_token":"HIDDEN-download"}`, 200),
		say("GET", "/jobs/j-100001", `{"jobId":"j-100001","state":"done","key":"running","url":"https://api.example.com/out?sig=HIDDEN-sig"}`, 200),
		say("GET", "/out?sig=HIDDEN-sig", `{"ok":true}`, 200),
	}
	d, err := draft.Learn(all, draft.Options{})
	if err != nil {
		t.Fatal(err)
	}
	text := d.YAML()
	if strings.Contains(text, "HIDDEN") || strings.Contains(text, "eyJ") {
		t.Errorf("a secret is in it:\n%s", text)
	}
	for _, want := range []string{"3600", "running", "{{secret:TOKEN}}"} {
		if !strings.Contains(text, want) {
			t.Errorf("%s is missing:\n%s", want, text)
		}
	}
}
