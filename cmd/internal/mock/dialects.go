package mock

import (
	"fmt"
	"slices"
	"strings"

	"github.com/asyncctl/asyncctl/mockserver"
)

// DialectText describes a dialect of the mock.
func DialectText(d mockserver.DialectInfo) string {
	var b strings.Builder
	b.WriteString(d.Name)
	if len(d.Aliases) > 0 {
		b.WriteString("  (also " + strings.Join(d.Aliases, ", ") + ")")
	}
	fmt.Fprintf(&b, "\n  %s\n  source: %s\n", d.Curl("http://127.0.0.1:8202"), d.Source)
	if len(d.Without) > 0 {
		fmt.Fprintf(&b, "  without: %s\n", strings.Join(d.Without, ", "))
	}
	return b.String()
}

// mockDialect finds a dialect of the mock by its name or one of its other names; the empty name is
// the generic one.
func mockDialect(name string) (mockserver.DialectInfo, bool) {
	known := mockserver.Dialects()
	if name == "" {
		return known[0], true
	}
	i := slices.IndexFunc(known, func(d mockserver.DialectInfo) bool { return d.Name == name || slices.Contains(d.Aliases, name) })
	if i < 0 {
		return mockserver.DialectInfo{}, false
	}
	return known[i], true
}

// needsStranger reports whether a mock needs a second origin.
func needsStranger(s *mockserver.Server) bool {
	d, one := mockDialect(s.Dialect)
	return crossOrigin(s.Faults) || one && d.OtherOrigin || s.Dialect == mockserver.AllDialects
}

// idleFaults says in which dialects of a server that speaks them all a fault has no place.
func idleFaults(s *mockserver.Server) string {
	var b strings.Builder
	if s.Dialect != mockserver.AllDialects {
		return ""
	}
	for _, f := range s.Faults {
		var idle []string
		for _, d := range mockserver.Dialects() {
			if slices.Contains(d.Without, f.Name) {
				idle = append(idle, d.Name)
			}
		}
		if len(idle) > 0 {
			fmt.Fprintf(&b, "note: fault %s has no place in %s\n", f.Name, strings.Join(idle, ", "))
		}
	}
	return b.String()
}

// trySubmit is a command that submits something to the mock at base.
func trySubmit(s *mockserver.Server, base string) string {
	switch d, one := mockDialect(s.Dialect); {
	case !one: // all of them
		d = mockserver.Dialects()[1]
		return d.Curl(base + "/" + d.Name)
	case d.Name == mockserver.Dialects()[0].Name:
		return "asyncctl submit " + base + d.Path + " --wait"
	default:
		return d.Curl(base)
	}
}
