package conformance

import (
	"slices"
	"sync"
)

// Rules returns all rules, in the order in which a client meets what they speak of; those of
// dialects stand at the end. The rules are shared: treat them as read-only.
func Rules() []*Rule { return slices.Clone(catalogue()) }

// RuleByID returns the rule with the stable word, or the code, and nil if there is none.
func RuleByID(id string) *Rule {
	for _, r := range catalogue() {
		if r.ID == id || r.Code != "" && r.Code == id {
			return r
		}
	}
	return nil
}

var catalogue = sync.OnceValue(func() []*Rule {
	var all []*Rule
	for _, theme := range [][]Rule{submitRules, retryAfterRules, completionRules} {
		for i := range theme {
			all = append(all, &theme[i])
		}
	}
	return all
})
