package render

import "testing"

func TestRecentForgetsTheOldest(t *testing.T) {
	var list []int
	for i := 1; i <= kept; i++ {
		list = recent(list, i)
	}
	if len(list) != kept || list[0] != 1 {
		t.Fatalf("%d are kept, from %d on", len(list), list[0])
	}
	before := list
	if list = recent(list, kept+1); len(list) != kept || list[0] != 2 || list[kept-1] != kept+1 || before[0] != 1 {
		t.Errorf("%d are kept, from %d to %d", len(list), list[0], list[len(list)-1])
	}
}
