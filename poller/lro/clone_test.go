package lro

import (
	"net/http"
	"reflect"
	"testing"
	"unsafe"
)

// TestCloneSharesNoText fills every text of an operation from one buffer, and overwrites the buffer.
func TestCloneSharesNoText(t *testing.T) {
	buffer := []byte("https://api.example.com/v1/status/1")
	shared := unsafe.String(&buffer[0], len(buffer))
	want := string(buffer)

	op := Operation{Phase: Polling, Next: Request{Header: http.Header{"If-None-Match": {shared}}}, trail: []string{shared}}
	n := eachText(reflect.ValueOf(&op).Elem(), func(v reflect.Value) { v.SetString(shared) })
	clone := op.Clone()
	for i := range buffer {
		buffer[i] = '#'
	}
	left := 0
	eachText(reflect.ValueOf(&clone).Elem(), func(v reflect.Value) {
		if v.String() != want {
			left++
		}
	})
	if n < 15 || left > 0 {
		t.Errorf("%d of %d texts are shared: %+v", left, n, clone)
	}
	if clone.Next.Header.Get("If-None-Match") != want || clone.trail[0] != want {
		t.Errorf("the validator or the trail is shared: %+v", clone)
	}
}

// eachText visits the exported texts of an operation and returns how many there are. A Reason is
// never a server's.
func eachText(v reflect.Value, visit func(reflect.Value)) int {
	n := 0
	for i := range v.NumField() {
		f := v.Field(i)
		switch {
		case f.Kind() == reflect.String && f.Type() != reflect.TypeFor[Reason]() && f.CanSet():
			visit(f)
			n++
		case f.Kind() == reflect.Struct && f.Type().PkgPath() == v.Type().PkgPath():
			n += eachText(f, visit)
		}
	}
	return n
}
