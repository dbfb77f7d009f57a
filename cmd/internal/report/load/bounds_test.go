package load

import (
	"testing"
	"time"
)

// TestBucketsAreGoodToSixPercent looks at each bucket that a quantile may be read from.
func TestBucketsAreGoodToSixPercent(t *testing.T) {
	list := bounds()
	if list[0] > 100*time.Microsecond || list[len(list)-1] < time.Hour {
		t.Errorf("they go from %v to %v", list[0], list[len(list)-1])
	}
	for i := 1; i < len(list); i++ {
		if wide := float64(list[i])/float64(list[i-1]) - 1; wide > 0.06 {
			t.Errorf("the bucket up to %v is %.1f%% wide", list[i], wide*100)
		}
	}
}
