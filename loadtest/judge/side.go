package judge

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/asyncctl/asyncctl/internal/measure"
	"github.com/asyncctl/asyncctl/loadtest"
)

// side is the runs before, or those after.
type side struct {
	results []*loadtest.Result
}

// of returns one series of each run that has it, and their sum; nil if none has.
func (s side) of(name string) *sideSeries {
	all := &sideSeries{}
	for _, r := range s.results {
		i := slices.IndexFunc(r.Series, func(x measure.Series) bool { return x.Name() == name })
		if i < 0 {
			continue
		}
		all.runs = append(all.runs, &r.Series[i])
		all.seconds = append(all.seconds, r.Arriving().Seconds())
		all.sum.Add(&r.Series[i])
		all.sum.Strategy, all.sum.Kind = r.Series[i].Strategy, r.Series[i].Kind
	}
	if len(all.runs) == 0 {
		return nil
	}
	return all
}

// names are those of all series, in the order of the first run that has them.
func (s side) names() (all []string) {
	for _, r := range s.results {
		for i := range r.Series {
			if name := r.Series[i].Name(); !slices.Contains(all, name) {
				all = append(all, name)
			}
		}
	}
	return all
}

// label says what the runs were.
func (s side) label() string {
	var starts []string
	for _, r := range s.results {
		starts = append(starts, r.Started.UTC().Format("2006-01-02 15:04:05"))
	}
	text := strings.Join(starts[:min(len(starts), 3)], ", ")
	if len(starts) > 3 {
		text += fmt.Sprintf(" and %d more", len(starts)-3)
	}
	return fmt.Sprintf("%s, %s, %s", text, s.results[0].Load, s.results[0].Target)
}

// sideSeries is one series of the runs of a side.
type sideSeries struct {
	runs    []*measure.Series
	seconds []float64 // in which operations arrived
	sum     measure.Series
}

// piece is a part of the measurements: a block, or a run.
type piece struct {
	*measure.Spread
	first bool // of its run
}

// spreads are the blocks of all runs, for a metric that blocks hold, and each run as a whole.
func (s *sideSeries) spreads(metric string) (blocks, runs []piece) {
	of := map[string]func(*measure.Block) *measure.Spread{
		"done": func(b *measure.Block) *measure.Spread { return &b.Done }, "work": func(b *measure.Block) *measure.Spread { return &b.Work },
		"lag": func(b *measure.Block) *measure.Spread { return &b.Lag }, "polls": func(b *measure.Block) *measure.Spread { return &b.Polls },
	}[metric]
	for _, r := range s.runs {
		whole := &measure.Spread{}
		for i := range r.Blocks.List {
			if of == nil {
				break
			}
			b := of(&r.Blocks.List[i])
			blocks = append(blocks, piece{b, i == 0})
			whole.Add(b)
		}
		if whole.Count() == 0 {
			whole = spreadOf(metric, r)
		}
		runs = append(runs, piece{whole, true})
	}
	return blocks, runs
}

// spreadOf is a whole run of a metric that blocks do not hold.
func spreadOf(metric string, r *measure.Series) *measure.Spread {
	s := &measure.Spread{}
	for _, m := range measure.Metrics() {
		if m.Name != metric {
			continue
		}
		for _, bar := range m.Of(r).Bars() {
			s.RecordN(int64(bar.From+bar.To)/2, bar.Count)
		}
	}
	return s
}

// shares are the runs as clusters of a count among another.
func (s *sideSeries) shares(c measure.Count) (all []cluster) {
	p := float64(c.Of(&s.sum)) / float64(max(c.Among(&s.sum), 1))
	for _, r := range s.runs {
		n := float64(c.Among(r))
		all = append(all, cluster{n, float64(c.Of(r)) - p*n, true})
	}
	return all
}

// rates are the runs as clusters of a count over a time.
func (s *sideSeries) rates(of func(*measure.Series) int64) (n int64, seconds float64, all []cluster) {
	for i, r := range s.runs {
		n, seconds = n+of(r), seconds+s.seconds[i]
	}
	for i, r := range s.runs {
		all = append(all, cluster{s.seconds[i], float64(of(r)) - float64(n)/max(seconds, 1e-9)*s.seconds[i], true})
	}
	return n, seconds, all
}

// millisecondsEach is how block spreads hold polls: each as a millisecond.
const millisecondsEach = float64(time.Millisecond)
