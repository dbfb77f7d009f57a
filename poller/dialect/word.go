package dialect

import (
	"bytes"
	"strconv"
	"strings"

	"github.com/asyncctl/asyncctl/internal/jsontext"
	"github.com/asyncctl/asyncctl/poller/lro"
)

// longestWord bounds the words that a table can hold, and the words that are kept.
const longestWord = 64

// word returns the state that a word stands for: by the table, else Others or the general
// vocabulary.
func (d *rules) word(w []byte) lro.State {
	if s, ok := lookup(d.Words, w); ok {
		return s
	}
	if d.Others != lro.StateUnknown {
		return d.Others
	}
	if s := lro.Word(w); s != lro.StateUnknown {
		return s
	}
	return lro.StateRunning
}

// lookup finds a word in a table without regard to case, and without allocating.
func lookup(words map[string]lro.State, w []byte) (lro.State, bool) {
	if len(words) == 0 || len(w) > longestWord {
		return lro.StateUnknown, false
	}
	var folded [longestWord]byte
	for i, c := range w {
		if c >= 'A' && c <= 'Z' {
			c += 'a' - 'A'
		}
		folded[i] = c
	}
	s, ok := words[string(folded[:len(w)])]
	return s, ok
}

// literal returns the word at a pointer: a string, true or false.
func literal(doc jsontext.Value, pointer string) (jsontext.Value, bool) {
	v, ok := doc.At(pointer)
	if !ok {
		return nil, false
	}
	if text, ok := v.Text(); ok {
		return text[:min(len(text), longestWord)], true
	}
	return v, string(v) == "true" || string(v) == "false"
}

// wordAt returns the word at a place. A number is one where the table has a number among its words.
func wordAt(r lro.Reply, place string, words map[string]lro.State) ([]byte, bool) {
	v, text, ok := value(r, place)
	switch {
	case !ok:
		return nil, false
	case text != nil:
		return text[:min(len(text), longestWord)], true
	case string(v) == "true" || string(v) == "false":
		return v, true
	}
	if _, number := v.Number(); !number {
		return nil, false
	}
	for w := range words {
		if _, number := jsontext.Value(w).Number(); number {
			return v, true
		}
	}
	return nil, false
}

// told returns the word for the state.
func (d *rules) told(r lro.Reply) ([]byte, bool) { return wordAt(r, d.State, d.Words) }

// cameOut returns how an operation came out that the state says to be over; [Undecided] where that is not
// said. It also returns the word that said it.
func (d *rules) cameOut(state lro.State, r lro.Reply) (lro.State, []byte) {
	o := &d.Outcome
	if o.At == "" {
		return decided(state, lro.StateUnknown), nil
	}
	w, ok := wordAt(r, o.At, o.Words)
	if !ok {
		return decided(state, o.Absent), nil
	}
	said, listed := lookup(o.Words, w)
	if !listed {
		said = o.Others
	}
	if said == lro.StateUnknown {
		said = lro.Word(w)
	}
	if !said.Terminal() || said > lro.StateCancelled {
		said = Undecided
	}
	return decided(state, said), w
}

// decided returns the worse of an end and of how it came out. That nobody said how weighs less than a
// failure and more than a success.
func decided(end, out lro.State) lro.State {
	if out == lro.StateUnknown {
		out = end
	}
	if end == Done {
		end = out
	}
	if weight(out) > weight(end) {
		end = out
	}
	if end == Done {
		return Undecided
	}
	return end
}

func weight(s lro.State) int {
	switch s {
	case lro.StateFailed:
		return 5
	case lro.StateCancelled:
		return 4
	case lro.StatePartial:
		return 3
	case Undecided:
		return 2
	}
	return 1
}

// progress reads how far the work is.
func (d *rules) progress(op *lro.Operation, r lro.Reply) lro.Progress {
	var p lro.Progress
	if d.Message != "" {
		if _, text, ok := value(r, d.Message); ok {
			p.Message = reuse(op.Progress.Message, text[:min(len(text), 4096)])
		}
	}
	if d.Queue != "" {
		if n, ok := numberAt(r, d.Queue); ok && n >= 0 && n < 1e9 {
			p.InQueue, p.Queue = true, int(n)
		}
	}
	if d.Progress == "" {
		return p
	}
	n, ok := numberAt(r, d.Progress)
	if d.Total != "" {
		total, has := numberAt(r, d.Total)
		n, ok = 100*n/total, ok && has && total > 0
	}
	if d.Scale > 0 {
		n *= d.Scale
	}
	if ok && n >= 0 && n <= 100 {
		p.Known, p.Percent = true, n
	}
	return p
}

// numberAt returns the number at a place.
func numberAt(r lro.Reply, place string) (float64, bool) {
	if !strings.HasPrefix(place, "header:") && place != "" && !strings.Contains(place, "/*") {
		return number(jsontext.Value(r.Body), place)
	}
	v, text, ok := value(r, place)
	if n, is := v.Number(); is {
		return n, ok
	}
	if n, is := percent(string(text[:min(len(text), 32)])); is {
		return n, ok
	}
	return lastPercent(text)
}

// number returns the number at a pointer, also where it stands in a string ("50", "50%").
func number(doc jsontext.Value, pointer string) (float64, bool) {
	v, ok := doc.At(pointer)
	if !ok {
		return 0, false
	}
	if n, ok := v.Number(); ok {
		return n, true
	}
	if len(v) < 2 || v[0] != '"' {
		return 0, false
	}
	text := v[1 : len(v)-1] // as it is written: digits and "%" need no escape
	if len(text) <= 32 {
		return percent(string(text))
	}
	return lastPercent(text)
}

// lastPercent returns the last "NN%" of a longer text, as progress bars leave it in logs.
func lastPercent(text []byte) (float64, bool) {
	for end := bytes.LastIndexByte(text, '%'); end > 0; end = bytes.LastIndexByte(text[:end], '%') {
		start := end
		for start > 0 && end-start < 3 && text[start-1] >= '0' && text[start-1] <= '9' {
			start--
		}
		if start < end {
			n, err := strconv.Atoi(string(text[start:end]))
			return float64(n), err == nil
		}
	}
	return 0, false
}

// percent reads the number that a text begins with: "50", "50%", "50 % done".
func percent(text string) (float64, bool) {
	text = strings.TrimSpace(text)
	end := strings.IndexFunc(text, func(c rune) bool { return (c < '0' || c > '9') && c != '.' })
	if end < 0 {
		end = len(text)
	}
	n, err := strconv.ParseFloat(text[:end], 64)
	return n, err == nil
}

// reuse returns text as a string, without allocating where it is what we had.
func reuse(had string, text []byte) string {
	if string(text) == had {
		return had
	}
	return string(bytes.ToValidUTF8(text, nil))
}
