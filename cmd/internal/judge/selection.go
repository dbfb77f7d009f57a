package judge

import (
	"fmt"
	"path"
	"strings"

	"github.com/spf13/pflag"

	"github.com/asyncctl/asyncctl/cmd/internal/app"
	report "github.com/asyncctl/asyncctl/cmd/internal/report/judge"
	"github.com/asyncctl/asyncctl/conformance"
	"github.com/asyncctl/asyncctl/internal/near"
)

// ruleFlags say which rules are judged, and what fails the run.
type ruleFlags struct {
	only, skip        []string
	level, failOn     string
	allowInconclusive bool
}

func (f *ruleFlags) Bind(fs *pflag.FlagSet) {
	fs.StringArrayVar(&f.only, "rule", nil, "judge only this `rule`: its id or code, or a pattern such as 'retry-after-*'")
	fs.StringArrayVar(&f.skip, "skip-rule", nil, "do not judge this `rule`; it is listed as skipped")
	fs.StringVar(&f.level, "level", "must", "what is asked for: must, should or may; violations of weaker rules are warnings")
	fs.StringVar(&f.failOn, "fail-on", "fail", "what makes the exit code 1: fail, warn, or never")
	fs.BoolVar(&f.allowInconclusive, "allow-inconclusive", false, "do not fail where the time was not enough to find out")
}

// gate is what fails the run.
func (f *ruleFlags) gate() report.Gate {
	return report.Gate{FailOn: conformance.Outcome(f.failOn), AllowInconclusive: f.allowInconclusive}
}

// selection returns which rules are judged; nil for all.
func (f *ruleFlags) selection() (func(conformance.Rule) bool, error) {
	if err := app.OneOf("--level", f.level, "must", "should", "may"); err != nil {
		return nil, err
	}
	if err := app.OneOf("--fail-on", f.failOn, "fail", "warn", "never"); err != nil {
		return nil, err
	}
	only, err := matching("--rule", f.only)
	if err != nil {
		return nil, err
	}
	skip, err := matching("--skip-rule", f.skip)
	if err != nil {
		return nil, err
	}
	selected := func(r conformance.Rule) bool { return (len(f.only) == 0 || only[r.ID]) && !skip[r.ID] }
	for _, r := range conformance.Rules() {
		if selected(r) {
			if len(f.only)+len(f.skip) == 0 {
				return nil, nil
			}
			return selected, nil
		}
	}
	return nil, app.Usagef("--rule and --skip-rule leave no rule to judge")
}

// matching returns the ids of the rules that the words of a flag name.
func matching(flag string, words []string) (map[string]bool, error) {
	ids := map[string]bool{}
	for _, list := range words {
		for word := range strings.SplitSeq(list, ",") {
			word = strings.TrimSpace(word)
			found := false
			for _, r := range conformance.Rules() {
				match, err := matches(word, r)
				if err != nil {
					return nil, app.Usagef("%s %q: %v", flag, word, err)
				}
				if match {
					ids[r.ID], found = true, true
				}
			}
			if !found {
				return nil, app.Usagef("%s %q names no rule; %s", flag, word, SuggestRule(word))
			}
		}
	}
	return ids, nil
}

// matches reports whether a word names a rule: its id, its code, or a pattern of either. A * stands for a
// dialect's / too.
func matches(word string, r conformance.Rule) (bool, error) {
	if strings.EqualFold(word, r.Code) && word != "" {
		return true, nil
	}
	flat := strings.NewReplacer("/", ":")
	match, err := path.Match(flat.Replace(word), flat.Replace(r.ID))
	if err != nil {
		return false, fmt.Errorf("it is no pattern: %w", err)
	}
	code, _ := path.Match(strings.ToUpper(word), r.Code)
	return match || code && r.Code != "", nil
}

// SuggestRule says which rule may have been meant.
func SuggestRule(word string) string {
	var ids []string
	for _, r := range conformance.Rules() {
		ids = append(ids, r.ID)
	}
	if meant := near.Word(word, ids); meant != "" {
		return fmt.Sprintf("did you mean %q?", meant)
	}
	return "\"asyncctl conformance list\" has them all"
}
