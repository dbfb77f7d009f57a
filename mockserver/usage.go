package mockserver

import (
	_ "embed"
	"net/http"
	"strings"
)

//go:embed usage.txt
var usageText string

// usage tells a person with curl what this is.
func (x *exchange) usage() {
	var b strings.Builder
	if x.d.Name == "generic" {
		b.WriteString(usageText)
	} else {
		b.WriteString("This is a mock of an API with slow operations. It speaks the dialect " + x.d.Name + ":\n" + x.d.Source + ".\n\n  " +
			x.d.Curl(x.here("")) + "\n\nWhat an operation does is chosen by parameters of the submit, in the query or in\nthe header " + ScenarioHeader + ":\n\n")
	}
	for _, p := range parameters {
		b.WriteString("  " + p.name + strings.Repeat(" ", max(16-len(p.name), 1)) + p.allowed + "\n")
	}
	x.w.Header().Set("Content-Type", "text/plain; charset=utf-8")
	x.body(http.StatusOK, []byte(b.String()))
}
