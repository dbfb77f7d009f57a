package fault

import (
	"fmt"
	"strings"

	"github.com/asyncctl/asyncctl/mockserver/internal/work"
)

// ParseFault reads the name of a fault and its parameters:
//
//	status-404
//	latency:delay=2s,jitter=500ms,p=0.1
//	429-storm:from=2,first=6
//
// Parameters that are not given have the defaults of the catalogue. A | may
// stand for a comma. The error names what is wrong and what is allowed.
func ParseFault(text string) (Fault, error) {
	name, rest, given := strings.Cut(text, ":")
	k := KindOf(name)
	if k == nil {
		return Fault{}, fmt.Errorf("unknown fault %q: the known ones are %s", work.Clip(name), strings.Join(faultNames(), ", "))
	}
	f := Fault{Name: name}
	if !given {
		return f.withDefaults(), nil
	}
	known := append(faultConditions[:len(faultConditions):len(faultConditions)], k.params...)
	seen := map[string]bool{}
	for member := range strings.SplitSeq(strings.ReplaceAll(rest, "|", ","), ",") {
		word, value, _ := strings.Cut(member, "=")
		p := paramOf(known, word)
		switch {
		case p == nil:
			return Fault{}, fmt.Errorf("fault %q: unknown parameter %q: the known ones are %s", name, work.Clip(word), paramNames(known))
		case seen[word]:
			return Fault{}, fmt.Errorf("fault %q: parameter %q: it is given twice: give it once", name, word)
		case !p.set(&f, value):
			return Fault{}, fmt.Errorf("fault %q: parameter %q: bad value %q: use %s", name, word, work.Clip(value), p.allowed)
		}
		seen[word] = true
	}
	if err := f.Possible(); err != nil {
		return Fault{}, err
	}
	return f.withDefaults(), nil
}

// Possible reports a condition that no request can meet.
func (f Fault) Possible() error {
	never := func(a, b string) error {
		return fmt.Errorf("fault %q: no request can meet both %s and %s", f.Name, a, b)
	}
	switch {
	case f.First > 0 && f.From > f.First:
		return never("from", "first")
	case f.Nth > 0 && f.First > 0 && f.Nth > f.First:
		return never("nth", "first")
	case f.Nth > 0 && f.From > f.Nth:
		return never("nth", "from")
	case f.Until > 0 && f.After >= f.Until:
		return never("after", "until")
	}
	return nil
}

func paramOf(known []faultParam, name string) *faultParam {
	for i := range known {
		if known[i].name == name {
			return &known[i]
		}
	}
	return nil
}

func paramNames(known []faultParam) string {
	names := make([]string, len(known))
	for i, p := range known {
		names[i] = p.name
	}
	return strings.Join(names, ", ")
}
