package rules

import (
	"net/http"
	"time"

	"github.com/asyncctl/asyncctl/conformance/internal/evidence"
	"github.com/asyncctl/asyncctl/poller/lro"
)

// One piece of work takes longer than another, and clients see an end when they ask. So polls are said to
// change the work only if the operations that were polled often all took less than half, or all more
// than twice, of what every other one took, by a second at least, and those that were polled rarely
// agree among themselves.
const (
	pairMargin = time.Second
	pairFactor = 2
	// morePolls is how many polls more it takes to have polled often.
	morePolls = 5
	// enoughOften is how many operations that were polled often must agree.
	enoughOften = 3
)

// Differs reports whether an operation that was polled often took another course than the slow one,
// which took so long: whether it is worth to compare more of them.
func Differs(often *evidence.Transcript, slow time.Duration, d lro.Dialect) bool {
	c := read(often, d)
	if c.accepted < 0 || len(c.polls(evidence.RoleRapid)) < morePolls || c.Ended != "" {
		return false
	}
	least, most, ok := c.ran()
	if !ok || c.last().Outcome != lro.Succeeded && over(c.last()) {
		return true
	}
	return slow > pairFactor*most && slow-most > pairMargin || least > pairFactor*slow && least-slow > pairMargin
}

func checkPollingSafe(e *facts) Verdict {
	var s seen
	e.consumed(&s)
	if len(s.findings) > 0 {
		return s.verdict("", Verdict{})
	}
	var often, rare []*conversation
	for _, c := range e.talks(evidence.ProbeRapid) {
		for _, i := range c.polls(evidence.RoleRapid) {
			s.look(&c.Exchanges[i])
		}
		if c.accepted >= 0 && len(c.polls(evidence.RoleRapid)) >= morePolls && c.Ended == "" {
			often = append(often, c)
		}
	}
	for _, c := range e.talks(evidence.ProbeSlow, evidence.ProbeRare, evidence.ProbeAside) {
		if _, _, ok := c.ran(); ok {
			rare = append(rare, c)
		}
	}
	if len(often) >= enoughOften && len(rare) >= enoughOften {
		e.endsOtherwise(&s, often, rare)
		e.takesOtherwise(&s, often, rare)
	}
	if s.looked == 0 {
		return inconclusive("no operation was polled often")
	}
	if len(often) == 0 {
		return s.verdict("the end stays; no operation was polled often enough to compare", Verdict{})
	}
	return s.verdict("polls change nothing", Verdict{})
}

// consumed finds ends that were told once and then taken away.
func (e *facts) consumed(s *seen) {
	for _, c := range e.talks(evidence.ProbeSlow, evidence.ProbeFail) {
		if c.told < 0 {
			continue
		}
		if again := c.polls(evidence.RoleAgain); len(again) > 0 {
			i := again[0] // later ones may come after the retention
			x := &c.Exchanges[i]
			s.look(x)
			if x.Response.Status == http.StatusNotFound || x.Response.Status == http.StatusGone {
				s.add(c, i, statusLine(x), "the end was reported once, and the next poll is answered with %d: reading it took it away", x.Response.Status)
			}
		}
	}
}

// endsOtherwise finds that all operations that were polled often ended otherwise than all others.
func (e *facts) endsOtherwise(s *seen, often, rare []*conversation) {
	rare = withoutAside(rare)
	for _, c := range rare {
		if c.last().Outcome != lro.Succeeded {
			return
		}
	}
	var c *conversation
	for _, c = range often {
		lost := c.last().Reason == lro.NotFound || c.last().Reason == lro.Expired
		if !lost && (!over(c.last()) || c.last().Outcome == lro.Succeeded) {
			return
		}
	}
	s.add(c, len(c.Exchanges)-1, nil, "%d operations that were polled often end as %s, %d that were polled rarely succeed", len(often), c.last().Outcome, len(rare))
}

// takesOtherwise finds that all operations that were polled often took much less, or much more, time
// than all others.
func (e *facts) takesOtherwise(s *seen, often, rare []*conversation) {
	shortest, longest := extremes(rare)
	if usual, most := spreadOf(withoutAside(rare)); most-usual > max(pairMargin*3/2, usual/3) {
		return // one piece of work takes longer than another
	}
	quick, late := extremes(often)
	for _, c := range often {
		if c.told < 0 || c.last().Outcome != lro.Succeeded {
			return
		}
	}
	last := often[len(often)-1]
	switch {
	case shortest > pairFactor*late && shortest-late > pairMargin:
		s.add(last, last.told, nil, "operations that are polled often end after %v at most, those that are polled rarely after %v at least", round(late), round(shortest))
	case quick > pairFactor*longest && quick-longest > pairMargin:
		s.add(last, last.told, nil, "operations that are polled often end after %v at least, those that are polled rarely after %v at most", round(quick), round(longest))
	}
}

// extremes are the time that the quickest of operations took at least, and the slowest at most.
func extremes(all []*conversation) (shortest, longest time.Duration) {
	for i, c := range all {
		least, most, _ := c.ran()
		if i == 0 || least < shortest {
			shortest = least
		}
		longest = max(longest, most)
	}
	return shortest, longest
}

// spreadOf are the shortest and the longest time after which the ends of operations were seen.
func spreadOf(all []*conversation) (least, most time.Duration) {
	for i, c := range all {
		_, seen, _ := c.ran()
		if i == 0 || seen < least {
			least = seen
		}
		most = max(most, seen)
	}
	return least, most
}

// withoutAside leaves out the operation that was asked other things besides.
func withoutAside(all []*conversation) []*conversation {
	var some []*conversation
	for _, c := range all {
		if !c.Of(evidence.ProbeAside) {
			some = append(some, c)
		}
	}
	return some
}

func over(op lro.Operation) bool { return evidence.Over(op) }

func round(d time.Duration) time.Duration { return d.Round(100 * time.Millisecond) }
