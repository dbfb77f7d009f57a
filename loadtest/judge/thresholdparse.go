package judge

import (
	"fmt"
	"math"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/asyncctl/asyncctl/internal/measure"
	nearest "github.com/asyncctl/asyncctl/internal/near"
)

// SyntaxError is what is wrong with a threshold's text.
type SyntaxError struct {
	Text string
	// Pos is where, in bytes from the beginning.
	Pos int
	// Problem says what is wrong and what to write instead.
	Problem string
}

// Error quotes the text and marks the position.
func (e *SyntaxError) Error() string {
	return fmt.Sprintf("threshold %q, at position %d: %s", e.Text, e.Pos+1, e.Problem)
}

// ParseThreshold reads a condition; see [Threshold] for the grammar. Blanks are allowed between the
// words. Its errors are of type [*SyntaxError].
func ParseThreshold(text string) (Threshold, error) {
	p := &thresholdParser{text: text}
	t := Threshold{text: strings.TrimSpace(text)}
	if t.text == "" {
		return Threshold{}, p.wrong(0, "it is empty; write as in p99(done)<30s")
	}
	for _, step := range []func(*Threshold) error{p.term, p.series, p.comparison, p.value} {
		if err := step(&t); err != nil {
			return Threshold{}, err
		}
	}
	return t, nil
}

type thresholdParser struct {
	text string
	pos  int
}

func (p *thresholdParser) wrong(pos int, format string, args ...any) error {
	return &SyntaxError{p.text, pos, fmt.Sprintf(format, args...)}
}

func (p *thresholdParser) blanks() {
	for p.pos < len(p.text) && strings.IndexByte(" \t", p.text[p.pos]) >= 0 {
		p.pos++
	}
}

// take returns what comes next of the given bytes, after blanks, and where it began.
func (p *thresholdParser) take(allowed func(byte) bool) (string, int) {
	p.blanks()
	from := p.pos
	for p.pos < len(p.text) && allowed(p.text[p.pos]) {
		p.pos++
	}
	return p.text[from:p.pos], from
}

func (p *thresholdParser) symbol(s string) bool {
	p.blanks()
	if !strings.HasPrefix(p.text[p.pos:], s) {
		return false
	}
	p.pos += len(s)
	return true
}

func inWord(c byte) bool {
	return c == '_' || c == '.' || c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c >= '0' && c <= '9'
}

// term reads p99(done), rate(failed), early_polls.
func (p *thresholdParser) term(t *Threshold) error {
	word, at := p.take(inWord)
	if word == "" {
		return p.wrong(at, "it begins with a statistic or a count, as in p99(done), rate(failed) or early_polls")
	}
	if !p.symbol("(") {
		return p.bare(t, word, at)
	}
	name, nameAt := p.take(inWord)
	if !p.symbol(")") {
		return p.wrong(p.pos, "%s(%s is not closed: a ) is missing", word, name)
	}
	t.statistic = word
	if word == "rate" || word == "per_second" {
		return p.rate(t, name, nameAt)
	}
	if err := p.statistic(t, word, at); err != nil {
		return err
	}
	i := slices.IndexFunc(measure.Metrics(), func(m measure.Metric) bool { return m.Name == name })
	if i < 0 {
		if slices.ContainsFunc(measure.Countables(), func(c measure.Count) bool { return c.Name == name }) {
			return p.wrong(nameAt, "%s is a count and has no %s; write %s, rate(%s) or per_second(%s)", name, word, name, name, name)
		}
		return p.wrong(nameAt, "there is no metric %q; %s", name, propose(name, namesOf(measure.Metrics(), func(m measure.Metric) string { return m.Name })))
	}
	t.metric, t.unit = measure.Metrics()[i], inTime
	if t.metric.Plain || word == "count" {
		t.unit = inNumbers
	}
	return nil
}

// bare reads a count that stands alone.
func (p *thresholdParser) bare(t *Threshold, word string, at int) error {
	i := slices.IndexFunc(measure.Countables(), func(c measure.Count) bool { return c.Name == word })
	switch {
	case i >= 0:
		t.count, t.unit = measure.Countables()[i], inNumbers
		return nil
	case slices.ContainsFunc(measure.Metrics(), func(m measure.Metric) bool { return m.Name == word }):
		return p.wrong(at, "%s needs a statistic: write p99(%s), mean(%s) or max(%s)", word, word, word, word)
	case isStatistic(word):
		return p.wrong(p.pos, "%s of what? Write %s(done) or %s(lag)", word, word, word)
	}
	return p.wrong(at, "there is no count %q; %s", word, propose(word, namesOf(measure.Countables(), func(c measure.Count) string { return c.Name })))
}

