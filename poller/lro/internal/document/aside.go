package document

import (
	"bytes"

	"github.com/asyncctl/asyncctl/internal/jsontext"
)

// What stands here is asked of a document that does not say in the usual places how the operation stands:
// lists of jobs, plain text, pages, words under other names, fields of the header. It makes guesses,
// and no success.

// readList finds the states of what is listed: of a single thing, or of all where the list is one of jobs.
func (v *Summary) readList(list jsontext.Value, jobs bool) {
	it := list.Walk()
	for n := 0; it.Next(); n++ {
		if n > 0 && !jobs {
			v.listed = [classes]Statement{}
			return
		}
		if n == 20 {
			return
		}
		if it.Value.IsObject() {
			v.readListed(it.Value)
		}
	}
}

func (v *Summary) readListed(thing jsontext.Value) {
	for it := thing.Walk(); it.Next(); {
		if len(it.Key) < 2 {
			return
		}
		r, _ := roleOf(it.Key[1 : len(it.Key)-1])
		text, ok := it.Value.Text()
		if r != jobState && r != otherState || !ok || len(text) == 0 {
			continue
		}
		if w := lookup(text); v.listed[w.class].Text == nil {
			v.listed[w.class] = Statement{Text: text[:min(len(text), MaxWord)], word: w}
		}
	}
}

// strayWord finds a word that nobody uses but for a state, under a name that says nothing.
func (v *Summary) strayWord(c class) (Statement, bool) {
	for _, value := range v.stray[:v.strays] {
		text, _ := value.Text()
		if w := lookup(text); w.class == c && w.loud {
			return Statement{Text: text, word: w}, true
		}
	}
	return Statement{}, false
}

// The bounds of a text that may be a status: lines, and bytes of all and of a single line.
const (
	maxTextLines = 12
	maxText      = 2 << 10
	maxPhrase    = 100
)

// readText reads a document that is no JSON object or list: one word (RUNNING, or "RUNNING"), a phrase,
// a percentage, a boolean, or a few lines of "name: value".
func (v *Summary) readText(doc jsontext.Value) {
	text, quoted := doc.Text()
	if !quoted {
		text = doc
	}
	v.nothing = string(doc) == "null"
	switch {
	case string(doc) == "false":
		v.signs[Top] |= maySay
	case string(doc) == "true":
		v.signs[Top] |= saysDone
	case len(text) <= maxPhrase && bytes.IndexByte(text, '\n') < 0 && bytes.IndexByte(text, ':') < 0 && bytes.IndexByte(text, '=') < 0:
		v.readPhrase(text)
	case !quoted && len(text) <= maxText:
		v.readLines(text)
	}
}

// waiting are phrases that ask for patience.
var waiting = [...]string{
	"not ready", "not yet", "please wait", "try again", "in progress", "still running", "still processing", "still being", "being processed",
	"being generated", "being prepared", "being created", "check back", "come back",
}

// asksForPatience reports whether a text says in other words that it goes on.
func asksForPatience(text []byte) bool {
	lower := bytes.ToLower(text)
	for _, phrase := range waiting {
		if bytes.Contains(lower, []byte(phrase)) {
			return true
		}
	}
	return false
}

func (v *Summary) readPhrase(text []byte) {
	if len(text) > 1 && text[len(text)-1] == '%' {
		v.percentIn(jsontext.Value(text[:len(text)-1]), Top)
		return
	}
	w := lookup(text)
	switch {
	case plainWord(text) && (w.class == goesOn || w.class == succeeds || w.class == fails):
		v.said[Top][w.class] = Statement{Text: text, word: w}
	case asksForPatience(text):
		v.signs[Top] |= maySay
	}
}

// plainWord reports whether a text is nothing but words.
func plainWord(text []byte) bool {
	for i, c := range text {
		end := i >= len(text)-3 && (c == '.' || c == '!')
		if !letter(c) && c != ' ' && c != '_' && c != '-' && c < 0x80 && !end {
			return false
		}
	}
	return len(text) <= longestWord
}

// readLines finds "status: running" or "state=running", where every line is like that.
func (v *Summary) readLines(text []byte) {
	var heard Summary
	for lines := 0; len(text) > 0; lines++ {
		var line []byte
		line, text, _ = bytes.Cut(text, []byte{'\n'})
		if line = bytes.TrimSpace(line); len(line) == 0 {
			continue
		}
		at := bytes.IndexAny(line, ":=")
		if at < 0 || lines == maxTextLines {
			return
		}
		r, _ := roleOf(bytes.TrimSpace(line[:at]))
		value := bytes.Trim(line[at+1:], " \t\"'")
		if w := lookup(value); (r == jobState || r == otherState) && (w.class == goesOn || w.class == succeeds || w.class == fails) {
			heard.said[InJob][w.class] = Statement{Text: value, word: w}
		}
	}
	v.said[InJob] = heard.said[InJob]
}

// InHeader returns what a header field for the state says, if that is a word that goes on or a failure.
func InHeader(text string) (Statement, bool) {
	if text == "" || len(text) > longestWord {
		return Statement{}, false
	}
	w := lookup(text)
	return Statement{Text: []byte(text), word: w}, w.class == goesOn || w.class == fails
}

// page is what a page for people looks like.
type page uint8

const (
	noPage page = iota
	anyPage
	waitingPage // it loads itself again, or asks for patience
	errorPage
)

// maxHead bounds what is looked at of a page.
const maxHead = 4 << 10

// ReadPage looks at the head of a page for people; reload says that its header asks to load it again.
func (v *Summary) ReadPage(text []byte, reload bool) {
	head := bytes.ToLower(text[:min(len(text), maxHead)])
	_, title, _ := bytes.Cut(head, []byte("<title"))
	_, title, _ = bytes.Cut(title, []byte{'>'})
	title, _, _ = bytes.Cut(title, []byte{'<'})
	v.page = anyPage
	if reload || bytes.Contains(head, []byte(`http-equiv="refresh"`)) || bytes.Contains(head, []byte(`http-equiv='refresh'`)) || asksForPatience(title) {
		v.page = waitingPage
	}
	for _, mark := range [...]string{"error", "not found", "unavailable", "bad gateway", "forbidden", "unauthorized", "maintenance", "timeout", "timed out", "access denied"} {
		if bytes.Contains(title, []byte(mark)) {
			v.page = errorPage
		}
	}
}
