package measure

import (
	"reflect"
	"testing"
	"time"
)

func TestSpreadQuantiles(t *testing.T) {
	var s Spread
	if s.Quantile(0.5) != 0 {
		t.Error("an empty spread has a median")
	}
	s[0], s[10], s[20] = 50, 49, 1
	if got := s.Quantile(0.25); got > time.Microsecond {
		t.Errorf("the lowest quarter is up to %v", got)
	}
	if got := s.Quantile(0.9); got < 512*time.Microsecond || got > 1024*time.Microsecond {
		t.Errorf("p90 is %v, want between 512us and 1024us", got)
	}
	if _, high := PowerBounds(20); s.Quantile(1) != high {
		t.Errorf("the maximum is %v, want %v", s.Quantile(1), high)
	}
}

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
