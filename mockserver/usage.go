package mockserver

import (
	_ "embed"
	"net/http"
	"strings"

	"github.com/asyncctl/asyncctl/mockserver/internal/speech"
)

//go:embed usage.txt
var usageText string

// usage tells a person with curl what this is.
func usage(x *speech.Exchange) {
	var b strings.Builder
	if x.Dialect.Name == "generic" {
		b.WriteString(usageText)
	} else {
		b.WriteString("This is a mock of an API with slow operations. It speaks the dialect " + x.Dialect.Name + ":\n" + x.Dialect.Source + ".\n\n  " +
			x.Dialect.Curl(x.Here("")) + "\n\nWhat an operation does is chosen by parameters of the submit, in the query or in\nthe header " + ScenarioHeader + ":\n\n")
	}
	for _, p := range Parameters() {
		b.WriteString("  " + p.Name + strings.Repeat(" ", max(16-len(p.Name), 1)) + p.Allowed + "\n")
	}
	x.W.Header().Set("Content-Type", "text/plain; charset=utf-8")
	x.Body(http.StatusOK, []byte(b.String()))
}
