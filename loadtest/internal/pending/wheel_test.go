package pending

import (
	"fmt"
	"math/rand/v2"
	"testing"
	"time"
)

// TestWheelGivesEverythingInTime compares with what was put in, over hours and through stalls.
func TestWheelGivesEverythingInTime(t *testing.T) {
	var slots Slab
	defer slots.Close()
	w := &Wheel{Slots: &slots}
	dice := rand.New(rand.NewPCG(3, 4))
	now, pending := int64(0), map[uint32]int64{}
	spans := []time.Duration{time.Microsecond, time.Millisecond, time.Second, time.Minute, 5 * time.Minute, time.Hour}
	for range 3000 {
		for range dice.IntN(20) {
			id := slots.Take()
			slots.At(id).Due = now + dice.Int64N(int64(spans[dice.IntN(len(spans))])) - int64(time.Microsecond)
			pending[id] = slots.At(id).Due
			w.Add(id)
		}
		limit := now + dice.Int64N(int64(spans[dice.IntN(len(spans))]))
		next := w.Next(limit)
		if next > limit {
			t.Fatalf("next is %d, beyond the limit of %d", next, limit)
		}
		for id, due := range pending {
			if due+2<<TickShift < next {
				t.Fatalf("slot %d is due at %d, but next is %d", id, due, next)
			}
		}
		now = next
		if dice.IntN(50) == 0 {
			now += int64(3 * time.Minute) // a stall
		}
		drain(t, w, now, pending)
		for id, due := range pending {
			if due < now-2<<TickShift {
				t.Fatalf("slot %d was due at %d; it is %d", id, due, now)
			}
		}
	}
	drain(t, w, now+int64(2*time.Hour), pending)
	if len(pending) > 0 || w.Next(1<<62) < 1<<61 && len(w.far) > 0 {
		t.Errorf("%d are left", len(pending))
	}
}

// drain takes all that is due, and checks that it is.
func drain(t *testing.T, w *Wheel, now int64, pending map[uint32]int64) {
	t.Helper()
	for stalled := 0; stalled < 1000; {
		id := w.Take(now)
		if id == 0 {
			if w.tick >= now>>TickShift {
				return
			}
			stalled++
			continue
		}
		for id != 0 {
			next := w.Slots.At(id).Next
			if due, ok := pending[id]; !ok || due > now {
				t.Fatalf("slot %d was taken at %d, due %d, there %v", id, now, due, ok)
			}
			delete(pending, id)
			w.Slots.Give(id)
			id = next
		}
	}
	t.Fatal("the wheel does not reach the present")
}

func BenchmarkWheel(b *testing.B) {
	for _, n := range []int{1_000, 1_000_000} {
		b.Run(fmt.Sprint(n), func(b *testing.B) {
			var slots Slab
			defer slots.Close()
			w := &Wheel{Slots: &slots}
			step := int64(30*time.Second) / int64(n)
			for i := range n {
				id := slots.Take()
				slots.At(id).Due = int64(i) * step
				w.Add(id)
			}
			b.ReportAllocs()
			now, list := int64(0), uint32(0)
			for b.Loop() {
				for list == 0 {
					now = w.Next(now + int64(time.Second))
					list = w.Take(now)
				}
				id := list
				list = slots.At(id).Next
				slots.At(id).Due = now + int64(30*time.Second)
				w.Add(id)
			}
		})
	}
}
