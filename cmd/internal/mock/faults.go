package mock

import (
	"fmt"
	"strings"

	"github.com/asyncctl/asyncctl/internal/near"
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

// parseFault reads a fault as --fault has it, and names the nearest one where there is none of that name.
func parseFault(text string) (mockserver.Fault, error) {
	fault, err := mockserver.ParseFault(text)
	if err == nil {
		return fault, nil
	}
	var names []string
	name, _, _ := strings.Cut(text, ":")
	for _, f := range mockserver.Faults() {
		if names = append(names, f.Name); f.Name == name {
			return fault, err
		}
	}
	if meant := near.Word(name, names); meant != "" {
		return fault, fmt.Errorf("there is no fault %q; did you mean %s?", name, meant)
	}
	return fault, fmt.Errorf("there is no fault %q; \"asyncctl mockserver faults\" lists them", name)
}
