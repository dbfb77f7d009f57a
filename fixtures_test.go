package main

import (
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

// codeOf returns the blocks of a language in a page.
func codeOf(t *testing.T, page, language string) (blocks []string) {
	t.Helper()
	text, err := os.ReadFile(page)
	if err != nil {
		t.Fatal(err)
	}
	for _, m := range regexp.MustCompile("(?s)```"+language+"\n(.*?)```").FindAllStringSubmatch(string(text), -1) {
		blocks = append(blocks, m[1])
	}
	return blocks
}

// TestFixtures runs the fixtures for other languages that the guide has, where
// what they need is installed.
func TestFixtures(t *testing.T) {
	if testing.Short() {
		t.Skip("it builds the program")
	}
	const page = "docs/guide/mocking.md"
	for _, test := range []struct {
		name, language string
		available      func() bool
		files          []string // the blocks of the page, in order
		command        []string
	}{
		{"pytest", "python", func() bool { return exec.Command("python3", "-c", "import pytest").Run() == nil },
			[]string{"conftest.py", "test_report.py"}, []string{"python3", "-m", "pytest", "-q", "-p", "no:cacheprovider"}},
		{"vitest", "js", func() bool { _, err := exec.LookPath("vitest"); return err == nil },
			[]string{"mock.js", "report.test.js"}, []string{"vitest", "run"}},
	} {
		t.Run(test.name, func(t *testing.T) {
			if !test.available() {
				t.Skip(test.name + " is not installed")
			}
			dir := t.TempDir()
			if out, err := exec.Command("go", "build", "-o", filepath.Join(dir, "asyncctl"), ".").CombinedOutput(); err != nil {
				t.Fatalf("%v: %s", err, out)
			}
			blocks := codeOf(t, page, test.language)
			if len(blocks) != len(test.files) {
				t.Fatalf("%s has %d blocks of %s, want %d", page, len(blocks), test.language, len(test.files))
			}
			for i, name := range test.files {
				if err := os.WriteFile(filepath.Join(dir, name), []byte(blocks[i]), 0o644); err != nil {
					t.Fatal(err)
				}
			}
			c := exec.Command(test.command[0], test.command[1:]...)
			c.Dir = dir
			c.Env = append(os.Environ(), "PATH="+dir+string(os.PathListSeparator)+os.Getenv("PATH"), "CI=1")
			if modules := os.Getenv("NODE_PATH"); modules != "" { // modules are found beside a file only
				if err := os.Symlink(modules, filepath.Join(dir, "node_modules")); err != nil {
					t.Fatal(err)
				}
			}
			out, err := c.CombinedOutput()
			if err != nil || !strings.Contains(string(out), "1 passed") {
				t.Errorf("%v: %s", err, out)
			}
		})
	}
}
