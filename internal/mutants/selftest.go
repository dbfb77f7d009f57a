package mutants

import (
	"context"
	"fmt"
	"slices"
	"sync"

	"github.com/asyncctl/asyncctl/conformance"
)

// Faultless reports whether nothing is to be found.
func (m *Mutant) Faultless() bool {
	return len(m.Breaks) == 0 && len(m.Withholds) == 0 && !m.Hidden
}

// Mutant is a server whose faults are known: what the suite finds in it must be what it breaks.
type Mutant struct {
	// Name is a word, and Summary says in one line what the server does.
	Name, Summary string
	// Dialect is what it speaks; empty: generic.
	Dialect string
	// Breaks are the ids of the rules that it is found to break, with a failure or a warning. Withholds
	// are those that come out inconclusive because of it. Hidden says that it cannot be judged at all.
	// Without any of them it is faultless.
	Breaks    []string
	Withholds []string
	Hidden    bool
	// Start starts it.
	Start func() (Subject, error)
}

// Subject is a mutant at work.
type Subject struct {
	Suite  conformance.Suite
	Target conformance.Target
	// Close ends it.
	Close func()
}

// Matrix is what the suite found in mutants.
type Matrix struct {
	Rows []Row `json:"rows"`
}

// Row is what the suite found in one mutant.
type Row struct {
	Mutant string `json:"mutant"`
	// Summary is that of the mutant.
	Summary string `json:"summary"`
	// Found are the rules with findings, and Failed those of them whose finding fails.
	Found  []string `json:"found"`
	Failed []string `json:"failed"`
	// Withheld are the rules that came out inconclusive, as they should.
	Withheld []string `json:"withheld,omitempty"`
	// Missed are rules that it breaks and that were not found, Wrong those that were found and that it
	// does not break.
	Missed []string `json:"missed,omitempty"`
	Wrong  []string `json:"wrong,omitempty"`
	// Broken is why it could not be judged, and Err why it could not be started.
	Broken string `json:"broken,omitempty"`
	Err    string `json:"error,omitempty"`
	// Again says that it was judged a second time, alone.
	Again bool `json:"again,omitempty"`
	// Report is the whole report.
	Report *conformance.Report `json:"-"`
}

// OK reports whether the suite found what it should, and nothing else.
func (r *Row) OK() bool { return len(r.Missed) == 0 && len(r.Wrong) == 0 && r.Err == "" }

// OK reports whether all rows are as they should be.
func (m *Matrix) OK() bool {
	return !slices.ContainsFunc(m.Rows, func(r Row) bool { return !r.OK() })
}

// Unseen are the rules of the catalogue that fail on no mutant.
func (m *Matrix) Unseen() []string {
	var unseen []string
	for _, rule := range conformance.Rules() {
		if !slices.ContainsFunc(m.Rows, func(r Row) bool { return slices.Contains(r.Failed, rule.ID) }) {
			unseen = append(unseen, rule.ID)
		}
	}
	return unseen
}

// SelfTest runs the suite against each mutant, some at the same time, at the level may. done, if
// not nil, is called with each row as it is there, one at a time. The rows are in the order of the
// mutants. A mutant whose row is not as it should be is judged again when nothing else runs, and the second
// row counts: many at the same time are late on a small machine, and some faults are a matter of time. When
// ctx ends, the mutants that were not judged have an Err.
func SelfTest(ctx context.Context, mutants []Mutant, parallel int, done func(Row)) *Matrix {
	m := &Matrix{Rows: make([]Row, len(mutants))}
	slots := make(chan struct{}, max(parallel, 1))
	var all sync.WaitGroup
	var telling sync.Mutex
	tell := func(i int) {
		if done != nil {
			telling.Lock()
			defer telling.Unlock()
			done(m.Rows[i])
		}
	}
	for i := range mutants {
		all.Go(func() {
			slots <- struct{}{}
			defer func() { <-slots }()
			if m.Rows[i] = selfTest(ctx, &mutants[i]); m.Rows[i].OK() {
				tell(i)
			}
		})
	}
	all.Wait()
	for i := range mutants {
		if m.Rows[i].OK() {
			continue
		}
		if ctx.Err() == nil && parallel > 1 {
			m.Rows[i] = selfTest(ctx, &mutants[i])
			m.Rows[i].Again = true
		}
		tell(i)
	}
	return m
}

func selfTest(ctx context.Context, mutant *Mutant) Row {
	row := Row{Mutant: mutant.Name, Summary: mutant.Summary, Found: []string{}, Failed: []string{}}
	if err := context.Cause(ctx); err != nil {
		row.Err = fmt.Sprintf("it was not judged: %v", err)
		return row
	}
	subject, err := mutant.Start()
	if err != nil {
		row.Err = err.Error()
		return row
	}
	defer subject.Close()
	subject.Suite.Level = conformance.May
	row.Report = subject.Suite.Run(ctx, subject.Target)
	row.Broken = row.Report.Broken
	for _, r := range row.Report.Results {
		if r.Outcome == conformance.Fail || r.Outcome == conformance.Warn {
			row.Found = append(row.Found, r.ID)
		}
		if r.Outcome == conformance.Inconclusive && slices.Contains(mutant.Withholds, r.ID) {
			row.Withheld = append(row.Withheld, r.ID)
		}
		if r.Outcome == conformance.Fail {
			row.Failed = append(row.Failed, r.ID)
		}
	}
	for _, id := range mutant.Breaks {
		if !slices.Contains(row.Found, id) {
			row.Missed = append(row.Missed, id)
		}
	}
	for _, id := range mutant.Withholds {
		if !slices.Contains(row.Withheld, id) {
			row.Missed = append(row.Missed, id)
		}
	}
	for _, id := range row.Found {
		if !slices.Contains(mutant.Breaks, id) {
			row.Wrong = append(row.Wrong, id)
		}
	}
	switch hidden := row.Broken != ""; {
	case row.Report.Interrupted:
		row.Err = "it was not judged to the end"
	case hidden && !mutant.Hidden:
		row.Err = "it could not be judged: " + row.Broken
	case !hidden && mutant.Hidden:
		row.Err = "it was judged, although nobody should be able to"
	}
	return row
}
