package main

import (
	"strings"
	"testing"
	"testing/fstest"
)

// TestPagesAreCurrent is go run ./docs/generate -check.
func TestPagesAreCurrent(t *testing.T) {
	if err := checkAll("../.."); err != nil {
		t.Error(err)
	}
}

func TestBrokenLinks(t *testing.T) {
	root := fstest.MapFS{
		"README.md": {Data: []byte("# Top\n[a](docs/a.md) [b](docs/a.md#the-end) [c](docs/b.md)\n" +
			"[d](docs/a.md#start) [web](https://example.com/x) [e](#top) [f](#bottom)\n`[g](none)`\n```\n[h](none)\n```\n" +
			"<img src=\"docs/missing.svg\">\n")},
		"docs/a.md":              {Data: []byte("# The `end`!\n[up](../README.md)\n")},
		"docs/testdata/other.md": {Data: []byte("[x](none.md)\n")},
	}
	err := broken(root)
	if err == nil {
		t.Fatal("nothing was found")
	}
	want := []string{
		"README.md:2: there is no docs/b.md",
		"README.md:3: docs/a.md has no heading for #start",
		"README.md:3: . has no heading for #bottom",
		"README.md:8: there is no docs/missing.svg",
	}
	if got := strings.Split(err.Error(), "\n"); strings.Join(got, "\n") != strings.Join(want, "\n") {
		t.Errorf("got\n%s\nwant\n%s", strings.Join(got, "\n"), strings.Join(want, "\n"))
	}
}

func TestUnexplained(t *testing.T) {
	root := fstest.MapFS{
		"go.mod":               {Data: []byte("module m\n\ngo 1.26\n\nrequire example.com/one v1.0.0\n\nrequire (\n\texample.com/two v1.0.0\n\texample.com/three v1.0.0 // indirect\n)\n")},
		"docs/dependencies.md": {Data: []byte("| example.com/two | x |\n| example.com/four | x |\n")},
	}
	want := "docs/dependencies.md does not say what example.com/one is for\ndocs/dependencies.md speaks of example.com/four, which go.mod does not ask for"
	if err := unexplained(root); err == nil || err.Error() != want {
		t.Errorf("got %v, want %s", err, want)
	}
}

func TestCollect(t *testing.T) {
	root := fstest.MapFS{
		"CHANGELOG.md":            {Data: []byte("# Changes\n\nWords.\n\n## v0.1.0 (2026-01-01)\n\n### Added\n\n- All of it.\n")},
		"changes/unreleased/a.md": {Data: []byte("Fixed: one\n  thing.\n")},
		"changes/unreleased/b.md": {Data: []byte("Added: another.\n")},
	}
	var text string
	var removed []string
	write := func(_, t string) error { text = t; return nil }
	remove := func(name string) error { removed = append(removed, name); return nil }
	if err := collect(root, "v0.2.0", write, remove); err != nil {
		t.Fatal(err)
	}
	head, rest, _ := strings.Cut(text, "### Added")
	if !strings.HasPrefix(head, "# Changes\n\nWords.\n\n## v0.2.0 (") || rest != "\n\n- another.\n\n### Fixed\n\n- one thing.\n\n## v0.1.0 (2026-01-01)\n\n### Added\n\n- All of it.\n" {
		t.Errorf("the changelog is\n%s", text)
	}
	if len(removed) != 2 {
		t.Errorf("removed %q", removed)
	}
	for _, version := range []string{"0.2.0", "v0.2", "latest"} {
		if err := collect(root, version, write, remove); err == nil {
			t.Errorf("%q was taken for a version", version)
		}
	}
	root["changes/unreleased/c.md"] = &fstest.MapFile{Data: []byte("Improved: it.\n")}
	if err := collect(root, "v0.2.0", write, remove); err == nil || !strings.Contains(err.Error(), "c.md: it begins with one of") {
		t.Errorf("a fragment of no kind: %v", err)
	}
}
