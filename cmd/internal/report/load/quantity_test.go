package load

import "testing"

func TestPercent(t *testing.T) {
	for _, test := range []struct {
		part, whole int64
		want        string
	}{
		{0, 0, "-"}, {0, 5, "0%"}, {1, 100000, "<0.01%"}, {1, 10001, "<0.01%"}, {1, 10000, "0.01%"}, {99, 10000, "0.99%"},
		{1, 100, "1%"}, {99, 100, "99%"}, {9999, 10000, "99.99%"}, {99999, 100000, "99.99%"}, {7, 7, "100%"}, {1, 3, "33.3%"},
	} {
		if got := percent(test.part, test.whole); got != test.want {
			t.Errorf("%d of %d: got %s, want %s", test.part, test.whole, got, test.want)
		}
	}
}
