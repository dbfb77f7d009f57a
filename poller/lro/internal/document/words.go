package document

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
	// loud words ("running", "failed") are those of a job wherever they stand.
	loud bool
	// local words are of another language than English.
	local bool
	// step words ("upload_complete") are not listed, and may be a step or the end: an answer that stays
	// the same is not waited for as long as others.
	step bool
}

// longestWord bounds the words that are looked up, in letters.
const longestWord = 48

// Word returns the state that a server's word stands for, and Unknown for one that is not in
// the vocabulary or that does not say how the operation stands ("stopped", "shipped"). Case, blanks,
// "-" and "_" do not matter: "In progress" is "in_progress". Words that are made of known ones count as these
// ("JOB_STATE_RUNNING", "cancelled by admin"). Words of other languages than English are understood in answers, and are
// not in the vocabulary.
func Word[T ~string | ~[]byte](w T) State {
	known := lookup(w)
	if known.local {
		return Unknown
	}
	return known.state
}

// lookup returns the entry of a word, however it is written.
func lookup[T ~string | ~[]byte](w T) word {
	var folded [longestWord]byte
	n, first, parts := 0, enumerated(w), onePart
	for i := first; i < len(w); i++ {
		c := w[i]
		switch {
		case c == ' ' || c == '\t':
			parts = blanks
			continue
		case c == '-' || c == '_':
			parts = max(parts, joined)
			continue
		case c >= 'A' && c <= 'Z':
			if i > first && w[i-1] >= 'a' && w[i-1] <= 'z' {
				parts = max(parts, joined)
			}
			c += 'a' - 'A'
		case c >= 0x80 && c < 0xc0 && n > 0:
			c = lowerLetter(folded[:n], c)
		}
		if n == len(folded) {
			return compound(folded[:n], blanks, true)
		}
		folded[n] = c
		n++
	}
	if known, ok := vocabulary()[string(folded[:n])]; ok {
		return known
	}
	return compound(folded[:n], parts, false)
}

// lowerLetter returns the second byte of a letter, folded like ASCII: Latin-1 and Russian. The first byte
// is the last of folded, and may change with it.
func lowerLetter(folded []byte, c byte) byte {
	switch first := &folded[len(folded)-1]; {
	case *first == 0xc3 && c < 0x9f && c != 0x97, *first == 0xd0 && c >= 0x90 && c < 0xa0: // À, А
		return c + 0x20
	case *first == 0xd0 && c >= 0xa0 && c < 0xb0: // Р
		*first = 0xd1
		return c - 0x20
	}
	return c
}

// enumerated returns how many bytes number a word: "2 - Running", "3. Completed".
func enumerated[T ~string | ~[]byte](w T) int {
	if len(w) < 3 || w[0] < '0' || w[0] > '9' {
		return 0
	}
	i := 0
	for i < len(w) && (w[i] >= '0' && w[i] <= '9' || w[i] == ' ') {
		i++
	}
	if i < len(w) && (w[i] == '-' || w[i] == '.' || w[i] == ':' || w[i] == ')') {
		return i + 1
	}
	return 0
}

// MaxWord bounds the word for the state that is kept.
const MaxWord = 200
