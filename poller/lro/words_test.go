package lro

import (
	"strings"
	"testing"
)

// theVocabulary repeats the table of words from the specification of the generic engine
// (dialects.md, section 4.3, rule 11) and JSend's "fail", so that no word is lost or changes its class by accident.
var theVocabulary = map[State]string{
	StatePending: `pending queued inqueue enqueued accepted notstarted notrunning waiting blocked scheduled
		validating validatingfiles created submitted uploadcomplete open initialized new starting unknown`,
	StateRunning: `running inprogress processing executing provisioning updating deleting creating finalizing
		parsing continuedasnew building stopping uploading started active`,
	StateWaiting:    `held suspended paused`,
	StateCancelling: `cancelling canceling cancelrequested cancellationrequested`,
	StateSucceeded:  `succeeded success successful complete completed done finished jobcomplete ok ready`,
	StateFailed:     `failed fail failure error errored exception fatal dead timedout timeout expired`,
	StateCancelled:  `cancelled canceled aborted terminated dismissed killed revoked`,
	StatePartial:    `incomplete partiallysucceeded unstable partial completedwitherrors`,
}

func TestWord(t *testing.T) {
	for state, words := range theVocabulary {
		for _, word := range strings.Fields(words) {
			spaced := " " + strings.ToUpper(word[:1]) + "-" + word[1:2] + "_" + strings.ToUpper(word[2:]) + "\t"
			for _, form := range []string{word, strings.ToUpper(word), spaced} {
				if got := Word(form); got != state {
					t.Errorf("Word(%q): got %v, want %v", form, got, state)
				}
				if got := Word([]byte(form)); got != state {
					t.Errorf("Word([]byte(%q)): got %v, want %v", form, got, state)
				}
			}
		}
	}
}

func TestWordUnknown(t *testing.T) {
	for _, word := range []string{
		"", " ", "shipped", "runnin", "runningg", "running!", "läuft", "succeeded\n", "200",
		strings.Repeat("a", 1000), strings.Repeat("-", 1000), "cancellationrequestedx",
	} {
		if got := Word(word); got != StateUnknown {
			t.Errorf("Word(%q): got %v, want unknown", word, got)
		}
	}
}

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
			if got := lookupWord(w).class; got != want {
				t.Errorf("%q: got class %d, want %d", w, got, want)
			}
		}
	}
	const bare, fine = " jobcomplete complete completed done finished ok ready terminated ", " success ok ready "
	for w, meaning := range vocabulary {
		if strings.Contains(bare, " "+w+" ") && !meaning.bare {
			t.Errorf("%q is not bare", w)
		}
		if got, want := meaning.fine, strings.Contains(fine, " "+w+" "); got != want {
			t.Errorf("%q: got fine %v, want %v", w, got, want)
		}
		if len(w) > longestWord || lookupWord(w) != meaning {
			t.Errorf("%q is not found", w)
		}
	}
}
