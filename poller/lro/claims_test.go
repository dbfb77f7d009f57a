package lro

import (
	"fmt"
	"net/http"
	"strings"
	"testing"
	"time"
)

// notSuccess are words in the place of a state none of which means success.
var notSuccess = []string{
	"running", "QUEUED", "in_progress", "Executing", "waiting", "suspended", "CREATE_IN_PROGRESS", "cancelling", "pending review",
	"created", "new", "open", "active", "paused", "registered",
	"cooking", "Requested", "phase 2 of 3", "uploaded", "approved", "verified", "exported", "imported", "built", "deployed", "applied", "läuft", "0",
	"failed", "ERROR", "cancelled", "aborted", "timed-out", "rejected", "denied", "declined", "invalid", "partially_completed", "BUILD_FAILED",
	"stopped", "ended", "exited", "skipped", "deleted", "not_found",
}

// statePlaces are names of members whose words are states of the operation.
var statePlaces = []string{"status", "state", "phase", "Status", "jobStatus", "task_state", "runtimeStatus", "processing_status", "TaskState", "jobstatus"}

// jobNames are names of objects that speak of the operation.
var jobNames = []string{"", "job", "task", "metadata", "data", "exportJob", "operation", "properties", "response"}

// stated returns a document with a state in a place.
func stated(job, name, word string) string {
	member := fmt.Sprintf("%q:%q", name, word)
	if job == "" {
		return "{" + member + "}"
	}
	return fmt.Sprintf(`{%q:{%s}}`, job, member)
}

// TestConfusion reads every word in every place in every situation in which no HTTP status has told
// more: none is a success. It prints what became of each state.
func TestConfusion(t *testing.T) {
	counts := map[string]map[string]int{}
	for _, word := range notSuccess {
		for _, job := range jobNames {
			for _, name := range statePlaces {
				for situation := range 3 {
					row, became := read(t, situation, stated(job, name, word))
					if became == "success" || became == "result" {
						t.Errorf("%s, %s: row %s: %s", stated(job, name, word), situations[situation], row, became)
					}
					key := fmt.Sprintf("%v, depth %d", Word(word), 1+min(len(job), 1))
					if counts[key] == nil {
						counts[key] = map[string]int{}
					}
					counts[key][became]++
				}
			}
		}
	}
	for key, became := range counts {
		t.Logf("%s: %v", key, became)
	}
}

// FuzzNoClaim: no sequence of replies without a word, a status code or a place that means success ends
// in succeeded.
func FuzzNoClaim(f *testing.F) {
	f.Add([]byte{0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11})
	f.Add([]byte("0123456789abcdefghijklmnopqrstuvwxyz"))
	f.Add([]byte{200, 100, 50, 25, 12, 6, 3, 1, 255, 254, 253, 252, 9, 9, 9, 9, 9, 9})
	statuses := []int{200, 200, 200, 203, 304, 400, 404, 409, 410, 422, 429, 500, 503, 200}
	noise := []string{
		`"id":"7"`, `"rows":[1,2]`, `"rows":[{"status":"completed"}]`, `"message":"completed"`, `"progress":99`, `"name":"success"`, `"created":true`,
		`"links":{"self":"/v1/jobs/1"}`, `"result":null`, `"result":{}`, `"result":{"a":1}`, `"data":{"a":[1]}`, `"error":null`, `"percentComplete":100`,
		`"completed":false`, `"done":false`, `"user":{"status":"cooking"}`, `"status_code":7`, `"type":"done"`, `"ready":false`, `"success":false`,
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		next := func(n int) int {
			if len(data) == 0 {
				return 0
			}
			b := int(data[0])
			data = data[1:]
			return b % n
		}
		op, header := at(t, next(3))
		now := eleven
		for len(data) > 0 && !op.Done() {
			var members []string
			doc := stated(jobNames[next(len(jobNames))], statePlaces[next(len(statePlaces))], notSuccess[next(len(notSuccess))])
			members = append(members, doc[1:len(doc)-1])
			for range next(4) {
				members = append(members, noise[next(len(noise))])
			}
			if next(2) == 1 {
				members[0], members[len(members)-1] = members[len(members)-1], members[0]
			}
			text := "{" + strings.Join(members, ",") + "}"
			switch next(12) {
			case 0:
				text = text[:len(text)-1-next(len(text)-1)] // it breaks off
			case 1:
				text = ""
			case 2:
				text = `{"error":{"code":"X"}}`
			}
			if next(5) == 0 {
				header = http.Header{"Retry-After": {"1"}}
			}
			now = now.Add(time.Duration(1+next(200)) * time.Second)
			status := statuses[next(len(statuses))]
			if text == "" && status/100 == 2 && op.Style != Style200 {
				continue // 200 without content: the status code is all that is said
			}
			before := op
			op = Next(Generic{}, op, Reply{Status: status, Header: header, Body: []byte(text), At: now})
			if op.Outcome == Succeeded {
				t.Fatalf("%d %s is taken for a success, in style %q: %+v", status, text, before.Style, op)
			}
			if op.Done() && op.Reason == UndecidedAnswer && op.Detail == "" {
				t.Fatalf("undecided without a word why: %+v", op)
			}
		}
	})
}
