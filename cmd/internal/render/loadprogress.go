package render

import (
	"fmt"
	"strconv"
	"strings"
	"time"

	"github.com/asyncctl/asyncctl/internal/measure"
	"github.com/asyncctl/asyncctl/loadtest"
)

// LoadView shows a load test while it goes on.
type LoadView interface {
	// Snapshot takes the newest figures in. It does not wait for the terminal.
	Snapshot(loadtest.Snapshot)
	// Close ends the view and leaves nothing behind: the report comes next. It may be called more than
	// once.
	Close()
}

// LoadOptions say how a view of a load test draws.
type LoadOptions struct {
	Options
	// Load is what was asked for, in words.
	Load string
	// Bounds are those that were stated.
	Bounds loadtest.Bounds
}

// mostSeconds is how much of the past a view remembers: as much as a wide terminal shows.
const mostSeconds = 240

// loadState is what is known of a load test.
type loadState struct {
	o       LoadOptions
	follow  *loadtest.Follow
	past    []measure.Sample
	seconds []float64 // the length of each sample
	begun   bool
}

func newLoadState(o LoadOptions) loadState { return loadState{o: o, follow: &loadtest.Follow{}} }

// apply takes a snapshot in. It returns a new state; the old one must not be used for more.
func (s loadState) apply(snap loadtest.Snapshot) loadState {
	length := snap.Elapsed - s.follow.Last().Elapsed
	s.follow.Observe(snap)
	s.past = append(s.past[max(0, len(s.past)-mostSeconds):len(s.past):len(s.past)], snap.Sample)
	s.seconds = append(s.seconds[max(0, len(s.seconds)-mostSeconds):len(s.seconds):len(s.seconds)], max(length.Seconds(), 1e-3))
	s.begun = true
	return s
}

// values returns one figure of each second that is remembered; rates are divided by its length.
func (s loadState) values(of func(*measure.Sample) float64, perSecond bool) []float64 {
	list := make([]float64, len(s.past))
	for i := range s.past {
		list[i] = of(&s.past[i])
		if perSecond {
			list[i] /= s.seconds[i]
		}
	}
	return list
}

// latest is the newest of such values; 0 if there is none.
func latest(values []float64) float64 {
	if len(values) == 0 {
		return 0
	}
	return values[len(values)-1]
}

// counts are those of all strategies.
func (s loadState) counts() measure.Counts {
	r := s.follow.Result()
	return r.Series[len(r.Series)-1].Counts
}

// share is how much of the plan is behind, 0 to 100; false where nobody can say.
func (s loadState) share() (float64, bool) {
	snap, c := s.follow.Last(), s.counts()
	switch {
	case snap.Until > 0:
		return 100 * min(1, snap.Elapsed.Seconds()/snap.Until.Seconds()), true
	case snap.Target > 0:
		return 100 * min(1, float64(c.Submitted-c.Pending)/float64(snap.Target)), true
	}
	return 0, false
}

// phase is a word for what goes on.
func (s loadState) phase() string {
	switch {
	case !s.begun:
		return "pending"
	case s.follow.Last().Draining:
		return "waiting"
	}
	return "running"
}

// fate says how the operations ended: "1857 succeeded, 3 failed, 1 lost".
func fate(c measure.Counts) string {
	text := Thousands(c.Succeeded) + " succeeded"
	for _, f := range []struct {
		n    int64
		word string
	}{
		{c.Failed, "failed"}, {c.Cancelled, "cancelled"}, {c.Refused, "refused"}, {c.Lost, "lost"}, {c.Gone, "gone"},
		{c.TimedOut, "timed out"}, {c.Shed, "shed"},
	} {
		if f.n > 0 {
			text += fmt.Sprintf(", %s %s", Thousands(f.n), f.word)
		}
	}
	return text
}

// Thousands groups a number: 1,234,567.
func Thousands(n int64) string {
	text := strconv.FormatInt(n, 10)
	for i := len(text) - 3; i > 0 && text[i-1] != '-'; i -= 3 {
		text = text[:i] + "," + text[i:]
	}
	return text
}

// perSecond writes a rate: 48, 0.5, 1,234.
func perSecond(v float64) string {
	if v >= 100 {
		return Thousands(int64(v + 0.5))
	}
	return strconv.FormatFloat(float64(int64(v*10+0.5))/10, 'f', -1, 64)
}

// brief writes a latency in few characters: 850us, 1.2ms, 13s.
func brief(d time.Duration) string {
	switch {
	case d == 0:
		return "-"
	case d < time.Millisecond:
		return fmt.Sprintf("%dus", d.Round(10*time.Microsecond).Microseconds()) // ASCII, as everywhere
	case d < 100*time.Millisecond:
		return d.Round(100 * time.Microsecond).String()
	case d < time.Second:
		return d.Round(time.Millisecond).String()
	}
	return Duration(d)
}

// pollsEach is how many polls an operation takes so far.
func pollsEach(c measure.Counts) string {
	if n := c.Submitted; n > 0 {
		return strings.TrimSuffix(fmt.Sprintf("%.1f", float64(c.PollsSent)/float64(n)), ".0")
	}
	return "-"
}

func portion(part, whole int64) string {
	if whole == 0 {
		return "-"
	}
	return fmt.Sprintf("%.0f%%", 100*float64(part)/float64(whole))
}
