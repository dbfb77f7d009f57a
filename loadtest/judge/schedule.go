package judge

import (
	"fmt"
	"strings"
	"time"
)

// Schedule is a rule by which a server can set Retry-After, and so when an operation's polls come:
// the first one First after the answer to the submit, each further one when, after the answer to the
// one before, the larger of Then and Share of the operation's age has passed. The zero value is not
// useful: a Then of 0 polls without a pause.
type Schedule struct {
	First time.Duration `json:"first_ns"`
	Then  time.Duration `json:"then_ns"`
	// Share of the age, 0 for none: 0.2 asks for a pause of 2 s of an operation that is 10 s old.
	Share float64 `json:"share"`
}

// Fixed is the schedule of a header that is always the same.
func Fixed(interval time.Duration) Schedule { return Schedule{First: interval, Then: interval} }

// isFixed reports whether the header would always be the same.
func (s Schedule) isFixed() bool { return s.First == s.Then && s.Share == 0 }

// Pause is the time before the next poll of an operation of some age, after a number of polls,
// rounded up to whole units; a unit of 0 rounds nothing.
func (s Schedule) Pause(age time.Duration, polls int, unit time.Duration) time.Duration {
	pause := s.First
	if polls > 0 {
		pause = max(s.Then, time.Duration(s.Share*float64(age)))
	}
	if unit > 0 {
		pause = (pause + unit - 1) / unit * unit
	}
	return pause
}

// String says the rule in words: "2s", "first 2s, then 20% of the age".
func (s Schedule) String() string {
	if s.isFixed() {
		return significant(s.Then).String()
	}
	var b strings.Builder
	fmt.Fprintf(&b, "first %v, then ", significant(s.First))
	switch {
	case s.Share == 0:
		fmt.Fprintf(&b, "%v", significant(s.Then))
	default:
		fmt.Fprintf(&b, "%.4g%% of the age", s.Share*100)
		if s.Then > 0 && float64(s.Then) > s.Share*float64(s.First) {
			fmt.Fprintf(&b, ", at least %v", significant(s.Then))
		}
	}
	return b.String()
}
