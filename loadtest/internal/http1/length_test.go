package http1

import (
	"strings"
	"testing"
)

func TestTakeLength(t *testing.T) {
	for text, want := range map[string]int64{
		"0": 0, "42": 42, "042": 42, strings.Repeat("9", 18): 999_999_999_999_999_999, strings.Repeat("0", 18): 0,
		"": -1, "1" + strings.Repeat("0", 18): -1, strings.Repeat("9", 30): -1, "-1": -1, "+1": -1, "1 ": -1, "0x1": -1, "/": -1, ":": -1,
	} {
		frame := framing{length: -1}
		if err := frame.takeLength([]byte(text)); (err == nil) != (want >= 0) || frame.length != want {
			t.Errorf("%q: got %d, %v, want %d", text, frame.length, err, want)
		}
	}
	frame := framing{length: 0}
	if frame.takeLength([]byte("0")) != nil || frame.takeLength([]byte("1")) == nil {
		t.Error("a second length counts that is another, or none that is the same")
	}
}
