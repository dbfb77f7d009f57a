package descriptor

import (
	"maps"
	"slices"
	"strings"
)

// suggestion says which field may have been meant.
func suggestion(path string) string {
	group, name := "", path
	if i := strings.LastIndexByte(path, '.'); i >= 0 {
		group, name = path[:i+1], path[i+1:]
	}
	names, elsewhere := []string{}, []string{}
	for _, f := range fields {
		if rest, ok := strings.CutPrefix(f.Path, group); ok {
			first, _, _ := strings.Cut(rest, ".")
			names = append(names, first)
		}
		if strings.HasSuffix(f.Path, "."+name) {
			elsewhere = append(elsewhere, f.Path)
		}
	}
	slices.Sort(names)
	names = slices.Compact(names)
	if near := nearest(name, names); near != "" {
		return near
	}
	if len(elsewhere) > 0 {
		return "; did you mean " + strings.Join(elsewhere, " or ") + "?"
	}
	if group == "" {
		return "; the fields are " + strings.Join(names, ", ")
	}
	return "; " + strings.TrimSuffix(group, ".") + " has " + strings.Join(names, ", ")
}

// nearest returns a hint at the candidate that differs from a word in no more than two letters.
func nearest(word string, candidates []string) string {
	best, least := "", 3
	for _, c := range candidates {
		if d := distance(word, c); d < least && d < len(c) {
			best, least = c, d
		}
	}
	if best == "" {
		return ""
	}
	return "; did you mean " + best + "?"
}

// distance is how many letters have to be put in, left out or changed to make b of a (Levenshtein). Long
// words are far from everything.
func distance(a, b string) int {
	if len(a) > 40 || len(b) > 40 {
		return 40
	}
	row := make([]int, len(b)+1)
	for j := range row {
		row[j] = j
	}
	for i := range len(a) {
		diagonal := row[0]
		row[0] = i + 1
		for j := range len(b) {
			change := diagonal
			if a[i] != b[j] {
				change++
			}
			diagonal = row[j+1]
			row[j+1] = min(change, diagonal+1, row[j]+1)
		}
	}
	return row[len(b)]
}

func sortedKeys[V any](m map[string]V) []string { return slices.Sorted(maps.Keys(m)) }
