package main

import (
	"strings"

	"github.com/asyncctl/asyncctl/mockserver"
)

// adminPage is the administration of the mock.
func adminPage() string {
	var b strings.Builder
	b.WriteString(preface + "# The administration of the mock\n\n" +
		"`asyncctl mockserver --admin 127.0.0.1:8203` serves it, and in Go it is `Server.Admin`. Paths are below `" + mockserver.AdminPrefix + "`.\n" +
		"Answers are JSON, and errors problem documents (RFC 9457). With `--admin-token-file` requests need `Authorization: Bearer TOKEN`.\n" +
		"A request whose Host is neither an IP address nor localhost nor an `--admin-host` is 421. A browser finds a page at `/`.\n\n" +
		"| request | what it does | query |\n|---|---|---|\n")
	for _, r := range mockserver.AdminRoutes() {
		b.WriteString("| `" + r.Method + " " + r.Path + "` | " + cell(r.About) + " | " + cell(r.Query) + " |\n")
	}
	b.WriteString("\n## Contents\n\n")
	for _, r := range mockserver.AdminRoutes() {
		if r.Body != "" {
			b.WriteString("`" + r.Method + " " + r.Path + "`:\n\n```json\n" + r.Body + "\n```\n\n")
		}
	}
	b.WriteString("A condition (`when`) has `method`, `path`, `query`, `header` and `body` (by JSON pointer), in which `*` stands for any text,\n" +
		"`content` (the whole content as JSON), `probability`, and `turn` with `of` (every how many). A rule has `when` and any of\n" +
		"`set` (the words of --set), `answer` (`status`, `headers`, `json`, `text`), `delay` with `distribution`, and `faults`.\n\n" +
		"## Holes\n\nTexts in answers may have holes. A text that is one hole and nothing else keeps the type of its value.\n\n| hole | what it is |\n|---|---|\n")
	for _, h := range mockserver.Holes() {
		b.WriteString("| `{{" + h.Name + "}}` | " + cell(h.Means) + " |\n")
	}
	return b.String()
}
