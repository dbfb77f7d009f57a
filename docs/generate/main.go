// Generate writes the pages of docs/reference from the program itself, and checks the documentation:
//
//	go run ./docs/generate                   writes the pages
//	go run ./docs/generate -check            says which pages are not current and which links lead nowhere
//	go run ./docs/generate -release v0.1.0   moves the fragments of changes/unreleased into CHANGELOG.md
//
// It is run in the root of the repository. go test ./docs/generate is the check.
package main

import (
	"errors"
	"flag"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
)

// pages are what is generated, by the name of the file below docs/reference.
var pages = map[string]func() string{
	"api-file.md":   apiFilePage,
	"commands.md":   commandsPage,
	"dialects.md":   dialectsPage,
	"faults.md":     faultsPage,
	"glossary.md":   glossaryPage,
	"mock-admin.md": adminPage,
	"rules.md":      rulesPage,
}

const reference = "docs/reference"

func main() {
	check := flag.Bool("check", false, "write nothing; say what is not current and which links lead nowhere")
	release := flag.String("release", "", "collect the fragments of changes for this `version`")
	flag.Parse()
	if err := run(*check, *release); err != nil {
		fmt.Fprintln(os.Stderr, "generate:", err)
		os.Exit(1)
	}
}

func run(check bool, release string) error {
	switch {
	case release != "":
		return collect(os.DirFS("."), release, func(name, text string) error { return os.WriteFile(name, []byte(text), 0o644) }, os.Remove)
	case check:
		return checkAll(".")
	}
	for name, page := range pages {
		if err := os.WriteFile(filepath.Join(reference, name), []byte(page()), 0o644); err != nil {
			return err
		}
	}
	return broken(os.DirFS("."))
}

// checkAll is what -check does, and the test.
func checkAll(root string) error {
	return errors.Join(stale(root), broken(os.DirFS(root)), unexplained(os.DirFS(root)))
}

// stale returns an error for each page that is not what the program would write.
func stale(root string) error {
	var all []error
	for name, page := range pages {
		path := filepath.Join(root, reference, name)
		text, err := os.ReadFile(path)
		switch {
		case errors.Is(err, fs.ErrNotExist) || err == nil && string(text) != page():
			all = append(all, fmt.Errorf("%s is not current: run go run ./docs/generate", path))
		case err != nil:
			all = append(all, err)
		}
	}
	return errors.Join(all...)
}