func (p *thresholdParser) rate(t *Threshold, name string, at int) error {
	i := slices.IndexFunc(measure.Countables(), func(c measure.Count) bool { return c.Name == name })
	switch {
	case i < 0:
		return p.wrong(at, "there is no count %q; %s", name, propose(name, namesOf(measure.Countables(), func(c measure.Count) string { return c.Name })))
	case t.statistic == "rate" && measure.Countables()[i].Base == "":
		return p.wrong(at, "%s is no share of anything; write per_second(%s)", name, name)
	}
	t.count, t.unit = measure.Countables()[i], inNumbers
	if t.statistic == "rate" {
		t.unit = inShares
	}
	return nil
}

func isStatistic(word string) bool {
	_, err := strconv.ParseFloat(strings.TrimPrefix(word, "p"), 64)
	return word == "mean" || word == "max" || word == "count" || strings.HasPrefix(word, "p") && err == nil
}

func (p *thresholdParser) statistic(t *Threshold, word string, at int) error {
	if word == "mean" || word == "max" || word == "count" {
		return nil
	}
	if !isStatistic(word) {
		return p.wrong(at, "there is no statistic %q; %s", word, propose(word, []string{"p50", "p90", "p99", "p99.9", "mean", "max", "count", "rate", "per_second"}))
	}
	percent, _ := strconv.ParseFloat(word[1:], 64)
	if !(percent >= 0 && percent <= 100) {
		return p.wrong(at, "%s: a percentile is between p0 and p100", word)
	}
	t.quantile = percent / 100
	return nil
}

// series reads {fixed:1s}.
func (p *thresholdParser) series(t *Threshold) error {
	if !p.symbol("{") {
		return nil
	}
	at := p.pos
	end := strings.IndexByte(p.text[p.pos:], '}')
	if end < 0 {
		return p.wrong(at, "the strategy is not closed: a } is missing")
	}
	if t.strategy = strings.TrimSpace(p.text[p.pos : p.pos+end]); t.strategy == "" {
		return p.wrong(at, "the strategy is missing; write as in {server}, or leave the braces away")
	}
	p.pos += end + 1
	return nil
}

func (p *thresholdParser) comparison(t *Threshold) error {
	for _, c := range []string{"<=", ">=", "==", "!=", "<", ">"} {
		if p.symbol(c) {
			t.comparison = c
			return nil
		}
	}
	if p.symbol("=") {
		return p.wrong(p.pos-1, "= is no comparison; write ==")
	}
	return p.wrong(p.pos, "a comparison is missing: < <= > >= == !=")
}

// nanoseconds has the units of durations.
var nanoseconds = map[string]float64{"ns": 1, "us": 1e3, "µs": 1e3, "ms": 1e6, "s": 1e9, "m": 60e9, "h": 3600e9}

func (p *thresholdParser) value(t *Threshold) error {
	if d, ok := p.compound(); ok && t.unit == inTime {
		t.bound = float64(d)
		return nil
	}
	number, at := p.take(func(c byte) bool { return c >= '0' && c <= '9' || c == '.' || c == '-' || c == '+' })
	v, err := strconv.ParseFloat(number, 64)
	if err != nil || math.IsInf(v, 0) {
		return p.wrong(at, "a number is missing, as in %s%s", t.text[:min(len(t.text), at)], t.unit.example())
	}
	suffix := strings.TrimSpace(p.text[p.pos:])
	scale, isTime := nanoseconds[suffix]
	switch {
	case t.unit == inTime && isTime:
		t.bound = v * scale
	case t.unit == inTime && suffix == "" && v == 0:
		t.bound = 0
	case t.unit == inTime && suffix == "":
		return p.wrong(p.pos, "a duration needs a unit: %ss or %sms", number, number)
	case t.unit == inShares && suffix == "%":
		t.bound = v / 100
	case t.unit == inShares && suffix == "" && v >= 0 && v <= 1, t.unit == inNumbers && suffix == "":
		t.bound = v
	case t.unit == inShares && suffix == "":
		return p.wrong(p.pos, "a share is between 0 and 1, or has a %%: %s%%", number)
	default:
		return p.wrong(p.pos, "%q does not fit: the value is %s", suffix, t.unit.words())
	}
	return nil
}

// compound reads the rest as a duration of several units, as in 1m30s.
func (p *thresholdParser) compound() (time.Duration, bool) {
	d, err := time.ParseDuration(strings.TrimSpace(p.text[p.pos:]))
	return d, err == nil && d != 0
}

func (u yardstick) example() string { return [...]string{"10", "30s", "0.1%"}[u] }

func (u yardstick) words() string {
	return [...]string{"a number without a unit", "a duration in ns, us, ms, s, m or h", "a share, as in 0.1%"}[u]
}

func namesOf[T any](list []T, name func(T) string) []string {
	var names []string
	for _, x := range list {
		names = append(names, name(x))
	}
	return names
}

// propose names the nearest word, or all of them.
func propose(word string, known []string) string {
	if best := nearest.Word(word, known); best != "" {
		return fmt.Sprintf("did you mean %q?", best)
	}
	return "there are " + strings.Join(known, ", ")
}
