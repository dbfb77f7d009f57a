package document

import (
	"strings"
	"testing"
)

// TestClasses repeats which words need company to count, one line a class.
func TestClasses(t *testing.T) {
	classes := map[class]string{
		goesOn:    "queued running started waiting suspended requested preparing working CREATE_IN_PROGRESS pendingReview",
		succeeds:  "succeeded done passed processed COMPLETED_SUCCESSFULLY completed_with_warnings",
		fails:     "failed cancelled BUILD_FAILED crashed timed-out partial_success terminated",
		ends:      "stopped skipped exited not_found deleted",
		mayGoOn:   "paused created new open active inactive",
		isSettled: "shipped delivered paid closed resolved archived final none green live online available enabled merged published ok ready",
		isRefused: "rejected denied declined invalid dismissed",
		unlisted:  "approved uploaded built exported imported verified deployed configured applied not_in_progress notfailed",
	}
	for want, words := range classes {
		for _, w := range strings.Fields(words) {
			if got := lookup(w).class; got != want {
				t.Errorf("%q: got class %d, want %d", w, got, want)
			}
		}
	}
	const bare, fine = " jobcomplete complete completed done finished ok ready terminated ", " success ok ready "
	for w, meaning := range vocabulary() {
		if strings.Contains(bare, " "+w+" ") && !meaning.bare {
			t.Errorf("%q is not bare", w)
		}
		if got, want := meaning.fine, strings.Contains(fine, " "+w+" "); got != want {
			t.Errorf("%q: got fine %v, want %v", w, got, want)
		}
		if len(w) > longestWord || lookup(w) != meaning {
			t.Errorf("%q is not found", w)
		}
	}
}

// TestWordsInOtherLanguages: they are read, and are not what a client can be expected to know.
func TestWordsInOtherLanguages(t *testing.T) {
	for w, want := range map[string]class{
		"läuft": goesOn, "LÄUFT": goesOn, "En Cours": goesOn, "Выполняется": goesOn, "处理中": goesOn, "ÉCHEC": fails, "Неудачно": fails,
		"失敗": fails, "Terminé": succeeds, "ЗАВЕРШЕНО": succeeds, "Abgebrochen": fails, "Beendet": ends,
	} {
		if got := lookup(w); got.class != want || Word(w) != Unknown {
			t.Errorf("%s: got class %d, want %d; Word says %v", w, got.class, want, Word(w))
		}
	}
}

// TestCompounds reads words that are made of known ones, and others that look as if they were.
func TestCompounds(t *testing.T) {
	for want, words := range map[class][]string{
		goesOn: {"JOB_STATE_RUNNING", "Status.RUNNING", "jobStatus.Queued", "running (3 of 5)", "2. Running", "export_started", "sync-queued", "not yet started",
			"failed, will retry", "http://example.com/ns/status/running", "urn:example:status:running", "processing item 3"},
		fails: {"SYNC_FAILED", "validation error", "EXECUTION_TIMEOUT", "quota_exceeded", "failedValidation", "failed: disk full", "completed_unsuccessfully",
			"cancelled_by_admin", "ABORTED BY USER", "job canceled", "completed with 3 errors", "partially done"},
		succeeds: {"JOB_STATE_DONE", "taskCompleted", "STATUS_SUCCESS", "completed ok", "Finished!", "3 - Completed", "finished_with_warnings"},
		ends:     {"completed with remarks", "finishedWithNotes"},
		unlisted: {"runningg", "failedover", "successor", "notification", "not completed", "no error", "unfinished", "almost done", "upload_done",
			"export_completed", "completed 3 of 5", "100% complete", "Job failed. Done", "v1.5", "success_story", strings.Repeat("long ", 20) + "failed"},
	} {
		for _, w := range words {
			if got := lookup(w).class; got != want {
				t.Errorf("%q: got class %d, want %d", w, got, want)
			}
		}
	}
}
