package main

import (
	"errors"
	"fmt"
	"io/fs"
	"regexp"
	"slices"
	"strings"
)

var (
	required = regexp.MustCompile(`(?m)^(?:require )?\t?([a-z0-9.-]+\.[a-z]+/[^ \n]+) v[^ \n]+$`) // without // indirect
	row      = regexp.MustCompile(`(?m)^\| ([a-z0-9.-]+\.[a-z]+/[^ ]+) \|`)
)

// unexplained returns an error for each direct dependency that docs/dependencies.md has no row for, and
// for each row without one.
func unexplained(root fs.FS) error {
	const page = "docs/dependencies.md"
	mod, err := fs.ReadFile(root, "go.mod")
	if err != nil {
		return err
	}
	text, err := fs.ReadFile(root, page)
	if err != nil {
		return err
	}
	asked, said := first(required, string(mod)), first(row, string(text))
	var all []error
	for _, module := range asked {
		if !slices.Contains(said, module) {
			all = append(all, fmt.Errorf("%s does not say what %s is for", page, module))
		}
	}
	for _, module := range said {
		if !slices.Contains(asked, module) {
			all = append(all, fmt.Errorf("%s speaks of %s, which go.mod does not ask for", page, module))
		}
	}
	return errors.Join(all...)
}

// first returns the first group of every match.
func first(re *regexp.Regexp, text string) []string {
	var all []string
	for _, m := range re.FindAllStringSubmatch(text, -1) {
		all = append(all, strings.TrimSpace(m[1]))
	}
	return all
}
