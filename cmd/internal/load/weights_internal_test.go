package load

import (
	"maps"
	"testing"

	"github.com/asyncctl/asyncctl/cmd/internal/api"
)

func TestWeights(t *testing.T) {
	ops := []*api.Operation{{Name: "a"}, {Name: "b"}}
	for _, tt := range []struct {
		mix  map[string]float64
		want map[string]int
	}{
		{nil, map[string]int{"a": 1, "b": 1}},
		{map[string]float64{"a": 9, "b": 1}, map[string]int{"a": 9, "b": 1}},
		{map[string]float64{"a": 0.9, "b": 0.1}, map[string]int{"a": 9, "b": 1}},
		{map[string]float64{"a": 1, "b": 0.25}, map[string]int{"a": 100, "b": 25}},
	} {
		if got := weights(tt.mix, ops); !maps.Equal(got, tt.want) {
			t.Errorf("%v: got %v, want %v", tt.mix, got, tt.want)
		}
	}
}
