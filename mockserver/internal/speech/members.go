package speech

import (
	"encoding/json"
	"io"
	"net/http"
	"strconv"
	"time"

	"github.com/asyncctl/asyncctl/mockserver/internal/work"
)

// Members is a JSON object while it is written: without reflection, into the
// buffer of the exchange. A member without a name is an item of a list.
type Members []byte

// object begins an object, for [exchange.send].
func (x *Exchange) object() Members { return append(x.Buf[:0], '{') }

// send sends an object.
func (x *Exchange) send(code int, m Members) {
	x.Buf = append(m, "}\n"...)
	x.JSON(code, x.Buf)
}

// name begins a member.
func (m Members) name(name string) Members {
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

func (m Members) text(name, value string) Members { return AppendText(m.name(name), value) }

func (m Members) number(name string, n int) Members {
	return strconv.AppendInt(m.name(name), int64(n), 10)
}

func (m Members) time(name string, t time.Time) Members {
	return append(AppendTime(append(m.name(name), '"'), t), '"')
}

// literal is a member whose value is JSON already.
func (m Members) literal(name, value string) Members { return append(m.name(name), value...) }

func (m Members) begin(name string) Members     { return append(m.name(name), '{') }
func (m Members) end() Members                  { return append(m, '}') }
func (m Members) beginList(name string) Members { return append(m.name(name), '[') }
func (m Members) endList() Members              { return append(m, ']') }

// AppendText writes a text in quotes.
func AppendText(b []byte, text string) []byte {
	for i := range len(text) {
		if c := text[i]; c < ' ' || c > '~' || c == '"' || c == '\\' {
			return append(b, Encode(text)...)
		}
	}
	b = append(b, '"')
	b = append(b, text...)
	return append(b, '"')
}

// SendResultIn sends an object whose next member is what the operation produced,
// and then the tail: JSON as it is, anything else as a text.
func (x *Exchange) sendResultIn(code int, m Members, name string, v work.View, tail string) {
	x.Host.Counter.Results.Add(1)
	m, tail = m.name(name), tail+"}\n"
	if v.Scenario.ResultSize > 0 {
		x.SendDigits(code, append(m, '"'), v.Scenario.ResultSize, `"`+tail)
		return
	}
	x.Buf = append(AppendResult(v, m), tail...)
	x.JSON(code, x.Buf)
}

// SendDigits sends a JSON text of any size between a head and a tail.
func (x *Exchange) SendDigits(code int, head []byte, size int64, tail string) {
	x.Buf = head
	x.typed()
	x.Field("Content-Length", strconv.FormatInt(int64(len(head)+len(tail))+size, 10))
	x.Head(code)
	if x.R.Method != http.MethodHead {
		x.W.Write(head) // the reader is gone if this fails: nobody to tell
		io.CopyN(x.W, &Digits{}, size)
		io.WriteString(x.W, tail)
	}
}

// AppendResult writes the result as a JSON value, but for one that is too large
// to be held in memory.
func AppendResult(v work.View, b []byte) []byte {
	result := ResultBody(v)
	if json.Valid(result) {
		for len(result) > 0 && result[len(result)-1] == '\n' {
			result = result[:len(result)-1]
		}
		return append(b, result...)
	}
	return AppendText(b, string(result))
}

// words are what a family calls the states. An empty one is the word for running.
type words struct {
	pending, running, cancelling          string
	succeeded, failed, cancelled, partial string
}

// of is the word for the state of an operation.
func (w *words) of(v work.View) string {
	word := w.running
	switch v.Snap.Status {
	case work.Pending:
		word = w.pending
	case work.Cancelling:
		word = w.cancelling
	case work.Succeeded:
		word = w.succeeded
		if v.Partial() {
			word = w.partial
		}
	case work.Failed:
		word = w.failed
	case work.Cancelled:
		word = w.cancelled
	}
	if word == "" {
		return w.running
	}
	return word
}

// Why is what is said about a failure.
func Why(v work.View) string {
	p := FailureOf(v)
	return p.Title + ": " + p.Detail
}
