package work

import "time"

// A Status is the state of an operation, in the word that goes over the wire.
type Status string

// The states of an operation. The first three are pending, the others final.
const (
	Pending    Status = "Pending"
	Running    Status = "Running"
	Cancelling Status = "Cancelling"
	Succeeded  Status = "Succeeded"
	Failed     Status = "Failed"
	Cancelled  Status = "Cancelled"
)

// Done reports whether s is final: an operation in a final state never changes again.
func (s Status) Done() bool {
	return s == Succeeded || s == Failed || s == Cancelled
}

// Unknown is the Remaining of an operation of which nobody knows when it will end.
const Unknown time.Duration = -1

// A Snapshot is the state of an operation at one moment. All times in it are
// ages: durations since the submit was accepted.
type Snapshot struct {
	Status    Status
	Percent   int           // 0 to 100, never decreasing; 100 only when Succeeded
	Changed   time.Duration // the age at which Status or Percent last changed
	Remaining time.Duration // until it is done: 0 when done, Unknown when it may never be
}

// At returns the state of an operation that was accepted age ago, found a
// worker at once, was never cancelled, and was polled polls times, the poll being answered included.
// A negative age counts as 0. At is pure.
func (sc Scenario) At(age time.Duration, polls int) Snapshot {
	return at(&sc, sc.plan(), age, polls)
}

// at is At for an operation with a plan of its own, and without the copy, which
// the hot path would notice.
func at(sc *Scenario, p Plan, age time.Duration, polls int) Snapshot {
	age = max(age, 0)
	queue, run := p.Queue, p.run
	end := queue + run
	switch {
	case age < queue:
		return Snapshot{Status: Pending, Remaining: sc.remaining(end - age)}
	case age < end:
		percent, since := sc.Progress.at(age-queue, run)
		return Snapshot{Status: Running, Percent: percent, Changed: queue + since, Remaining: sc.remaining(end - age)}
	case sc.Outcome == OutcomeNever || polls < sc.Polls:
		percent, since := sc.Progress.at(run, run)
		return Snapshot{Status: Running, Percent: percent, Changed: queue + since, Remaining: sc.remaining(0)}
	}
	switch sc.Outcome {
	case OutcomeFailed, OutcomeCancelled:
		percent, _ := sc.Progress.at(run, run)
		status := Failed
		if sc.Outcome == OutcomeCancelled {
			status = Cancelled
		}
		return Snapshot{Status: status, Percent: percent, Changed: end}
	}
	return Snapshot{Status: Succeeded, Percent: 100, Changed: end}
}

// cancelledAt returns the state at age of an operation that was cancelled at
// the age cancel, when its state was before.
func cancelledAt(sc *Scenario, before Snapshot, age, cancel time.Duration) Snapshot {
	end := cancel + sc.cancelDelay()
	if age < end {
		return Snapshot{Status: Cancelling, Percent: before.Percent, Changed: cancel, Remaining: end - age}
	}
	return Snapshot{Status: Cancelled, Percent: before.Percent, Changed: end}
}

// progress tells how many percent of run are over after elapsed, and when that
// number was reached. It stops at 99: only a success is all of it.
func progress(elapsed, run time.Duration) (percent int, since time.Duration) {
	if run <= 0 {
		return 99, 0
	}
	// Times are bounded by MaxDuration, so a hundredfold fits into 63 bits.
	step := min(elapsed*100/run, 99)
	since = (step*run + 99) / 100 // rounded up: the age at which the division first gives step
	return int(step), since
}

// remaining is left, unless the scenario makes the end unforeseeable.
func (sc *Scenario) remaining(left time.Duration) time.Duration {
	if sc.Outcome == OutcomeNever || left >= never/2 || (sc.Polls > 0 && left == 0) {
		return Unknown
	}
	return left
}
