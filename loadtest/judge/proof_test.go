package judge

import (
	"math/rand/v2"
	"strings"
	"testing"
	"time"

	"github.com/asyncctl/asyncctl/internal/measure"
	"github.com/asyncctl/asyncctl/loadtest"
)

// polled is a run whose operations were polled each second from their acceptance on, as the strategy
// says; with a server that takes a while to accept.
func polled(strategy string, accept, work time.Duration, polls int64) *loadtest.Result {
	s := measure.Series{Strategy: strategy, Truth: measure.TruthServer}
	dice := rand.New(rand.NewPCG(4, 4))
	for range 500 {
		w := work + time.Duration(dice.Int64N(int64(work/5)))
		noticed := w.Truncate(time.Second) + time.Second
		if strategy == "server" {
			noticed += 100 * time.Millisecond // two pauses, each later by up to a tenth of a second
		}
		s.Accept.Record(accept)
		s.Work.Record(accept + w)
		s.Needed.Record(w)
		s.NeededLeast.Record(w)
		s.Lag.Record(noticed - w)
		s.LagLeast.Record(noticed - w)
		s.Polls.Record(time.Duration(polls))
		s.Poll.Record(time.Millisecond)
		if strategy == "server" {
			s.Asked.Record(time.Second)
		}
	}
	s.Counts.Planned, s.Counts.Submitted, s.Counts.Succeeded = 500, 500, 500
	return &loadtest.Result{Schema: loadtest.Schema, Elapsed: time.Minute, Arrived: time.Minute, Series: []measure.Series{s}}
}

// TestAdviceCountsFromTheAcceptance has a server that takes 3 s to accept and 1.2 to 1.44 s to work: a
// client that comes each second asks twice, however long it waited for the acceptance.
func TestAdviceCountsFromTheAcceptance(t *testing.T) {
	a, err := Advise(polled("fixed:1s", 3*time.Second, 1200*time.Millisecond, 2), AdviseOptions{})
	if err != nil {
		t.Fatal(err)
	}
	if len(a.Proofs) != 1 || !a.Proofs[0].Checked || !a.Proofs[0].Holds || a.Proofs[0].ReplayedPolls != 2 {
		t.Errorf("proofs are %+v", a.Proofs)
	}
	if a.WorkP50 > 1500*time.Millisecond || a.Accept < 2990*time.Millisecond {
		t.Errorf("work of %v after %v", a.WorkP50, a.Accept)
	}
}

// TestAdviceSaysWhenItDoesNotHold has runs that the replay cannot explain.
func TestAdviceSaysWhenItDoesNotHold(t *testing.T) {
	for name, test := range map[string]struct {
		change  func(*measure.Series)
		caution string // "": none
		checked bool
	}{
		"as it was":            {func(*measure.Series) {}, "", true},
		"a tenth more polls":   {func(s *measure.Series) { s.Polls.RecordN(3, 50) }, "", true},
		"half as many again":   {func(s *measure.Series) { s.Polls.RecordN(4, 500) }, "took 3 polls an operation, replayed it takes 2", true},
		"far later":            {func(s *measure.Series) { s.Lag.RecordN(3*time.Second, 500); s.LagLeast.RecordN(3*time.Second, 500) }, "the mean lag of server was", true},
		"hints that differ":    {func(s *measure.Series) { s.Asked.RecordN(5*time.Second, 300) }, "", false},
		"polls that were lost": {func(s *measure.Series) { s.Counts.PollsFailed = 3 }, "", false},
	} {
		r := polled("server", time.Millisecond, 1200*time.Millisecond, 2)
		test.change(&r.Series[0])
		a, err := Advise(r, AdviseOptions{})
		if err != nil {
			t.Fatal(err)
		}
		said := ""
		for _, c := range a.Cautions {
			if strings.HasPrefix(c, "the replay does not hold") {
				said = c
			}
		}
		if (said == "") != (test.caution == "") || !strings.Contains(said, test.caution) || a.Proofs[0].Checked != test.checked {
			t.Errorf("%s: %q, %+v", name, said, a.Proofs)
		}
	}
}
