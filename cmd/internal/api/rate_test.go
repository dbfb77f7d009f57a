package api

import (
	"math"
	"testing"
)

func TestParseRate(t *testing.T) {
	for text, want := range map[string]float64{
		"5/s": 5, "300/m": 5, "18000/h": 5, "0.5/s": 0.5, "1e9/s": 1e9,
		"": -1, "5": -1, "5/": -1, "/s": -1, "x/s": -1, "5/d": -1, "5/S": -1, "0/s": -1, "-1/s": -1, "1.1e9/s": -1, "NaN/s": -1, "Inf/s": -1, "5/s/s": -1,
	} {
		got, err := ParseRate(text)
		if err != nil {
			got = -1
		}
		if math.Abs(got-want) > 1e-9 {
			t.Errorf("%q: got %v, want %v", text, got, want)
		}
	}
}
