package render

import (
	"fmt"
	"strings"

	"github.com/asyncctl/asyncctl/poller"
	"github.com/asyncctl/asyncctl/poller/lro"
)

// maxSaid and maxWord bound a server's message and its word for a state, in columns.
const (
	maxSaid = 200
	maxWord = 40
)

// StateText says how an operation stands: "running 40%: copying".
func StateText(r poller.Reply) string {
	text := Clean(r.State)
	if r.Native != "" && !strings.EqualFold(r.Native, r.State) {
		text += " (" + glyphs{}.clip(Clean(r.Native), maxWord) + ")"
	}
	if r.Percent != nil {
		text += " " + Percent(*r.Percent)
	}
	if r.Message != "" {
		text += ": " + glyphs{}.clip(Clean(r.Message), maxSaid)
	}
	return text
}

// noteText returns a note with the flag that changes what it says.
func noteText(n poller.Note) string {
	if n.Code == "credentials-withheld" && n.Origin != "" {
		return n.Text + "; allow it with --trust-origin " + n.Origin
	}
	return n.Text
}

func replyText(r poller.Reply) string {
	var b strings.Builder
	if r.Error != "" {
		b.WriteString(Clean(r.Error))
	} else {
		fmt.Fprintf(&b, "HTTP %d, %s", r.Status, StateText(r))
	}
	switch r.Hint {
	case "taken", "capped":
		fmt.Fprintf(&b, ", Retry-After %s", Duration(milliseconds(r.HintMS)))
	}
	fmt.Fprintf(&b, " [%d ms]", r.TookMS)
	return b.String()
}

func transferText(t poller.Transfer) string {
	if t.Total > 0 {
		return fmt.Sprintf("receiving the result: %s of %s", Bytes(t.Bytes), Bytes(t.Total))
	}
	return "receiving the result: " + Bytes(t.Bytes)
}

var whys = map[string]string{
	"server": "the server asked for it", "pace": "the server does not say", "miss": "the last request failed transiently",
	"deadline": "the last poll before the deadline", "redirect": "the server asked for it before the redirect is followed",
}

// whyText says why a wait is as long as it is.
func whyText(why string) string {
	if text, ok := whys[why]; ok {
		return text
	}
	return Clean(why)
}

// reasonText explains why an operation ended as it did; a word that is not known explains itself.
func reasonText(e poller.End) string {
	outcome := lro.Lost
	if e.Outcome == lro.NotSent.String() {
		outcome = lro.NotSent
	}
	if text := e.Reason.TextOf(outcome); text != "" {
		return text
	}
	return Clean(string(e.Reason))
}

// ending is the word for how an operation ended for us. Who has interrupted the wait needs no riddle:
// "lost" is what programs are told.
func ending(e poller.End) string {
	if e.Reason == lro.Interrupted && e.Outcome != lro.NotSent.String() {
		return string(lro.Interrupted)
	}
	return e.Outcome
}

// Summary is the line that a finished operation leaves behind: "succeeded after 1m12s: 7 polls, 0
// early, lag at most 5s".
func Summary(e poller.End) string {
	text := fmt.Sprintf("%s after %s: %s, %d early", Clean(ending(e)), Duration(milliseconds(e.ElapsedMS)), Count(e.Polls, "poll"), e.Early)
	if e.JobMS != nil {
		text += ", job " + Duration(milliseconds(*e.JobMS))
	}
	if lag := LagText(e.Timing); lag != "" {
		text += ", lag " + lag
	}
	if e.Outcome == lro.Succeeded.String() || e.Reason == lro.ReasonNone || e.Reason == lro.Interrupted {
		return text
	}
	return text + " (" + Clean(string(e.Reason)) + ")"
}

// LagText is the detection lag as far as it is known: "at most 1.1s", "0.4s to 1.1s".
func LagText(t poller.Timing) string {
	switch {
	case t.LagFromMS != nil && t.LagToMS != nil && *t.LagFromMS > 0:
		return Duration(milliseconds(*t.LagFromMS)) + " to " + Duration(milliseconds(*t.LagToMS))
	case t.LagToMS != nil:
		return "at most " + Duration(milliseconds(*t.LagToMS))
	case t.MaxLagMS > 0:
		return "at most " + Duration(milliseconds(t.MaxLagMS))
	}
	return ""
}
