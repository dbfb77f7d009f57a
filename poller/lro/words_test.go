package lro

import (
	"strings"
	"testing"

	"github.com/asyncctl/asyncctl/poller/lro/internal/document"
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
		"", " ", "shipped", "runnin", "runningg", "läuft", "succeeded\n", "200",
		strings.Repeat("a", 1000), strings.Repeat("-", 1000), "cancellationrequestedx",
	} {
		if got := Word(word); got != StateUnknown {
			t.Errorf("Word(%q): got %v, want unknown", word, got)
		}
	}
}

// TestStatesAgree: the states of the documents' words are those of the operation, in the same order.
func TestStatesAgree(t *testing.T) {
	for w, want := range map[document.State]State{
		document.Unknown: StateUnknown, document.Pending: StatePending, document.Running: StateRunning, document.Waiting: StateWaiting,
		document.Cancelling: StateCancelling, document.Succeeded: StateSucceeded, document.Failed: StateFailed,
		document.Partial: StatePartial, document.Cancelled: StateCancelled,
	} {
		if State(w) != want {
			t.Errorf("got %v, want %v", State(w), want)
		}
	}
}
