package batch

import (
	"context"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/asyncctl/asyncctl/internal/schema"
	"github.com/asyncctl/asyncctl/poller/lro"
)

// A journal that cannot be written stops everything: nothing is sent that it does not know of.
func TestJournalThatCannotBeWritten(t *testing.T) {
	asked := 0
	handler := status(200)
	r := rig{journal: filepath.Join(t.TempDir(), "journal"), setup: func(r *Run) { r.Journal.file.Close() }}
	r.handler = func(w http.ResponseWriter, q *http.Request) { asked++; handler(w, q) }
	records, err := r.run(t, `{}`, `{}`)
	if err == nil || !strings.Contains(err.Error(), "writing the journal: ") {
		t.Errorf("got %v", err)
	}
	if asked != 0 {
		t.Errorf("%d submits were sent", asked)
	}
	for _, rec := range records {
		if rec.Outcome == lro.Succeeded.String() || !strings.Contains(rec.Message, "writing the journal: ") {
			t.Errorf("line %d: %+v", rec.Line, rec)
		}
	}
}

// It stays broken: a mark after one that was lost would make the journal lie.
func TestJournalStaysBroken(t *testing.T) {
	j := open(t, filepath.Join(t.TempDir(), "journal"))
	j.file.Close()
	first := j.Add(Mark{Line: 1, Stage: Sending})
	if second := j.Add(Mark{Line: 2, Stage: Sending}); first == nil || second != first {
		t.Errorf("got %v, then %v", first, second)
	}
}

func TestAssumeTakenWithAJournalThatBreaks(t *testing.T) {
	path := filepath.Join(t.TempDir(), "journal")
	j := open(t, path)
	line := ""
	for l := range (Source{URL: "http://h/"}).Lines(strings.NewReader(`{}`)) {
		line = l.Sum
	}
	if err := j.Add(Mark{Line: 1, Stage: Sending, Sum: line}); err != nil {
		t.Fatal(err)
	}
	j.Close()
	r := rig{journal: path, handler: status(200), setup: func(r *Run) { r.Assume = AssumeTaken; r.Journal.file.Close() }}
	if records, err := r.run(t, `{}`); err == nil || len(records) != 0 {
		t.Errorf("got %+v, %v", records, err)
	}
}

// A journal is about one list: another one in its place would be taken for done.
func TestAnotherListUnderTheSameJournal(t *testing.T) {
	path := filepath.Join(t.TempDir(), "journal")
	if _, err := (rig{journal: path, handler: status(200)}).run(t, `{"id":"a"}`, `{"id":"b"}`); err != nil {
		t.Fatal(err)
	}
	asked := 0
	handler := func(http.ResponseWriter, *http.Request) { asked++ }
	_, err := rig{journal: path, handler: handler}.run(t, `{"id":"a"}`, `{"id":"changed"}`)
	if err == nil || !strings.Contains(err.Error(), "line 2 is not the one that the journal is about") || asked != 0 {
		t.Errorf("got %v after %d requests", err, asked)
	}
	// One that only grew is the same list.
	records, err := rig{journal: path, handler: handler}.run(t, `{"id":"a"}`, `{"id":"b"}`, `{"id":"c"}`)
	if err != nil || len(records) != 3 || asked != 1 {
		t.Errorf("got %d records, %v after %d requests; want 3 after 1", len(records), err, asked)
	}
}

// A line that is wrong has its record, and the others go on.
func TestWrongLinesDoNotStopTheOthers(t *testing.T) {
	records, err := rig{handler: status(200)}.run(t, `{"nonsense":1}`, `{"id":"good"}`, `hello`)
	if err != nil || len(records) != 3 {
		t.Fatalf("got %+v, %v", records, err)
	}
	for i, want := range []string{Invalid, "succeeded", Invalid} {
		if r := records[i]; r.Outcome != want || r.Line != i+1 || r.Schema != schema.Batch {
			t.Errorf("line %d: %+v, want %s", i+1, r, want)
		}
	}
	if records[1].ID != "good" || records[2].ID != "3" || records[0].Message == "" {
		t.Errorf("names or messages are missing: %+v", records)
	}
}

// Lines that run again have new keys where keys are made up: the old one stands for the old answer.
func TestAgainUnderANewKey(t *testing.T) {
	var keys []string
	handler := func(w http.ResponseWriter, q *http.Request) {
		keys = append(keys, q.Header.Get("Idempotency-Key"))
		w.WriteHeader(http.StatusBadRequest)
	}
	r := rig{journal: filepath.Join(t.TempDir(), "journal"), handler: handler, setup: func(r *Run) { r.Keys, r.Again = true, true }}
	for range 2 {
		if _, err := r.run(t, `{}`); err != nil {
			t.Fatal(err)
		}
	}
	if len(keys) != 2 || keys[0] == "" || keys[0] == keys[1] {
		t.Errorf("the keys are %q, want two different ones", keys)
	}
}

func TestInterruptedRun(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	n := 0
	run := &Run{Emit: func(Record) { n++ }}
	r := rig{handler: status(200), setup: func(made *Run) { run.Many = made.Many }}
	if _, err := r.run(t); err != nil {
		t.Fatal(err)
	}
	if err := run.Do(ctx, (Source{URL: "http://h/"}).Lines(strings.NewReader(`{}`))); err != nil || n != 0 {
		t.Errorf("a run that was over before it began gave %d records, %v", n, err)
	}
}

// What is not a journal's file is not one after a failed attempt either.
func TestJournalInADirectoryThatIsNotThere(t *testing.T) {
	path := filepath.Join(t.TempDir(), "no", "journal")
	if _, err := Open(path); !os.IsNotExist(err) {
		t.Errorf("got %v", err)
	}
}
