package work

import (
	"net/url"
	"strconv"
	"time"
)

// Values returns what [ParseScenario] makes sc of. Fields with their zero value
// are left out.
func (sc *Scenario) Values() url.Values {
	v := url.Values{}
	set := func(name, value string, given bool) {
		if given {
			v.Set(name, value)
		}
	}
	for name, d := range map[string]time.Duration{"duration": sc.Duration, "queue": sc.Queue, "cancel-delay": sc.CancelDelay, "retention": sc.Retention} {
		set(name, min(max(d, 0), MaxDuration).String(), d != 0)
	}
	for name, n := range map[string]int{"polls": sc.Polls, "pending-status": sc.PendingStatus, "result-status": sc.ResultStatus, "fail-status": sc.FailStatus} {
		set(name, strconv.Itoa(n), n != 0)
	}
	for name, text := range map[string]string{
		"outcome": string(sc.Outcome), "progress": string(sc.Progress), "completion": string(sc.Completion),
		"result-type": sc.ResultType, "fail-title": sc.FailTitle, "fail-detail": sc.FailDetail,
	} {
		set(name, text, text != "")
	}
	set("result", sc.Result, sc.Result != "" && sc.ResultSize <= 0)
	set("result-size", strconv.FormatInt(sc.ResultSize, 10), sc.ResultSize > 0)
	set("retry-after", sc.RetryAfter.String(), sc.RetryAfter != RetryAfter{})
	set("distribution", sc.Distribution.String(), sc.Distribution != Distribution{})
	set("cancel", "off", sc.NoCancel)
	set("location", "absolute", sc.AbsoluteLocation)
	return v
}
