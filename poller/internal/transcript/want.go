package transcript

import (
	"fmt"
	"net/http"
	"strconv"
	"strings"
	"time"

	"github.com/asyncctl/asyncctl/poller/lro"
)

// moment is the operation after one step.
type moment struct {
	op     lro.Operation
	at     time.Time
	answer string      // of a cancel step
	cancel lro.Request // of a cancel step
}

// facts are the keys of a want section and what they are compared with.
var facts = map[string]func(m moment) string{
	"phase":         func(m moment) string { return m.op.Phase.String() },
	"outcome":       func(m moment) string { return m.op.Outcome.String() },
	"reason":        func(m moment) string { return string(m.op.Reason) },
	"state":         func(m moment) string { return m.op.State.String() },
	"native":        func(m moment) string { return m.op.Native },
	"progress":      func(m moment) string { return percent(m.op.Progress) },
	"message":       func(m moment) string { return m.op.Progress.Message },
	"queue":         func(m moment) string { return queue(m.op.Progress) },
	"job":           func(m moment) string { return m.op.Job },
	"enclosed":      func(m moment) string { return strconv.FormatBool(m.op.Enclosed) },
	"style":         func(m moment) string { return m.op.Style.String() },
	"dialect":       func(m moment) string { return m.op.Dialect },
	"cue":           func(m moment) string { return m.op.Cue },
	"status-url":    func(m moment) string { return m.op.StatusURL },
	"result-url":    func(m moment) string { return m.op.ResultURL },
	"next":          func(m moment) string { return line(m.op.Next) },
	"next-body":     func(m moment) string { return string(m.op.Next.Body) },
	"if-none-match": func(m moment) string { return m.op.Next.Header.Get("If-None-Match") },
	"etag":          func(m moment) string { return m.op.ETag },
	"floor":         func(m moment) string { return floor(m) },
	"hint":          func(m moment) string { return m.op.HintNote.String() },
	"remembered":    func(m moment) string { return remembered(m.op) },
	"doubtful":      func(m moment) string { return strconv.FormatBool(m.op.Doubtful) },
	"named-by":      func(m moment) string { return m.op.NamedBy },
	"problem":       func(m moment) string { return m.op.Why() },
	"lost":          func(m moment) string { return strconv.FormatBool(m.op.Lost()) },
	"polls":         func(m moment) string { return strconv.Itoa(m.op.Polls) },
	"misses":        func(m moment) string { return strconv.Itoa(m.op.Misses) },
	"moves":         func(m moment) string { return strconv.Itoa(m.op.Moves) },
	"hops":          func(m moment) string { return strconv.Itoa(m.op.Hops) },
	"resends":       func(m moment) string { return strconv.Itoa(m.op.Resends) },
	"cancel-sent":   func(m moment) string { return strconv.FormatBool(m.op.CancelSent) },
	"answer":        func(m moment) string { return m.answer },
	"cancel":        func(m moment) string { return line(m.cancel) },
}

// compare returns what is not as it should be: "phase: got poll, want fetch".
func (m moment) compare(wants []Want) []string {
	var wrong []string
	for _, w := range wants {
		if w.Key == "next-header" {
			wrong = append(wrong, m.compareHeader(w.Value)...)
			continue
		}
		got := facts[w.Key](m)
		if got == "" {
			got = "none"
		}
		if got != w.Value {
			wrong = append(wrong, fmt.Sprintf("%s: got %s, want %s", w.Key, got, w.Value))
		}
	}
	return wrong
}

// compareHeader looks for one header line of the next request; "none" wants that it has no header.
func (m moment) compareHeader(want string) []string {
	name, value, _ := strings.Cut(want, ":")
	got := m.op.Next.Header.Values(name)
	switch {
	case want == "none" && len(m.op.Next.Header) == 0:
		return nil
	case want == "none":
		return []string{fmt.Sprintf("next-header: got %v, want none", m.op.Next.Header)}
	case strings.Join(got, ", ") == strings.TrimSpace(value) && len(got) > 0:
		return nil
	}
	return []string{fmt.Sprintf("next-header: got %s: %s, want %s", http.CanonicalHeaderKey(name), strings.Join(got, ", "), want)}
}

func line(r lro.Request) string { return strings.TrimSpace(r.Method + " " + r.URL) }

func percent(p lro.Progress) string {
	if !p.Known {
		return ""
	}
	return strconv.FormatFloat(p.Percent, 'g', -1, 64)
}

func queue(p lro.Progress) string {
	if !p.InQueue {
		return ""
	}
	return strconv.Itoa(p.Queue)
}

func floor(m moment) string {
	if m.op.NotBefore.IsZero() {
		return ""
	}
	return m.op.NotBefore.Sub(m.at).String()
}

func remembered(op lro.Operation) string {
	if !op.Hinted {
		return ""
	}
	return op.Hint.String()
}
