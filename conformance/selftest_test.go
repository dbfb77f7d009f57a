package conformance_test

import (
	"slices"
	"testing"
	"testing/synctest"

	"github.com/asyncctl/asyncctl/conformance"
	"github.com/asyncctl/asyncctl/internal/mutants"
	"github.com/asyncctl/asyncctl/mockserver"
)

// TestMatrix enumerates both lists: every mutant is found to break what it breaks and nothing else,
// and every rule fails on a mutant and passes where there is no fault.
func TestMatrix(t *testing.T) {
	matrix := &mutants.Matrix{}
	passed := map[string]bool{}
	for n, m := range mutants.All(inMemory()) {
		t.Run(m.Name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				one := mutants.All(inMemory())[n]
				row := mutants.SelfTest(t.Context(), []mutants.Mutant{one}, 1, nil).Rows[0]
				matrix.Rows = append(matrix.Rows, row)
				if !row.OK() {
					t.Errorf("%s: missed %q, wrongly found %q, broken %q %s", row.Mutant, row.Missed, row.Wrong, row.Broken, row.Err)
					for _, r := range row.Report.Results {
						if r.Outcome == conformance.Fail || r.Outcome == conformance.Warn {
							t.Logf("   %s %s: %s", r.Outcome, r.ID, r.Reason)
						}
					}
				}
				if !one.Faultless() {
					return
				}
				for _, r := range row.Report.Results {
					passed[r.ID] = passed[r.ID] || r.Outcome == conformance.Pass
				}
			})
		})
	}
	for _, id := range matrix.Unseen() {
		t.Errorf("the rule %s fails on no mutant", id)
	}
	for _, rule := range conformance.Rules() {
		if rule.Fault != "" && !shown(matrix, rule) {
			t.Errorf("the fault %s does not show what breaks %s", rule.Fault, rule.ID)
		}
		if !passed[rule.ID] {
			t.Errorf("the rule %s passes on no server without that fault", rule.ID)
		}
	}
}

// A row that is wrong while many are judged is judged again alone, once: what is wrong then stays wrong.
func TestWrongRowIsJudgedAgain(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		named := func(name string) mutants.Mutant {
			all := mutants.All(inMemory()) // each has a world of its own: they have the same name there
			return all[slices.IndexFunc(all, func(m mutants.Mutant) bool { return m.Name == name })]
		}
		starts := 0
		late := mutants.Mutant{Name: "late", Start: func() (mutants.Subject, error) {
			if starts++; starts == 1 {
				return named("retry-after-garbage").Start()
			}
			return named("faultless").Start()
		}}
		wrong := mutants.Mutant{Name: "wrong", Start: named("completion-302").Start}
		told := 0
		matrix := mutants.SelfTest(t.Context(), []mutants.Mutant{late, wrong, named("faultless")}, 3, func(mutants.Row) { told++ })
		for i, want := range []struct{ ok, again bool }{{true, true}, {false, true}, {true, false}} {
			if row := matrix.Rows[i]; row.OK() != want.ok || row.Again != want.again {
				t.Errorf("%s: as it should be %t, judged again %t: missed %q, wrong %q, %s%s", row.Mutant, row.OK(), row.Again, row.Missed, row.Wrong, row.Broken, row.Err)
			}
		}
		if told != 3 {
			t.Errorf("%d rows were told of", told)
		}
	})
}

// shown reports whether the mutant with the rule's own fault is found to break it.
func shown(matrix *mutants.Matrix, rule conformance.Rule) bool {
	fault, err := mockserver.ParseFault(rule.Fault)
	return err == nil && slices.ContainsFunc(matrix.Rows, func(row mutants.Row) bool {
		return row.Mutant == fault.Name && (slices.Contains(row.Found, rule.ID) || slices.Contains(row.Withheld, rule.ID))
	})
}
