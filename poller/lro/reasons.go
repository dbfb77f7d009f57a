package lro

import (
	"maps"
	"slices"
)

// Reasons returns all reasons, sorted.
func Reasons() []Reason { return slices.Sorted(maps.Keys(meanings)) }
