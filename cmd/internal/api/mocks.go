package api

import (
	"embed"
	"strings"
)

//go:embed mocks/*.yaml
var mocks embed.FS

// MockNames returns the names of the built-in files that say how a mock behaves, sorted.
func MockNames() []string {
	entries, err := mocks.ReadDir("mocks")
	if err != nil {
		panic(err) // it is in the binary
	}
	var names []string
	for _, e := range entries {
		names = append(names, strings.TrimSuffix(e.Name(), ".yaml"))
	}
	return names
}

// MockFile returns the text of a built-in file; false if there is none of that name.
func MockFile(name string) ([]byte, bool) {
	text, err := mocks.ReadFile("mocks/" + name + ".yaml")
	return text, err == nil
}
