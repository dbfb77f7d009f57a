package api

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"go.yaml.in/yaml/v3"
)

// Unexplained begins the reason of a waiver that was written for a person to complete.
const Unexplained = "CHANGE ME"

// Waiver accepts findings of a rule until the end of a day.
type Waiver struct {
	Rule, Match, Reason string
	Expires             time.Time
}

// waiverFile is a file of waivers alone.
var waiverFile = object("a list of waivers", f("waivers", waivers, "", ""))

// ReadWaivers reads a file of waivers alone: a list as that of checks.waivers, or one under that name. The
// error is of the type [Problems].
func ReadWaivers(path string) ([]Waiver, error) {
	text, name, err := contents(path, nil)
	if err != nil {
		return nil, Problems{{File: name, Text: err.Error()}}
	}
	r := &reader{file: name}
	n := r.document(text)
	at := ""
	switch {
	case n == nil:
	case n.Kind == yaml.MappingNode:
		r.verify(n, "", waiverFile)
		n, at = child(n, "waivers"), "waivers"
	default:
		r.verify(n, "", waivers)
	}
	var all []Waiver
	if len(r.found) == 0 {
		all = r.waivers(n, at)
	}
	if len(r.found) > 0 {
		return nil, r.found.sorted()
	}
	return all, nil
}

// waivers reads a list that was verified.
func (r *reader) waivers(n *yaml.Node, path string) []Waiver {
	var all []Waiver
	if n == nil || n.Kind != yaml.SequenceNode {
		return nil
	}
	for i, e := range n.Content {
		e, at := resolved(e), fmt.Sprintf("%s[%d]", path, i)
		w := Waiver{Rule: textOf(e, "rule"), Match: textOf(e, "match"), Reason: textOf(e, "reason")}
		if w.Rule == "" {
			r.fail(e, join(at, "rule"), `it is missing; "asyncctl conformance list" has the rules`)
		}
		if strings.TrimSpace(w.Reason) == "" || strings.HasPrefix(w.Reason, Unexplained) {
			r.fail(e, join(at, "reason"), "it is missing: say why this is acceptable, and who fixes it")
		}
		day := textOf(e, "expires")
		var err error
		if w.Expires, err = time.Parse(time.DateOnly, day); err != nil {
			r.fail(e, join(at, "expires"), "%q is not a day: write 2026-12-31", clip(day))
		}
		if slices.ContainsFunc(all, func(other Waiver) bool { return other.Rule == w.Rule && other.Match == w.Match }) {
			r.fail(e, at, "there is such a waiver for %s already", w.Rule)
		}
		all = append(all, w)
	}
	return all
}
