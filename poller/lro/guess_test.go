package lro

import (
	"fmt"
	"net/http"
	"testing"
	"time"
)

// ask feeds the same document until the operation is over, at most n times, one every interval.
func ask(op Operation, n int, interval time.Duration, header http.Header, doc func(i int) string) (Operation, int) {
	now := eleven
	for i := range n {
		now = now.Add(interval)
		op = Next(Generic{}, op, Reply{Status: 200, Header: header, Body: []byte(doc(i)), At: now})
		if op.Done() {
			return op, i + 1
		}
	}
	return op, n
}

func TestGuessesAreCounted(t *testing.T) {
	same := func(doc string) func(int) string { return func(int) string { return doc } }
	tests := []struct {
		name      string
		situation int
		interval  time.Duration
		header    http.Header
		doc       func(int) string
		want      int // the answer that ends it; 0: none of 40
	}{
		{"ten equal", 0, time.Second, nil, same(`{"id":5,"status":"active"}`), 10},
		{"a state within", 0, time.Second, nil, same(`{"server":{"status":"running"}}`), 10},
		{"a document that changes", 0, time.Second, nil, func(i int) string { return fmt.Sprintf(`{"status":"active","at":%d}`, i) }, 0},
		{"one that changes once", 0, time.Second, nil, func(i int) string { return fmt.Sprintf(`{"status":"active","late":%v}`, i > 5) }, 16},
		{"sure words are never counted", 0, time.Second, nil, same(`{"status":"running"}`), 0},
		{"nor are booleans", 0, time.Second, nil, same(`{"done":false}`), 0},
		{"a sure word starts again", 0, time.Second, nil, func(i int) string {
			if i == 8 {
				return `{"server":{"status":"running"},"status":"queued"}`
			}
			return `{"server":{"status":"running"}}`
		}, 0},
		{"not beside a hint", 0, time.Second, http.Header{"Retry-After": {"1"}}, same(`{"id":5,"status":"active"}`), 0},
		{"where documents are spoken, not before ten minutes", 2, time.Second, nil, same(`{"id":5,"status":"cooking"}`), 0},
		{"where documents are spoken, after ten minutes", 2, time.Minute, nil, same(`{"id":5,"status":"cooking"}`), 11},
		{"ten minutes are not enough for fewer than ten", 2, 5 * time.Minute, nil, same(`{"id":5,"status":"cooking"}`), 10},
		{"an ETag does not hide what is guessed about", 0, time.Second, http.Header{"Etag": {`"1"`}}, same(`{"id":5,"status":"active"}`), 10},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			op, _ := at(t, test.situation)
			op, n := ask(op, 40, test.interval, test.header, test.doc)
			switch {
			case test.want == 0 && op.Done():
				t.Errorf("over after %d answers: %s (%s)", n, op.Outcome, op.Reason)
			case test.want > 0 && (n != test.want || op.Reason != UndecidedAnswer || op.Outcome != Lost || op.Detail == ""):
				t.Errorf("got %s (%s) %q after %d answers, want undecided after %d", op.Outcome, op.Reason, op.Detail, n, test.want)
			}
			if op.Next.Header != nil && op.Doubtful {
				t.Errorf("a guess is asked for with %v", op.Next.Header)
			}
		})
	}
}

// TestGuessLicensesNoWrite: what nothing but a guess calls an operation is not cancelled.
func TestGuessLicensesNoWrite(t *testing.T) {
	for doc, want := range map[string]bool{
		`{"id":17,"status":"created"}`: false, `{"server":{"status":"running"}}`: false, `{"status":"running"}`: true, `{"data":{"status":"queued"}}`: true,
	} {
		op, _ := at(t, 0)
		op, _ = ask(op, 1, time.Second, nil, func(int) string { return doc })
		for _, d := range []Dialect{Generic{}, Conditions{Dialect: Generic{}}} {
			if _, ok := d.Cancel(op); ok != want {
				t.Errorf("%s: %T can cancel it: %v, want %v", doc, d, ok, want)
			}
		}
	}
}

// TestEvidence: an acceptance whose content is the very document of the status URL shows that the
// server speaks in status documents; a handle keeps that.
func TestEvidence(t *testing.T) {
	tests := []struct{ name, accepted, polled, want string }{
		{"the same id and state", `{"id":"1","status":"Requested"}`, `{"id":"1","status":"Baking"}`, "long"},
		{"the same id, and an end", `{"id":"1","status":"Requested"}`, `{"id":"1","status":"rejected"}`, "failed"},
		{"another id", `{"id":"1","status":"Baking"}`, `{"id":"2","status":"active"}`, "guess"},
		{"no id here", `{"id":"1","state":"Baking"}`, `{"state":"Resting"}`, "long"},
		{"no id there", `{"state":"Baking"}`, `{"id":"2","state":"Resting"}`, "long"},
		{"another member", `{"state":"Baking"}`, `{"status":"Resting"}`, "guess"},
		{"nothing about a state", `{"id":"1"}`, `{"id":"1","status":"Resting"}`, "guess"},
		{"no content", ``, `{"id":"1","status":"Resting"}`, "guess"},
		{"a document that is none of these", `{"id":"1","status":"Baking"}`, `{"rows":[]}`, "result"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			op := Begin(Generic{}, Request{URL: "https://api.example.com/v1/jobs"})
			op = Next(Generic{}, op, Reply{Status: 202, Header: http.Header{"Location": {"/v1/jobs/1"}}, Body: []byte(test.accepted), At: eleven})
			text, err := op.MarshalJSON()
			if err != nil {
				t.Fatal(err)
			}
			var again Operation
			if err := again.UnmarshalJSON(text); err != nil {
				t.Fatal(err)
			}
			for _, op := range []Operation{op, again} {
				r := Reply{Status: 200, Body: []byte(test.polled), At: eleven}
				got, _ := Generic{}.Read(op, r)
				if became := outcomeOfReading(got, Next(Generic{}, op, r)); became != test.want {
					t.Errorf("got %s, want %s", became, test.want)
				}
			}
		})
	}
}
