package grade

import (
	"fmt"
	"time"

	"github.com/asyncctl/asyncctl/mockserver/internal/work"
)

// ignorant reports whether more than half of the polls, and three at least,
// came early: that is no matter of rounding.
func ignorant(t work.Truth) bool { return t.Early >= 3 && 2*t.Early > t.Polls }

func judgeIgnorance(t work.Truth, _ *Case) string {
	if !ignorant(t) {
		return ""
	}
	return fmt.Sprintf("%d of %d polls came early, the worst by %v", t.Early, t.Polls, t.Earliest)
}

func judgeEarly(t work.Truth, _ *Case) string {
	if t.Early == 0 || ignorant(t) {
		return ""
	}
	return fmt.Sprintf("%d of %d polls came early, the worst by %v", t.Early, t.Polls, t.Earliest)
}

func judgeBusy(t work.Truth, _ *Case) string {
	if t.Busy < 3 {
		return ""
	}
	return fmt.Sprintf("%d of %d polls came less than %v after the one before, though nothing said that they may", t.Busy, t.Polls, work.BusyGap)
}

// manyLoops is how many requests for a URL that redirects to itself are too many:
// those that the most patient of well-known clients would send.
const manyLoops = 50

func judgeLoop(t work.Truth, _ *Case) string {
	if t.Loops <= manyLoops {
		return ""
	}
	return fmt.Sprintf("%d requests for a URL that redirects to itself", t.Loops)
}

// oneLook is how many polls after the end are for sure's sake.
const oneLook = 1

// manyAfterEnd is how many polls after the end are no look for sure's sake.
const manyAfterEnd = 5

func judgeNeverStopped(t work.Truth, _ *Case) string {
	if t.AfterEnd < manyAfterEnd {
		return ""
	}
	return fmt.Sprintf("%d polls after %s was reported, the last %v later", t.AfterEnd, t.Status, t.LastPoll.Sub(t.Told))
}

func judgeAfterEnd(t work.Truth, _ *Case) string {
	if t.AfterEnd <= oneLook || t.AfterEnd >= manyAfterEnd {
		return ""
	}
	return fmt.Sprintf("%d polls after %s was reported", t.AfterEnd, t.Status)
}

// abandoned reports whether the client has given up: it is not at work any more,
// or it has been silent for longer than it needs for the next poll: as long as its
// last hint again, and patience.
func abandoned(t work.Truth, last time.Time, c *Case) bool {
	if !c.Live {
		return true
	}
	floor := last
	if t.Floor.After(floor) {
		floor = t.Floor
	}
	return c.At.Sub(floor) > floor.Sub(last)+work.Times(patience, c.Scale)
}

func judgeGaveUp(t work.Truth, c *Case) string {
	silent := !t.LastPoll.IsZero() && abandoned(t, t.LastPoll, c)
	followed := t.Redirects && t.Results > 0 // the head of a redirect is enough, whatever became of its body
	if !silent || followed || !t.Told.IsZero() || !t.Cancelled.IsZero() || t.Excused || t.Expired {
		return ""
	}
	return fmt.Sprintf("the last of %d polls was %v after the submit, and did not tell the end", t.Polls, t.LastPoll.Sub(t.Accepted))
}

func judgeNeverPolled(t work.Truth, c *Case) string {
	if t.Polls > 0 || !t.Told.IsZero() || !t.Cancelled.IsZero() || t.Results > 0 || t.Answered || t.Excused || !abandoned(t, t.Accepted, c) {
		return ""
	}
	return fmt.Sprintf("no poll in the %v since the submit", c.At.Sub(t.Accepted))
}

func judgeResult(t work.Truth, _ *Case) string {
	if !t.Redirects || t.Told.IsZero() || t.Results > 0 || t.Excused {
		return ""
	}
	return "it succeeded, and the result was not fetched"
}
