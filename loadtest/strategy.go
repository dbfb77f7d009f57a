package loadtest

import (
	"fmt"
	"math"
	"strconv"
	"strings"
	"time"

	"github.com/asyncctl/asyncctl/poller/lro"
)

// Strategy is how an operation is polled. The zero value is [Server].
type Strategy struct {
	kind     strategyKind
	min, max time.Duration
	factor   float64
	pace     lro.Pace // of serverKind
}

type strategyKind uint8

const (
	serverKind strategyKind = iota
	exactKind
	fixedKind
	exponentialKind
	decorrelatedKind
)

// Server polls as the poller does: the server's hint is a floor, and without one the interval grows.
// The others do not heed hints beside a status, as many clients do not, and their early polls are
// counted; what the server asks for beside a refusal (429, 503) binds them too.
var Server = Strategy{}

// Exact takes the server at its word: it polls at the moment that the hint names, with nothing added, and
// at once where the hint is 0, as a client does that sleeps for Retry-After. Without a hint it is [Server].
var Exact = Strategy{kind: exactKind}

// ServerPace is [Server] with a pace of its own.
func ServerPace(p lro.Pace) Strategy { return Strategy{pace: p} }

const (
	strategyMin = time.Second
	strategyMax = 30 * time.Second
)

// ParseStrategy reads a strategy: "server", "exact", "fixed:1s", "exponential:1s,2,30s" (first interval,
// factor, longest) or "decorrelated:1s,30s" (shortest, longest; each interval is drawn between the
// shortest and three times the one before). What follows the colon may be left out from its end.
func ParseStrategy(text string) (Strategy, error) {
	name, rest, _ := strings.Cut(text, ":")
	s := Strategy{min: strategyMin, max: strategyMax, factor: 2}
	var fields []any
	switch name {
	case "server":
		s = Server
	case "exact":
		s = Exact
	case "fixed":
		s.kind, fields = fixedKind, []any{&s.min}
	case "exponential":
		s.kind, fields = exponentialKind, []any{&s.min, &s.factor, &s.max}
	case "decorrelated":
		s.kind, fields = decorrelatedKind, []any{&s.min, &s.max}
	default:
		return s, fmt.Errorf("%q is not a strategy: server, exact, fixed:1s, exponential:1s,2,30s or decorrelated:1s,30s", text)
	}
	if rest != "" {
		if err := scanFields(rest, fields); err != nil {
			return s, fmt.Errorf("%s: %w", text, err)
		}
	}
	if s.kind > exactKind && (s.min < time.Millisecond || s.kind != fixedKind && s.max < s.min || s.factor < 1 || s.factor > 100) {
		return s, fmt.Errorf("%s: intervals are 1ms or more, the longest is not shorter than the first, and a factor is 1 to 100", text)
	}
	return s, nil
}

// scanFields reads a comma-separated list into durations and numbers.
func scanFields(list string, into []any) error {
	parts := strings.Split(list, ",")
	if len(parts) > len(into) {
		return fmt.Errorf("%q is more than belongs there", list)
	}
	for i, part := range parts {
		var err error
		switch to := into[i].(type) {
		case *time.Duration:
			*to, err = time.ParseDuration(part)
		case *float64:
			*to, err = strconv.ParseFloat(part, 64)
		}
		if err != nil {
			return fmt.Errorf("%q is not a duration like 1s, or a number", part)
		}
	}
	return nil
}

// String returns the strategy as [ParseStrategy] reads it.
func (s Strategy) String() string {
	switch s.kind {
	case exactKind:
		return "exact"
	case fixedKind:
		return "fixed:" + short(s.min)
	case exponentialKind:
		return fmt.Sprintf("exponential:%s,%v,%s", short(s.min), s.factor, short(s.max))
	case decorrelatedKind:
		return "decorrelated:" + short(s.min) + "," + short(s.max)
	}
	return "server"
}

// short writes a duration without the zeros that Duration.String leaves at its end.
func short(d time.Duration) string {
	text := d.String()
	if strings.HasSuffix(text, "m0s") {
		text = strings.TrimSuffix(text, "0s")
	}
	if strings.HasSuffix(text, "h0m") {
		text = strings.TrimSuffix(text, "0m")
	}
	return text
}

// Due returns when op.Next is to be sent. now is the time of the last reply, before the interval
// that lay before it, and random is in [0, 1).
func (s *Strategy) Due(op *lro.Operation, now time.Time, before time.Duration, random float64) time.Time {
	if s.kind == serverKind || op.Phase != lro.Polling || op.Hops > 0 || op.Misses > 0 {
		return s.pace.Due(*op, now, random)
	}
	if s.kind == exactKind {
		if !op.Hinted {
			return s.pace.Due(*op, now, random)
		}
		return later(now, op.NotBefore)
	}
	wait := s.min
	switch s.kind {
	case exponentialKind:
		wait = time.Duration(min(float64(s.min)*math.Pow(s.factor, float64(op.Polls)), float64(s.max)))
	case decorrelatedKind:
		upper := min(max(3*before, s.min), s.max)
		wait = s.min + time.Duration(random*float64(upper-s.min))
	}
	return now.Add(wait)
}

func later(a, b time.Time) time.Time {
	if b.After(a) {
		return b
	}
	return a
}
