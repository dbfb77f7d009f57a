package mockserver

import (
	"encoding/json"
	"strconv"
	"time"
)

// appendTime writes RFC 3339 in UTC with milliseconds, without the parsing of a
// layout. The year has four digits (RFC 3339, section 1).
func appendTime(b []byte, t time.Time) []byte {
	t = t.UTC()
	year, month, day := t.Date()
	hour, minute, second := t.Clock()
	b = appendDigits(b, min(max(year, 0), 9999), 4)
	b = appendDigits(append(b, '-'), int(month), 2)
	b = appendDigits(append(b, '-'), day, 2)
	b = appendDigits(append(b, 'T'), hour, 2)
	b = appendDigits(append(b, ':'), minute, 2)
	b = appendDigits(append(b, ':'), second, 2)
	b = appendDigits(append(b, '.'), t.Nanosecond()/int(time.Millisecond), 3)
	return append(b, 'Z')
}

// appendDigits writes the last digits of n.
func appendDigits(b []byte, n, digits int) []byte {
	b = append(b, "0000"[:digits]...)
	for i := len(b) - 1; digits > 0; i, digits = i-1, digits-1 {
		b[i], n = byte('0'+n%10), n/10
	}
	return b
}

// document sends the status of an operation as JSON.
func (x *exchange) document(code int, v view) {
	x.buf = v.appendDocument(x.buf[:0])
	x.json(code, x.buf)
}

// appendDocument writes what encoding/json would, without its allocations:
// nothing in it but the error needs escapes.
func (v view) appendDocument(b []byte) []byte {
	b = append(b, `{"id":"`...)
	b = append(b, v.id...)
	b = append(b, `","status":"`...)
	b = append(b, v.snap.Status...)
	b = append(b, `","createdAt":"`...)
	b = appendTime(b, v.accepted)
	b = append(b, `","lastUpdatedAt":"`...)
	b = appendTime(b, v.accepted.Add(v.snap.Changed))
	b = append(b, `","percentComplete":`...)
	b = strconv.AppendInt(b, int64(v.snap.Percent), 10)
	switch v.snap.Status {
	case Succeeded:
		b = append(b, `,"resourceLocation":"`...)
		b = append(b, v.resultPath()...)
		b = append(b, '"')
	case Failed:
		b = append(b, `,"error":`...)
		b = append(b, v.errorMember()...)
	}
	return append(b, "}\n"...)
}

// errorMember is the failure as a status document tells it.
func (v view) errorMember() []byte {
	p := v.failure()
	return encode(struct {
		Code    string `json:"code"`
		Message string `json:"message"`
	}{"OperationFailed", p.Title + ": " + p.Detail})
}

// encode is json.Marshal for values of this package that cannot fail to encode:
// texts, numbers, and JSON that was checked.
func encode(v any) []byte {
	text, err := json.Marshal(v)
	if err != nil {
		panic(err)
	}
	return text
}

func (v view) statusPath() string { return statusPrefix + v.id }
func (v view) resultPath() string { return statusPrefix + v.id + "/result" }

// etag names the representation that appendDocument makes of a pending
// operation: its times follow from state and percentage.
//
// RFC 9110, section 8.8.3: without W/ it is a strong validator.
func (v view) etag() string {
	b := make([]byte, 0, 24)
	b = append(b, '"')
	b = append(b, v.snap.Status...)
	b = append(b, '-')
	b = strconv.AppendInt(b, int64(v.snap.Percent), 10)
	return string(append(b, '"'))
}
