package work

import (
	"fmt"
	"strconv"
	"strings"
	"time"
)

// A Progress says how the percentage of a running operation grows. It is one of
//
//	""              evenly with the time, percent by percent; also "linear"
//	"none"          not at all: it stays 0 until the end, as where nobody knows
//	"steps:4"       in 4 leaps of the same height and length
//	"10:5,50:80"    after 10 % of the time to 5 %, after half of it to 80 %
//
// A text that is none of these counts as "". An operation that scatters its
// duration scatters its leaps with it.
type Progress string

const progressNone Progress = "none"

const (
	maxProgressLeaps = 100
	allowedProgress  = "linear, none, steps:NUMBER up to 100, or leaps TIME:PERCENT such as 10:5,50:80, both in percent and growing"
)

// A leap is a moment at which the percentage jumps.
type leap struct {
	share   float64 // of the time, 0 to 1
	percent int
}

// next reads the first leap of a list, and returns the others.
func (p Progress) next() (l leap, rest Progress, ok bool) {
	first, others, _ := strings.Cut(string(p), ",")
	share, percent, found := strings.Cut(first, ":")
	time, err := strconv.ParseFloat(share, 64)
	if err != nil || !found || !(time > 0 && time < 100) || !ParseInt(percent, 0, 99, &l.percent) {
		return leap{}, "", false
	}
	l.share = time / 100
	return l, Progress(others), true
}

// steps reads steps:N.
func (p Progress) steps() (n int, ok bool) {
	text, found := strings.CutPrefix(string(p), "steps:")
	return n, found && ParseInt(text, 1, maxProgressLeaps, &n)
}

// parseProgress reads what a Progress may be.
func parseProgress(text string) (Progress, bool) {
	p := Progress(text)
	switch _, steps := p.steps(); {
	case text == "linear":
		return "", true
	case p == progressNone || steps:
		return p, true
	}
	last := leap{}
	for rest, n := p, 1; ; n++ {
		l, others, ok := rest.next()
		if !ok || l.share <= last.share || l.percent < last.percent || n > maxProgressLeaps || len(text) > maxText {
			return "", false
		}
		if others == "" {
			return p, !strings.HasSuffix(text, ",")
		}
		last, rest = l, others
	}
}

// at tells the percentage after elapsed of run, and when it was reached. It
// stops at 99: only a success is all of it.
func (p Progress) at(elapsed, run time.Duration) (percent int, since time.Duration) {
	if p == "" || run <= 0 {
		return progress(elapsed, run)
	}
	if p == progressNone {
		return 0, 0
	}
	if n, ok := p.steps(); ok {
		step := min(elapsed*time.Duration(n)/run, time.Duration(n))
		return min(int(step)*100/n, 99), (step*run + time.Duration(n) - 1) / time.Duration(n)
	}
	for rest := p; rest != ""; {
		l, others, ok := rest.next()
		from := time.Duration(l.share * float64(run))
		if !ok || elapsed < from {
			break
		}
		percent, since, rest = l.percent, from, others
	}
	return percent, since
}

// Leaps makes a Progress of what was seen of an operation that ran for a time:
// pairs of an age and a percentage, in order. What does not fit the form is left
// out.
func Leaps(run time.Duration, seen []Seen) Progress {
	var b strings.Builder
	last, n := leap{}, 0
	for _, s := range seen {
		l := leap{float64(s.Age) / float64(run), min(s.Percent, 99)}
		if run <= 0 || l.percent <= last.percent || l.share <= last.share || l.share >= 1 || n == maxProgressLeaps {
			continue
		}
		text := strconv.FormatFloat(l.share*100, 'f', 4, 64)
		fmt.Fprintf(&b, ",%s:%d", strings.TrimRight(strings.TrimRight(text, "0"), "."), l.percent)
		last, n = l, n+1
	}
	p, _ := parseProgress(strings.TrimPrefix(b.String(), ","))
	return p
}

// Seen is a percentage that an operation was seen at.
type Seen struct {
	Age     time.Duration // since it began to run
	Percent int
}
