package work

import (
	"fmt"
	"maps"
	"mime"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"
)

// Bounds of what a parameter may say. Durations are bounded by MaxDuration.
const (
	maxText       = 4096    // bytes of result, result-type, fail-title and fail-detail
	MaxPolls      = 1000000 // polls
	maxResultSize = 1 << 40 // bytes
)

// A parameter is one word of the vocabulary of scenarios. Its set returns false
// for a value that is not allowed.
type parameter struct {
	name    string
	allowed string
	set     func(sc *Scenario, value string) bool
}

const allowedDuration = "a duration such as 3s, 500ms or 0, at most 720h; a bare number is seconds"

var parameters = []parameter{
	durationParameter("duration", func(sc *Scenario) *time.Duration { return &sc.Duration }),
	durationParameter("queue", func(sc *Scenario) *time.Duration { return &sc.Queue }),
	{"polls", "a whole number from 0 to 1000000", func(sc *Scenario, value string) bool {
		return ParseInt(value, 0, MaxPolls, &sc.Polls)
	}},
	{"progress", allowedProgress, func(sc *Scenario, value string) (ok bool) {
		sc.Progress, ok = parseProgress(value)
		return ok
	}},
	wordParameter("outcome", func(sc *Scenario) *Outcome { return &sc.Outcome },
		OutcomeSucceeded, OutcomeFailed, OutcomeCancelled, OutcomePartial, OutcomeNever),
	{"retry-after", allowedRetryAfter, func(sc *Scenario, value string) (ok bool) {
		sc.RetryAfter, ok = parseRetryAfter(value)
		return ok
	}},
	wordParameter("completion", func(sc *Scenario) *Completion { return &sc.Completion },
		CompletionSeeOther, CompletionFound, CompletionStatus, CompletionResult),
	codeParameter("pending-status", func(sc *Scenario) *int { return &sc.PendingStatus }, 200, 202),
	{"result", "a text of at most 4096 bytes; not together with result-size", func(sc *Scenario, value string) bool {
		sc.ResultSize = 0
		return setText(&sc.Result, value)
	}},
	{"result-type", "a media type such as text/csv", func(sc *Scenario, value string) bool {
		_, _, err := mime.ParseMediaType(value)
		return err == nil && IsFieldValue(value) && setText(&sc.ResultType, value)
	}},
	{"result-size", "a number of bytes from 1 to 1TiB, such as 4096, 64KiB or 1GiB", func(sc *Scenario, value string) bool {
		return ParseSize(value, &sc.ResultSize)
	}},
	codeParameter("result-status", func(sc *Scenario) *int { return &sc.ResultStatus }, 200, 201, 204),
	{"fail-status", "an HTTP status from 400 to 599", func(sc *Scenario, value string) bool {
		return ParseInt(value, 400, 599, &sc.FailStatus)
	}},
	{"fail-title", "a text of at most 4096 bytes", func(sc *Scenario, value string) bool {
		return setText(&sc.FailTitle, value)
	}},
	{"fail-detail", "a text of at most 4096 bytes", func(sc *Scenario, value string) bool {
		return setText(&sc.FailDetail, value)
	}},
	{"cancel", "on or off", func(sc *Scenario, value string) bool {
		sc.NoCancel = value == "off"
		return value == "on" || value == "off"
	}},
	durationParameter("cancel-delay", func(sc *Scenario) *time.Duration { return &sc.CancelDelay }),
	durationParameter("retention", func(sc *Scenario) *time.Duration { return &sc.Retention }),
	{"location", "relative or absolute", func(sc *Scenario, value string) bool {
		sc.AbsoluteLocation = value == "absolute"
		return value == "relative" || value == "absolute"
	}},
	{"distribution", allowedDistribution, func(sc *Scenario, value string) (ok bool) {
		sc.Distribution, ok = parseDistribution(value)
		return ok
	}},
}

// ParseScenario returns base with the fields that values set. The parameters
// are named in the fields of [Scenario]; each may be given once. The error names
// the parameter, the value it cannot take and what is allowed, or lists the
// known parameters if there is none of that name.
func ParseScenario(base Scenario, values url.Values) (Scenario, error) {
	sc := base
	if values.Has("result") && values.Has("result-size") {
		return base, fmt.Errorf("parameter %q: it contradicts %q: give one of them", "result-size", "result")
	}
	for _, name := range slices.Sorted(maps.Keys(values)) {
		if !slices.ContainsFunc(parameters, func(p parameter) bool { return p.name == name }) {
			return base, fmt.Errorf("unknown parameter %q: the known ones are %s", Clip(name), strings.Join(ParameterNames(), ", "))
		}
	}
	for _, p := range parameters {
		given := values[p.name]
		if len(given) == 0 {
			continue
		}
		if len(given) > 1 {
			return base, fmt.Errorf("parameter %q: it is given %d times: give it once", p.name, len(given))
		}
		if !p.set(&sc, given[0]) {
			return base, fmt.Errorf("parameter %q: bad value %q: use %s", p.name, Clip(given[0]), p.allowed)
		}
	}
	return sc, nil
}

func ParameterNames() []string {
	names := make([]string, len(parameters))
	for i, p := range parameters {
		names[i] = p.name
	}
	return names
}

func durationParameter(name string, field func(*Scenario) *time.Duration) parameter {
	return parameter{name, allowedDuration, func(sc *Scenario, value string) bool {
		d, err := time.ParseDuration(value)
		if err != nil {
			seconds, err := strconv.ParseUint(value, 10, 31)
			if err != nil {
				return false
			}
			d = time.Duration(seconds) * time.Second
		}
		if d < 0 || d > MaxDuration {
			return false
		}
		if d == 0 {
			d = AtOnce
		}
		*field(sc) = d
		return true
	}}
}

func wordParameter[W ~string](name string, field func(*Scenario) *W, words ...W) parameter {
	texts := make([]string, len(words))
	for i, w := range words {
		texts[i] = string(w)
	}
	return parameter{name, oneOf(texts), func(sc *Scenario, value string) bool {
		*field(sc) = W(value)
		return slices.Contains(words, W(value))
	}}
}

func codeParameter(name string, field func(*Scenario) *int, codes ...int) parameter {
	texts := make([]string, len(codes))
	for i, c := range codes {
		texts[i] = strconv.Itoa(c)
	}
	return parameter{name, oneOf(texts), func(sc *Scenario, value string) bool {
		i := slices.Index(texts, value)
		if i >= 0 {
			*field(sc) = codes[i]
		}
		return i >= 0
	}}
}

func oneOf(texts []string) string {
	last := len(texts) - 1
	return strings.Join(texts[:last], ", ") + " or " + texts[last]
}
