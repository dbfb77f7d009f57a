package curl

import (
	"strings"
	"testing"
	"time"
)

func TestParseDuration(t *testing.T) {
	for _, c := range []struct {
		text string
		want time.Duration
		err  string
	}{
		{"0", 0, ""},
		{"90", 90 * time.Second, ""},
		{"1.5", 1500 * time.Millisecond, ""},
		{".25", 250 * time.Millisecond, ""},
		{"1e3", 1000 * time.Second, ""},
		{"1m30s", 90 * time.Second, ""},
		{"250ms", 250 * time.Millisecond, ""},
		{"31536000", year, ""},
		{"8760h", year, ""},
		{"31536001", 0, "longer than a year"},
		{"8760h0m0.000000001s", 0, "longer than a year"},
		{"1e300", 0, "longer than a year"},
		{"inf", 0, "longer than a year"},
		{"-1", 0, "is negative"},
		{"-1ns", 0, "is negative"},
		{"-1e300", 0, "is negative"},
		{"-inf", 0, "is negative"},
		{"NaN", 0, "is no duration: write 90, 90s or 1m30s"},
		{"", 0, "is no duration"},
		{"soon", 0, "is no duration"},
		{"1 m", 0, "is no duration"},
		{"9999999h", 0, "is no duration"}, // beyond what Go can say
		{"none", 0, "is no duration"},
	} {
		got, err := ParseDuration(c.text)
		if got != c.want {
			t.Errorf("%q: got %v, want %v", c.text, got, c.want)
		}
		if c.err == "" && err != nil || c.err != "" && (err == nil || !strings.Contains(err.Error(), c.err)) {
			t.Errorf("%q: error %v, want one about %q", c.text, err, c.err)
		}
	}
}

func TestSeconds(t *testing.T) {
	var s Seconds
	if got := s.String(); got != "" || s.Type() != "duration" {
		t.Errorf("the zero value is %q, a %s", got, s.Type())
	}
	if err := s.Set("90"); err != nil || time.Duration(s) != 90*time.Second || s.String() != "1m30s" {
		t.Errorf("got %v, %v", s.String(), err)
	}
	if err := s.Set("never"); err == nil || s != 0 {
		t.Errorf("got %v, %v", s.String(), err)
	}
}

// A duration is never negative and never longer than a year, and reads its own form again.
func FuzzParseDuration(f *testing.F) {
	for _, s := range []string{"90", "1m30s", "-0", "NaN", "0x1p-1074", "1e309", "9223372036854775807ns", "1_000"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, text string) {
		d, err := ParseDuration(text)
		if d < 0 || d > year || err != nil && d != 0 {
			t.Errorf("%q is %v, %v", text, d, err)
		}
		if err != nil {
			return
		}
		if again, err := ParseDuration(d.String()); err != nil || again != d {
			t.Errorf("%q is %v, which reads as %v, %v", text, d, again, err)
		}
		s := Seconds(d)
		if (s.String() == "") != (d == 0) {
			t.Errorf("%v is shown as %q", d, s.String())
		}
	})
}
