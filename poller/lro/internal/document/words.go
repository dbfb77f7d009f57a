package document

import "bytes"

// class is what a word in the place of a state can mean. The reading of a document depends on the
// class and on the place; see table.go.
type class uint8

const (
	unlisted  class = iota // not in the vocabulary
	goesOn                 // queued, running: the work is not over
	succeeds               // succeeded, done
	fails                  // failed, cancelled, partial: an end that is not a success
	ends                   // stopped, exited: an end that does not say how
	mayGoOn                // created, active: a step of a job, or the state of an ordinary resource
	isSettled              // shipped, published: hardly a step of a job
	isRefused              // rejected, denied: an end of a job, or the state of an ordinary resource
	classes
)

// word is one entry of the state vocabulary.
type word struct {
	class class
	state State
	// bare words ("done", "terminated") say that it ended but not quite how: an error or an outcome
	// beside them decides.
	bare bool
	// fine words ("ok", "success") may speak of the request instead of the operation.
	fine bool
}

// longestWord bounds the words that are looked up, in letters.
const longestWord = 48

// Word returns the state that a server's word stands for, and Unknown for one that is not in
// the vocabulary or that does not say how the operation stands ("stopped", "shipped"). Case, blanks,
// "-" and "_" do not matter: "In progress" is "in_progress".
func Word[T ~string | ~[]byte](w T) State { return lookup(w).state }

// lookup returns the entry of a word, however it is written.
func lookup[T ~string | ~[]byte](w T) word {
	var folded [longestWord]byte
	n := 0
	for i := 0; i < len(w); i++ {
		c := w[i]
		switch {
		case c == ' ' || c == '-' || c == '_' || c == '\t':
			continue
		case c >= 'A' && c <= 'Z':
			c += 'a' - 'A'
		}
		if n == len(folded) {
			return compound(folded[:n])
		}
		folded[n] = c
		n++
	}
	if known, ok := vocabulary()[string(folded[:n])]; ok {
		return known
	}
	return compound(folded[:n])
}

// compound reads words that are made of a known one: CREATE_IN_PROGRESS, BUILD_FAILED, "pending
// review", "Waiting for approval".
func compound(folded []byte) word {
	switch {
	case bytes.HasPrefix(folded, []byte("not")):
	case bytes.HasSuffix(folded, []byte("inprogress")):
		return word{class: goesOn, state: Running}
	case bytes.HasPrefix(folded, []byte("pending")), bytes.HasSuffix(folded, []byte("pending")),
		bytes.HasPrefix(folded, []byte("waitingfor")), bytes.HasPrefix(folded, []byte("waitingon")), bytes.HasPrefix(folded, []byte("queuedfor")):
		return word{class: goesOn, state: Pending}
	case bytes.HasSuffix(folded, []byte("failed")):
		return word{class: fails, state: Failed}
	}
	return word{}
}

// MaxWord bounds the word for the state that is kept.
const MaxWord = 200
