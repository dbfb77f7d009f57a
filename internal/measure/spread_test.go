package measure

import (
	"encoding/json"
	"math/rand/v2"
	"reflect"
	"slices"
	"testing"
	"time"
)

// TestSpreadIsWithinSixPercent compares quantiles with those of the values themselves.
func TestSpreadIsWithinSixPercent(t *testing.T) {
	dice := rand.New(rand.NewPCG(1, 2))
	for range 50 {
		var s Spread
		values := make([]int64, 1+dice.IntN(300))
		for i := range values {
			values[i] = 2000 + dice.Int64N(int64(time.Millisecond)<<dice.IntN(12))
			s.Record(values[i])
		}
		slices.Sort(values)
		for _, q := range []float64{0, 0.1, 0.5, 0.9, 0.99, 1} {
			want := values[Rank(q, int64(len(values)))-1]
			got := s.Quantile(q)
			if off := (got - time.Duration(want)).Abs(); off > time.Duration(want)*63/1000 || got > s.Max() {
				t.Errorf("q%v of %d values is %v, want %v and at most %v", q, len(values), got, time.Duration(want), s.Max())
			}
		}
		if s.Max() != time.Duration(values[len(values)-1]) {
			t.Errorf("the largest is %v", s.Max())
		}
	}
}

func TestSpreadOfNothing(t *testing.T) {
	var s Spread
	if s.Quantile(0.5) != 0 || s.Max() != 0 || s.Count() != 0 || s.Below(time.Hour) != 0 || s.Mean() != 0 {
		t.Error("an empty spread has figures")
	}
	text, err := json.Marshal(s)
	if err != nil || string(text) != `""` {
		t.Errorf("it is written as %s, %v", text, err)
	}
}

func TestSpreadBelow(t *testing.T) {
	var s Spread
	for i := range 1000 {
		s.Record(int64(i+1) * int64(time.Millisecond))
	}
	for _, share := range []float64{0.1, 0.5, 0.9} {
		if got := s.Below(time.Duration(share * float64(time.Second))); got < share-0.01 || got > share+0.01 {
			t.Errorf("%v of them are said to be in the lowest %v", got, share)
		}
	}
}

func TestSpreadText(t *testing.T) {
	var s, again Spread
	for _, d := range []time.Duration{0, time.Microsecond, time.Second, time.Second, time.Hour} {
		s.Record(int64(d))
	}
	text, err := json.Marshal(s)
	if err != nil {
		t.Fatal(err)
	}
	if err := json.Unmarshal(text, &again); err != nil || !reflect.DeepEqual(again, s) {
		t.Errorf("%s is read as %+v, %v", text, again, err)
	}
	for _, wrong := range []string{"5 3:1 2:1", "5 3:0", "5 99999:1", "5 300:1", "-1", "5", "x 0:1", "5 0", "5 :", "5 0:-1"} {
		if err := again.UnmarshalText([]byte(wrong)); err == nil {
			t.Errorf("%s is read", wrong)
		}
	}
}

// TestRank has a row on either side of each step.
func TestRank(t *testing.T) {
	for _, test := range []struct {
		q    float64
		n    int64
		want int64
	}{
		{0, 10, 1}, {0.1, 10, 1}, {0.11, 10, 2}, {0.5, 2, 1}, {0.5, 3, 2}, {0.9, 10, 9}, {0.91, 10, 10}, {0.99, 100, 99}, {0.99, 101, 100}, {1, 7, 7}, {0.5, 0, 0},
	} {
		if got := Rank(test.q, test.n); got != test.want {
			t.Errorf("q%v of %d is number %d, want %d", test.q, test.n, got, test.want)
		}
	}
}

// TestQuantilesCountWhatNeverCame has 60 that ended and 40 that did not.
func TestQuantilesCountWhatNeverCame(t *testing.T) {
	var s Series
	for i := range 60 {
		s.Done.Record(time.Duration(i+1) * time.Second)
		s.Lag.Record(time.Second)
		s.LagLeast.Record(time.Second)
	}
	s.Open.Done.RecordN(100*time.Second, 40)
	by := map[string]Metric{}
	for _, m := range Metrics() {
		by[m.Name] = m
	}
	for _, test := range []struct {
		metric string
		q      float64
		known  bool
		value  time.Duration
	}{
		{"done", 0.5, true, 50 * time.Second}, {"done", 0.6, true, 60 * time.Second}, {"done", 0.61, false, 100 * time.Second},
		{"lag", 0.6, true, time.Second}, {"lag", 0.61, false, time.Second}, {"lag", 1, false, time.Second},
	} {
		f, ok := by[test.metric].Quantile(&s, test.q)
		got := f.Value
		if !f.Known {
			got = f.More
		}
		if off := got/float64(test.value) - 1; !ok || f.Known != test.known || off > 0.002 || off < -0.002 {
			t.Errorf("q%v of %s: %+v, want %v, known: %v", test.q, test.metric, f, test.value, test.known)
		}
	}
	if f, ok := by["done"].Mean(&s); !ok || f.Known || f.More < 58e9 || f.More > 58.4e9 {
		t.Errorf("the mean is %+v, want more than 58.3 s", f)
	}
	if _, ok := by["accept"].Quantile(&s, 0.5); ok {
		t.Error("there is a median of nothing")
	}
}

// TestBlocksFold doubles the length of blocks and loses nothing, in whatever order they are added.
func TestBlocksFold(t *testing.T) {
	dice := rand.New(rand.NewPCG(3, 4))
	var whole Blocks
	parts := make([]Blocks, 3)
	for range 2000 {
		at := time.Duration(dice.Int64N(int64(5 * time.Minute)))
		for _, b := range []*Blocks{&whole, &parts[dice.IntN(3)]} {
			x := b.At(at)
			x.Submitted++
			x.Done.Record(int64(at))
		}
	}
	var sum Blocks
	for i := range parts {
		sum.Add(&parts[i])
	}
	if !reflect.DeepEqual(sum, whole) {
		t.Errorf("the sum of the parts is %v in %d blocks, the whole %v in %d", sum.Length, len(sum.List), whole.Length, len(whole.List))
	}
	if whole.Length != 16*time.Second || len(whole.List) > mostBlocks {
		t.Errorf("%d blocks of %v", len(whole.List), whole.Length)
	}
}
