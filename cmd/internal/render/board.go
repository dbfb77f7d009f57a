package render

import (
	"cmp"
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"

	"github.com/asyncctl/asyncctl/poller"
	"github.com/asyncctl/asyncctl/poller/lro"
)

// The rules of the view of many operations. One line each for those at work that changed last, as
// many as fit, in their own order; the rest is in the total, which is always the last line. What went
// wrong is said once, above, and stays.

// mostLines bounds the lines of operations on a tall terminal; headroom is what it keeps free.
const (
	mostLines = 20
	headroom  = 3
)

// board is what the view knows about many operations.
type board struct {
	g     glyphs
	names *Roster
	ops   map[int]operation
	began time.Time
	said  map[string]bool // notes
}

func newBoard(o Options) *board {
	return &board{
		g: glyphs{ascii: o.ASCII, color: o.Color}, names: o.Names,
		ops: map[int]operation{}, said: map[string]bool{},
	}
}

// apply folds one event in. It returns the line that should stay on the terminal, if any.
func (b *board) apply(e poller.Event) string {
	if e.Start != nil {
		return ""
	}
	if b.began.IsZero() || e.At.Before(b.began) {
		b.began = e.At
	}
	o := b.ops[e.Op].apply(e)
	b.ops[e.Op] = o
	switch {
	case e.Note != nil && !b.said[e.Note.Text]:
		b.said[e.Note.Text] = true
		return b.name(e.Op) + ": note: " + b.g.text(noteText(*e.Note))
	case e.End != nil && e.End.Outcome != lro.Succeeded.String():
		why := b.g.text(e.End.Problem.String())
		if why == "" {
			why = b.g.text(e.End.Detail)
		}
		if why == "" {
			why = b.g.text(reasonText(*e.End))
		}
		return b.g.state(ending(*e.End)) + " " + b.name(e.Op) + " after " + Duration(milliseconds(e.End.ElapsedMS)) + ": " + why
	}
	return ""
}

func (b *board) name(op int) string { return b.g.text(b.names.name(op)) }

// lines returns a line for each operation that is shown, and the total.
func (b *board) lines(now time.Time, width, height int) []string {
	var lines []string
	for _, op := range b.shown(min(mostLines, height-headroom)) {
		lines = append(lines, b.line(op, now, width))
	}
	return append(lines, b.g.clip(b.total(now, width), width))
}

// shown picks those that are at work and changed last, and puts them in order.
func (b *board) shown(most int) []int {
	var active []int
	for op, o := range b.ops {
		if o.end == nil {
			active = append(active, op)
		}
	}
	slices.SortFunc(active, func(x, y int) int {
		return cmp.Or(b.ops[y].changed.Compare(b.ops[x].changed), cmp.Compare(x, y))
	})
	active = active[:min(len(active), max(0, most))]
	slices.Sort(active)
	return active
}

// line is name, state, percentage or polls, and time of one operation.
func (b *board) line(op int, now time.Time, width int) string {
	o := b.ops[op]
	elapsed := Duration(o.elapsed(now).Truncate(time.Second))
	measure := Count(o.polls(), "poll")
	if o.last.Percent != nil {
		measure = Percent(*o.last.Percent)
	}
	if width < roomy {
		return b.g.clip(fmt.Sprintf("%s %s %8s %6s", b.g.pad(b.name(op), 10), b.g.pad(b.g.state(o.state()), 12), measure, elapsed), width)
	}
	name := b.nameWidth()
	meter := strings.Repeat(" ", min(30, max(0, width-36-name)))
	if o.last.Percent != nil {
		meter = b.g.bar(*o.last.Percent, len(meter))
	}
	return b.g.clip(fmt.Sprintf("%s  %s  %s %9s %8s", b.g.pad(b.name(op), name), b.g.pad(b.g.state(o.state()), 12), meter, measure, elapsed), width)
}

// nameWidth is the column that the names need.
func (b *board) nameWidth() int {
	widest := 4
	for op := range b.ops {
		widest = max(widest, wide(b.name(op)))
	}
	return min(widest, maxName)
}

// total counts them all: "12 of 40 done: 10 succeeded, 2 failed, 28 pending, 1m12s".
func (b *board) total(now time.Time, width int) string {
	all := b.names.size(len(b.ops))
	outcomes, done := map[string]int{}, 0
	last := b.began
	for _, o := range b.ops {
		if o.end != nil {
			outcomes[ending(*o.end)]++
			done++
			last = later(last, o.ended)
		}
	}
	counts := b.counts(outcomes, width)
	if done < all {
		last = now
	}
	if done < all && width >= roomy {
		counts = append(counts, fmt.Sprintf("%d pending", all-done))
	}
	elapsed := Duration(max(0, last.Sub(b.began)).Truncate(time.Second))
	if width < roomy {
		return fmt.Sprintf("%d/%d done, %s", done, all, strings.Join(append(counts, elapsed), ", "))
	}
	return fmt.Sprintf("%d of %d done: %s, %s", done, all, strings.Join(counts, ", "), elapsed)
}

// counts lists the outcomes; where there is little room, only those that are bad news.
func (b *board) counts(outcomes map[string]int, width int) []string {
	words := []string{"succeeded", "failed"}
	if width < roomy {
		words = nil
	}
	for _, word := range slices.Sorted(maps.Keys(outcomes)) {
		if word != "succeeded" && !slices.Contains(words, word) {
			words = append(words, word)
		}
	}
	for i, word := range words {
		words[i] = fmt.Sprintf("%d %s", outcomes[word], b.g.text(word))
	}
	return words
}

// latest is the moment up to which anything is known.
func (b *board) latest() time.Time {
	at := b.began
	for _, o := range b.ops {
		at = later(at, o.latest())
	}
	return at
}
