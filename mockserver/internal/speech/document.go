package speech

import (
	"encoding/json"
	"strconv"
	"time"

	"github.com/asyncctl/asyncctl/mockserver/internal/work"
)

// AppendTime writes RFC 3339 in UTC with milliseconds, without the parsing of a
// layout. The year has four digits (RFC 3339, section 1).
func AppendTime(b []byte, t time.Time) []byte {
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
func (x *Exchange) document(code int, v work.View) {
	x.Buf = appendDocument(v, x.Buf[:0])
	x.JSON(code, x.Buf)
}

// appendDocument writes what encoding/json would, without its allocations:
// nothing in it but the error needs escapes.
func appendDocument(v work.View, b []byte) []byte {
	b = append(b, `{"id":"`...)
	b = append(b, v.ID...)
	b = append(b, `","status":"`...)
	b = append(b, v.Snap.Status...)
	b = append(b, `","createdAt":"`...)
	b = AppendTime(b, v.Accepted)
	b = append(b, `","lastUpdatedAt":"`...)
	b = AppendTime(b, v.Accepted.Add(v.Snap.Changed))
	b = append(b, `","percentComplete":`...)
	b = strconv.AppendInt(b, int64(v.Snap.Percent), 10)
	switch v.Snap.Status {
	case work.Succeeded:
		b = append(b, `,"resourceLocation":"`...)
		b = append(b, resultPath(v)...)
		b = append(b, '"')
	case work.Failed:
		b = append(b, `,"error":`...)
		b = append(b, errorMember(v)...)
	}
	return append(b, "}\n"...)
}

// errorMember is the failure as a status document tells it.
func errorMember(v work.View) []byte {
	p := FailureOf(v)
	return Encode(struct {
		Code    string `json:"code"`
		Message string `json:"message"`
	}{"OperationFailed", p.Title + ": " + p.Detail})
}

// Encode is json.Marshal for values of this package that cannot fail to encode:
// texts, numbers, and JSON that was checked.
func Encode(v any) []byte {
	text, err := json.Marshal(v)
	if err != nil {
		panic(err)
	}
	return text
}

func StatusPath(v work.View) string { return statusPrefix + v.ID }
func resultPath(v work.View) string { return statusPrefix + v.ID + "/result" }

// etag names the representation that appendDocument makes of a pending
// operation: its times follow from state and percentage.
//
// RFC 9110, section 8.8.3: without W/ it is a strong validator.
func etagOf(v work.View) string {
	b := make([]byte, 0, 24)
	b = append(b, '"')
	b = append(b, v.Snap.Status...)
	b = append(b, '-')
	b = strconv.AppendInt(b, int64(v.Snap.Percent), 10)
	return string(append(b, '"'))
}
