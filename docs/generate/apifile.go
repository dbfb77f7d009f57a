package main

import (
	"fmt"
	"strings"

	"github.com/asyncctl/asyncctl/cmd"
)

// apiFilePage is the help of API files as a page: what it says, and its fields as a table.
func apiFilePage() string {
	topic, _, err := cmd.Tree().Find([]string{"api-file"})
	if err != nil {
		panic(err) // the topic is the program's own
	}
	text, fields, ok := strings.Cut(strings.TrimSpace(topic.Long), "\nFields:\n")
	if !ok {
		panic("the help of API files has no fields")
	}
	var b strings.Builder
	b.WriteString(preface + "# The API file\n\n" + text + "\n## Fields\n\n| field | value | meaning |\n|---|---|---|\n")
	for _, field := range strings.Split(strings.Trim(fields, "\n"), "\n\n") {
		head, meaning, _ := strings.Cut(strings.TrimSpace(field), "\n")
		name, kind, _ := strings.Cut(head, " (")
		fmt.Fprintf(&b, "| `%s` | %s | %s |\n", name, cell(strings.TrimSuffix(kind, ")")), cell(strings.Join(strings.Fields(meaning), " ")))
	}
	return b.String()
}
