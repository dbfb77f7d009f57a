package jsontext

import "testing"

func TestStringEnd(t *testing.T) {
	for text, want := range map[string]int{
		`""`: 2, `"a", 1`: 3, `"a\"b"c`: 6, `"a\\"b`: 5, `"open`: 5, `"open\`: 6, `"`: 1, "": 0,
	} {
		if got := StringEnd(text); got != want {
			t.Errorf("%s: got %d, want %d", text, got, want)
		}
	}
}
