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
	b.WriteString(usageText)
	for _, p := range parameters {
		b.WriteString("  " + p.name + strings.Repeat(" ", max(16-len(p.name), 1)) + p.allowed + "\n")
	}
	x.w.Header().Set("Content-Type", "text/plain; charset=utf-8")
	x.body(http.StatusOK, []byte(b.String()))
}
