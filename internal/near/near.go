// Package near finds the word that was meant:
//
//	near.Word("fial", names)  // "fail"
//	near.Hint("fial", names)  // "did you mean fail?"
package near

import "strings"

// Word returns the word of a list that is most like another, without regard to case; "" if none is much
// like it: one letter may be wrong in a short word, a third of them in a long one.
func Word(word string, list []string) string {
	best, least := "", max(1, len(word)/3)+1
	for _, candidate := range list {
		if d := distance(strings.ToLower(word), strings.ToLower(candidate)); d < least && d < len(candidate) {
			best, least = candidate, d
		}
	}
	return best
}

// Hint says which word of a list was meant, "did you mean X?", or which there are, "use one of A, B"; ""
// for an empty list.
func Hint(word string, list []string) string {
	if best := Word(word, list); best != "" {
		return "did you mean " + best + "?"
	}
	if len(list) == 0 {
		return ""
	}
	return "use one of " + strings.Join(list, ", ")
}

// longest is the length of words that are compared: longer ones are far from everything.
const longest = 64

// distance is how many bytes have to be put in, taken out, changed or swapped with the next to make b
// of a (Damerau and Levenshtein, without moving a byte twice).
func distance(a, b string) int {
	if len(a) > longest || len(b) > longest {
		return longest
	}
	before, last, row := make([]int, len(b)+1), make([]int, len(b)+1), make([]int, len(b)+1)
	for j := range last {
		last[j] = j
	}
	for i := range len(a) {
		row[0] = i + 1
		for j := range len(b) {
			cost := 1
			if a[i] == b[j] {
				cost = 0
			}
			row[j+1] = min(last[j]+cost, last[j+1]+1, row[j]+1)
			if i > 0 && j > 0 && a[i] == b[j-1] && a[i-1] == b[j] {
				row[j+1] = min(row[j+1], before[j-1]+1)
			}
		}
		before, last, row = last, row, before
	}
	return last[len(b)]
}
