package loadtest

import (
	"testing"
	"time"
)

func TestBoundsCountArrivals(t *testing.T) {
	for _, tt := range []struct {
		load Load
		want int64
	}{
		{Load{Rate: 50, Duration: time.Minute}, 3000},
		{Load{Rate: 50, Duration: time.Minute, Operations: 100}, 100},
		{Load{Rate: 50, Operations: 100}, 100},
		{Load{Concurrency: 5, Duration: time.Minute}, 0},
		{Load{Concurrency: 5, Operations: 7}, 7},
		{Load{Stages: []Stage{{10 * time.Second, 100}, {10 * time.Second, 100}, {10 * time.Second, 0}}}, 2000},
		{Load{Rate: 10, Stages: []Stage{{0, 100}, {10 * time.Second, 100}}}, 1000},
		{Load{Rate: 100, Stages: []Stage{{time.Minute, 100}}, Duration: time.Second}, 100},
	} {
		p := Plan{Load: tt.load}
		got := p.Bounds()
		if got.Operations != tt.want || got.Requests != 3*tt.want || got.Memory <= 0 || got.Descriptors <= 128 {
			t.Errorf("%v: %+v, want %d operations", tt.load, got, tt.want)
		}
		exact := int64(0)
		for a := tt.load.Arrivals(); tt.want > 0; exact++ {
			if _, _, ok := a.Next(); !ok || exact > 2*tt.want {
				break
			}
		}
		if tt.load.Concurrency == 0 && (exact < tt.want-1 || exact > tt.want+1) {
			t.Errorf("%v: %d arrivals, but %d are stated", tt.load, exact, tt.want)
		}
	}
	small, large := Plan{Load: Load{Rate: 1, Operations: 10}}, Plan{Load: Load{Rate: 1e6, Operations: 1e6}}
	if few, many := small.Bounds(), large.Bounds(); many.Memory < few.Memory+100e6 || many.InFlight != 1e6 {
		t.Errorf("a million in flight are stated to take %d bytes, ten %d", many.Memory, few.Memory)
	}
	p := Plan{Load: Load{Rate: 10, Operations: 10}, Shards: 3, Shard: 1}
	if got := p.Bounds(); got.Operations != 4 {
		t.Errorf("a third of 10 operations is %d", got.Operations)
	}
}
