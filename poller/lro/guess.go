package lro

import (
	"fmt"
	"time"

	"github.com/asyncctl/asyncctl/poller/lro/internal/document"
)

// The bounds of guesses: so many equal answers in a row, or as many over so long a time where the
// server speaks in status documents, are undecided.
const (
	maxGuesses   = 10
	guessMinutes = 10 * time.Minute
)

// guessed counts a reading that is a guess; true if it was the last: the operation ended undecided.
// Sure words are never counted, however often they come.
func (op *Operation) guessed(got Reading, r Reply) bool {
	op.Doubtful = got.Doubtful
	if got.guess == 0 {
		if !got.Doubtful {
			op.Guesses = 0
		}
		return false
	}
	if op.Guesses == 0 || got.guess != op.guess {
		op.Guesses, op.guess, op.guessedSince = 0, got.guess, r.At
	}
	op.Guesses++
	if op.Guesses < maxGuesses || got.patient && r.At.Sub(op.guessedSince) < guessMinutes {
		return false
	}
	what := "it does not say in words how the operation stands"
	if got.Native != "" {
		what = fmt.Sprintf("its state %q is not a known word", shownWord([]byte(got.Native)))
	}
	op.lose(UndecidedAnswer, fmt.Sprintf("%s, and %d answers in a row were equal", what, op.Guesses))
	return true
}

// Evidence is what an acceptance showed of the documents that a server speaks in: hashes of the id and
// of the name of the state. 0: nothing.
type Evidence uint64

// spoken returns the evidence that a document gives, if it is one that speaks of a state.
func spoken(v *document.Summary) Evidence {
	id, state := v.Identity()
	if state == 0 {
		return 0
	}
	return Evidence(id)<<32 | Evidence(state)
}

// spokeBefore reports whether the acceptance held this very document: the same id or, where one of
// the two has none, the state under the same name.
func (op *Operation) spokeBefore(v *document.Summary) bool {
	hadID, had := uint32(op.Spoken>>32), uint32(op.Spoken)
	if had == 0 {
		return false
	}
	id, state := v.Identity()
	switch {
	case state == 0:
		return false
	case hadID != 0 && id != 0:
		return hadID == id
	}
	return had == state
}

// fold64 is a hash of some bytes (FNV-1a), never 0.
func fold64(b []byte) uint64 {
	h := uint64(14695981039346656037)
	for _, c := range b {
		h = (h ^ uint64(c)) * 1099511628211
	}
	return h | 1
}
