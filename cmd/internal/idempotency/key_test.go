package idempotency

import "testing"

func TestQuote(t *testing.T) {
	for in, want := range map[string]string{`k`: `"k"`, `"k"`: `"k"`, `a"b\c`: `"a\"b\\c"`, `"`: `"\""`} {
		if got := Quote(in); got != want {
			t.Errorf("Quote(%s) = %s, want %s", in, got, want)
		}
	}
}

// What is quoted already is left as it is, but only if it is a string as RFC 8941, section 3.3.3, has it.
func TestQuoteOfWhatOnlyLooksQuoted(t *testing.T) {
	for in, want := range map[string]string{
		`"a"b"`:  `"\"a\"b\""`,
		`"\"`:    `"\"\\\""`,
		`"a\"b"`: `"a\"b"`,
		`"a\\"`:  `"a\\"`,
		`"a\b"`:  `"\"a\\b\""`,
		`""`:     `""`,
		`"a b"`:  `"a b"`,
		`""" `:   `"\"\"\" "`,
		`plain"`: `"plain\""`,
		`"half`:  `"\"half"`,
	} {
		if got := Quote(in); got != want {
			t.Errorf("Quote(%s) = %s, want %s", in, got, want)
		}
	}
}

func FuzzQuote(f *testing.F) {
	f.Add(`"a\"b"`)
	f.Add(`\`)
	f.Fuzz(func(t *testing.T, key string) {
		got := Quote(key)
		if !quoted(got) || Quote(got) != got {
			t.Errorf("Quote(%s) = %s, and that is %s", key, got, Quote(got))
		}
	})
}
