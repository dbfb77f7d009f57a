package main

import (
	"errors"
	"fmt"
	"io/fs"
	"path"
	"regexp"
	"slices"
	"strings"
	"time"
)

// kinds are the headings of a release, in their order.
var kinds = []string{"Security", "Added", "Changed", "Fixed", "Removed"}

var released = regexp.MustCompile(`^v\d+\.\d+\.\d+(-[0-9A-Za-z.]+)?$`)

const unreleased = "changes/unreleased"

// collect puts the fragments into CHANGELOG.md, as the newest release, and removes them.
func collect(root fs.FS, version string, write func(name, text string) error, remove func(name string) error) error {
	if !released.MatchString(version) {
		return fmt.Errorf("%q is no version: write v1.2.3", version)
	}
	names, err := fs.Glob(root, path.Join(unreleased, "*.md"))
	if err != nil {
		return err
	}
	if len(names) == 0 {
		return errors.New("there is nothing in " + unreleased)
	}
	byKind := map[string][]string{}
	for _, name := range names {
		text, err := fs.ReadFile(root, name)
		if err != nil {
			return err
		}
		kind, change, err := fragment(name, string(text))
		if err != nil {
			return err
		}
		byKind[kind] = append(byKind[kind], change)
	}
	old, err := fs.ReadFile(root, "CHANGELOG.md")
	if err != nil {
		return err
	}
	head, rest, _ := strings.Cut(string(old), "\n## ")
	if rest != "" {
		rest = "\n## " + rest
	}
	if err := write("CHANGELOG.md", strings.TrimRight(head, "\n")+"\n\n"+section(version, time.Now(), byKind)+rest); err != nil {
		return err
	}
	for _, name := range names {
		if err := remove(name); err != nil {
			return err
		}
	}
	return nil
}

// fragment reads one: its first word, before a colon, is its kind.
func fragment(name, text string) (kind, change string, err error) {
	kind, change, ok := strings.Cut(strings.TrimSpace(text), ":")
	if !ok || !slices.Contains(kinds, kind) {
		return "", "", fmt.Errorf("%s: it begins with one of %s and a colon", name, strings.Join(kinds, ", "))
	}
	return kind, strings.Join(strings.Fields(change), " "), nil
}

func section(version string, day time.Time, byKind map[string][]string) string {
	var b strings.Builder
	fmt.Fprintf(&b, "## %s (%s)\n", version, day.UTC().Format(time.DateOnly))
	for _, kind := range kinds {
		if len(byKind[kind]) == 0 {
			continue
		}
		fmt.Fprintf(&b, "\n### %s\n\n", kind)
		for _, change := range byKind[kind] {
			fmt.Fprintf(&b, "- %s\n", change)
		}
	}
	return b.String()
}
