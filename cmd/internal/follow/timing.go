package follow

import (
	"fmt"
	"io"
	"time"

	"github.com/asyncctl/asyncctl/cmd/internal/render"
	"github.com/asyncctl/asyncctl/poller"
)

// reportTiming says how the time went, and what another interval between polls would have given.
func reportTiming(w io.Writer, end poller.End) {
	row := func(name, text string) { fmt.Fprintf(w, "  %-16s %s\n", name, text) }
	ms := func(n int64) string { return render.Duration(time.Duration(n) * time.Millisecond) }
	fmt.Fprintf(w, "of %s:\n", ms(end.ElapsedMS))
	if end.AcceptedMS > 0 {
		row("accepted after", ms(end.AcceptedMS))
	}
	if end.JobMS != nil {
		row("the job ran", ms(*end.JobMS)+" (the server's own timestamps)")
	}
	lag := "at most " + ms(end.MaxLagMS) + " (the time between the last two polls)"
	if end.LagToMS != nil {
		lag = render.LagText(end.Timing) + " (by the server's own timestamp)"
	}
	row("noticed after", lag)
	row("in requests", ms(end.HTTPMS))
	row("polls", fmt.Sprintf("%d, %d of them early", end.Polls, end.Early))
	for _, alternative := range alternatives(end) {
		row("every "+render.Duration(alternative.interval), fmt.Sprintf("%s, noticed after %s", render.Count(alternative.polls, "poll"), render.Duration(alternative.lag)))
	}
}

// alternative is what polling at a fixed interval would have given.
type alternative struct {
	interval time.Duration
	polls    int
	lag      time.Duration
}

// alternatives replays the operation with half, the same and twice its average interval. It needs
// to know when the work was over: from the server's word, else in the middle of what is possible.
func alternatives(end poller.End) []alternative {
	lag := end.MaxLagMS / 2
	if end.LagToMS != nil {
		lag = (*end.LagFromMS + *end.LagToMS) / 2
	}
	waited := time.Duration(end.ElapsedMS-end.AcceptedMS) * time.Millisecond
	over := waited - time.Duration(lag)*time.Millisecond
	if end.Polls == 0 || waited <= 0 || over <= 0 {
		return nil
	}
	average := waited / time.Duration(end.Polls)
	var list []alternative
	for _, interval := range []time.Duration{average / 2, average, 2 * average} {
		if interval < 10*time.Millisecond {
			continue
		}
		polls := int((over + interval - 1) / interval)
		list = append(list, alternative{interval, polls, time.Duration(polls)*interval - over})
	}
	return list
}
