package api

import (
	"fmt"
	"slices"
	"strings"

	"github.com/asyncctl/asyncctl/internal/near"
)

// mostProblems is how many mistakes of a file are told at once.
const mostProblems = 20

// Problem is one thing that is wrong with a file.
type Problem struct {
	File      string
	Line, Col int    // from 1; 0: not known
	Field     string // "dialect.state.words.Done"; empty: none
	Text      string
}

// Error returns "FILE:LINE:COL: field: text".
func (p Problem) Error() string {
	at := p.File
	if p.Line > 0 {
		at += fmt.Sprintf(":%d", p.Line)
	}
	if p.Line > 0 && p.Col > 0 {
		at += fmt.Sprintf(":%d", p.Col)
	}
	if p.Field != "" {
		at += ": " + shortPath(p.Field)
	}
	return at + ": " + p.Text
}

// shortPath returns a field's place; of one that is too deep to be read its beginning.
func shortPath(path string) string {
	const most = 120
	if len(path) <= most {
		return path
	}
	return path[:most] + "..."
}

// Problems is everything that is wrong with a file, in the file's order.
type Problems []Problem

// Error returns a line for each of the first twenty.
func (all Problems) Error() string {
	var lines []string
	for i, p := range all {
		if i == mostProblems {
			lines = append(lines, fmt.Sprintf("and %d more", len(all)-i))
			break
		}
		lines = append(lines, p.Error())
	}
	return strings.Join(lines, "\n")
}

// sorted returns the problems in the file's order: of each value what was found first.
func (all Problems) sorted() Problems {
	slices.SortStableFunc(all, func(a, b Problem) int {
		if a.Line != b.Line {
			return a.Line - b.Line
		}
		return a.Col - b.Col
	})
	return slices.CompactFunc(all, func(a, b Problem) bool {
		return a == b || a.Line > 0 && a.File == b.File && a.Line == b.Line && a.Col == b.Col && a.Field == b.Field
	})
}

// Meant returns what to say after a name that is not one of some names.
func Meant(word string, names []string) string {
	if near := meant(word, names); near != "" {
		return near
	}
	return "; there are " + strings.Join(names, ", ")
}

// meant returns a hint at the candidate nearest to a word: "; did you mean x?", or nothing.
func meant(word string, candidates []string) string {
	best := near.Word(word, candidates)
	for _, c := range candidates { // success: succeeded
		n := 0
		for n < min(len(word), len(c)) && word[n] == c[n] {
			n++
		}
		if best == "" && n >= 4 {
			best = c
		}
	}
	if best == "" {
		return ""
	}
	return "; did you mean " + best + "?"
}
