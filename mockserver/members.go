package mockserver

import (
	"encoding/json"
	"io"
	"net/http"
	"strconv"
	"time"
)

// members is a JSON object while it is written: without reflection, into the
// buffer of the exchange. A member without a name is an item of a list.
type members []byte

// object begins an object, for [exchange.send].
func (x *exchange) object() members { return append(x.buf[:0], '{') }

// send sends an object.
func (x *exchange) send(code int, m members) {
	x.buf = append(m, "}\n"...)
	x.json(code, x.buf)
}

// name begins a member.
func (m members) name(name string) members {
	if last := m[len(m)-1]; last != '{' && last != '[' {
		m = append(m, ',')
	}
	if name == "" {
		return m
	}
	m = append(m, '"')
	m = append(m, name...)
	return append(m, `":`...)
}

func (m members) text(name, value string) members { return appendText(m.name(name), value) }

func (m members) number(name string, n int) members {
	return strconv.AppendInt(m.name(name), int64(n), 10)
}

func (m members) time(name string, t time.Time) members {
	return append(appendTime(append(m.name(name), '"'), t), '"')
}

// literal is a member whose value is JSON already.
func (m members) literal(name, value string) members { return append(m.name(name), value...) }

func (m members) begin(name string) members     { return append(m.name(name), '{') }
func (m members) end() members                  { return append(m, '}') }
func (m members) beginList(name string) members { return append(m.name(name), '[') }
func (m members) endList() members              { return append(m, ']') }

// appendText writes a text in quotes.
func appendText(b []byte, text string) []byte {
	for i := range len(text) {
		if c := text[i]; c < ' ' || c > '~' || c == '"' || c == '\\' {
			return append(b, encode(text)...)
		}
	}
	b = append(b, '"')
	b = append(b, text...)
	return append(b, '"')
}

// sendResultIn sends an object whose next member is what the operation produced,
// and then the tail: JSON as it is, anything else as a text.
func (x *exchange) sendResultIn(code int, m members, name string, v view, tail string) {
	x.s.counter.results.Add(1)
	m, tail = m.name(name), tail+"}\n"
	if v.scenario.ResultSize > 0 {
		x.sendDigits(code, append(m, '"'), v.scenario.ResultSize, `"`+tail)
		return
	}
	x.buf = append(v.appendResult(m), tail...)
	x.json(code, x.buf)
}

// sendDigits sends a JSON text of any size between a head and a tail.
func (x *exchange) sendDigits(code int, head []byte, size int64, tail string) {
	x.buf = head
	x.typed()
	x.field("Content-Length", strconv.FormatInt(int64(len(head)+len(tail))+size, 10))
	x.head(code)
	if x.r.Method != http.MethodHead {
		x.w.Write(head) // the reader is gone if this fails: nobody to tell
		io.CopyN(x.w, &digits{}, size)
		io.WriteString(x.w, tail)
	}
}

// appendResult writes the result as a JSON value, but for one that is too large
// to be held in memory.
func (v view) appendResult(b []byte) []byte {
	result := v.result()
	if json.Valid(result) {
		for len(result) > 0 && result[len(result)-1] == '\n' {
			result = result[:len(result)-1]
		}
		return append(b, result...)
	}
	return appendText(b, string(result))
}

// words are what a family calls the states. An empty one is the word for running.
type words struct {
	pending, running, cancelling          string
	succeeded, failed, cancelled, partial string
}

// of is the word for the state of an operation.
func (w *words) of(v view) string {
	word := w.running
	switch v.snap.Status {
	case Pending:
		word = w.pending
	case Cancelling:
		word = w.cancelling
	case Succeeded:
		word = w.succeeded
		if v.partial() {
			word = w.partial
		}
	case Failed:
		word = w.failed
	case Cancelled:
		word = w.cancelled
	}
	if word == "" {
		return w.running
	}
	return word
}

// partial reports whether it succeeded in part only.
func (v view) partial() bool {
	return v.snap.Status == Succeeded && v.scenario.Outcome == OutcomePartial
}

// why is what is said about a failure.
func (v view) why() string {
	p := v.failure()
	return p.Title + ": " + p.Detail
}

// changed is when its state last changed.
func (v view) changed() time.Time { return v.accepted.Add(v.snap.Changed) }
