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
