package mock

import (
	"strings"

	"github.com/asyncctl/asyncctl/mockserver"
)

// FaultText describes a fault, a paragraph a line.
func FaultText(f mockserver.FaultInfo) string {
	parts := []string{f.Summary, "It catches: " + f.Exposes, "It affects: " + f.Affects + ". As written: --fault " + f.Default}
	for _, p := range f.Parameters {
		parts = append(parts, p.Name+": "+p.Allowed)
	}
	if len(f.Rules) > 0 {
		parts = append(parts, "It breaks the rules: "+strings.Join(f.Rules, ", "))
	}
	return strings.Join(parts, "\n")
}
