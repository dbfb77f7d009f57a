package rules

import (
	"cmp"
	"slices"
	"strconv"
	"strings"
	"sync"
)

// All returns all rules, in the order of their codes, which is that in which a client meets what
// they speak of: S, the submit; P, polling; C, completion; X, cancellation. Those of dialects stand
// at the end. They are shared: callers outside this room get copies ([Rule.Clone]).
func All() []*Rule { return catalogue() }

// ByID returns the rule with the stable word, or the code, and nil if there is none.
func ByID(id string) *Rule {
	for _, r := range catalogue() {
		if r.ID == id || r.Code != "" && r.Code == id {
			return r
		}
	}
	return nil
}

// generic are the rules of the pattern itself, by theme.
func generic() []Rule {
	return slices.Concat(
		submitRules, locationRules, retryAfterRules, messageRules, preferRules, idempotencyRules,
		pollingRules, progressRules, methodRules, cachingRules, accessRules,
		completionRules, retentionRules, failureRules, cancelRules, fieldRules, refusalRules, steadyRules,
	)
}

var catalogue = sync.OnceValue(build)

func build() []*Rule {
	rules := generic()
	slices.SortFunc(rules, func(a, b Rule) int { return codeOrder(a.Code) - codeOrder(b.Code) })
	all := make([]*Rule, 0, len(rules))
	for i := range rules {
		all = append(all, &rules[i])
	}
	for _, family := range families() {
		for _, rule := range all {
			if why := family.otherwise[rule.ID]; why != "" && len(rule.Dialects) == 0 {
				if rule.Except == nil {
					rule.Except = map[string]string{}
				}
				rule.Except[family.name] = why
			}
		}
		for i := range family.rules {
			rule := &family.rules[i]
			rule.Dialects = []string{family.name}
			all = append(all, rule)
		}
	}
	return all
}

// codeOrder is the place of a code: S before P before C before X, and then by number.
func codeOrder(code string) int {
	letter := strings.Index("SPCX", code[:1])
	number, _ := strconv.Atoi(cmp.Or(code[1:], "0"))
	return letter*100 + number
}
