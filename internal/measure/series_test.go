package measure

import (
	"reflect"
	"testing"
)

// TestCountsFields keeps the list of fields complete.
func TestCountsFields(t *testing.T) {
	var c Counts
	for i, n := range c.fields() {
		*n = int64(i + 1)
	}
	sum := c
	sum.Add(&c)
	for i, n := range sum.fields() {
		if *n != 2*int64(i+1) {
			t.Errorf("field %d is %d", i, *n)
		}
	}
	if (c == Counts{}) || len(c.fields()) != reflect.TypeFor[Counts]().NumField() {
		t.Errorf("%d fields are listed", len(c.fields()))
	}
}
