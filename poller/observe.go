package poller

import (
	"bytes"
	"fmt"
	"strconv"
	"strings"
	"time"

	"github.com/asyncctl/asyncctl/internal/show"
	"github.com/asyncctl/asyncctl/poller/lro"
)

func (v *conversation) emit(e Event) {
	if v.c.Observe == nil || v.quiet {
		return
	}
	e.At, e.Op, e.Operation = time.Now(), v.number, v.op
	v.c.watched.Lock()
	defer v.c.watched.Unlock()
	v.c.Observe(e)
}

func (v *conversation) note(code, format string, args ...any) {
	v.emit(Event{Note: &Note{Code: code, Text: fmt.Sprintf(format, args...)}})
}

func (v *conversation) observeReply(phase string, req lro.Request, x *exchange) {
	if v.c.Observe == nil {
		return
	}
	op := v.op
	e := &Reply{
		Phase: phase, Status: x.reply.Status, TookMS: v.took.Milliseconds(),
		Next: op.Phase.String(), State: op.State.String(), Native: op.Native, Message: op.Progress.Message,
		StatusURL: show.URL(op.StatusURL), ResultURL: show.URL(op.ResultURL),
		Polls: op.Polls, Misses: op.Misses, Hint: op.HintNote.String(),
	}
	if op.Dialect != lro.GenericName {
		e.Dialect, e.Cue = op.Dialect, op.Cue
	}
	if x.reply.Err != nil {
		e.Error = x.reply.Err.Error()
	}
	if op.Progress.Known {
		percent := op.Progress.Percent
		e.Percent = &percent
	}
	if op.Progress.InQueue {
		place := op.Progress.Queue
		e.Queue = &place
		if e.Message == "" {
			e.Message = fmt.Sprintf("place %d in the queue", place)
		}
	}
	if op.Misses > 0 && !op.Done() {
		e.Why = whyMissed(x.reply)
	}
	e.Times = readTimes(x.reply)
	v.clock.reply(phase, op, x.reply, e.Times, v.took)
	if wait, ok := lro.RetryAfter(x.reply); ok {
		e.HintMS = wait.Milliseconds()
	}
	if op.HintNote == lro.HintCapped || op.HintNote == lro.HintIgnored {
		e.HintText = x.reply.Header.Get("Retry-After")
	}
	v.emit(Event{Reply: e})
}

// whyMissed says what was wrong with an answer that is asked for again.
func whyMissed(r lro.Reply) string {
	switch r.Status / 100 {
	case 2:
		if said := lro.ReadProblem(r).String(); said != "" {
			return said
		}
		return "the answer cannot be read as a status"
	case 4:
		return lro.ReadProblem(r).String()
	}
	return ""
}

// observeChanges reports what a person should know about the step from before to now.
func (v *conversation) observeChanges(before lro.Operation, x *exchange) {
	op := v.op
	if before.StatusURL != "" && op.StatusURL != before.StatusURL {
		v.note("status-url-moved", "the server moved the status URL to %s", show.URL(op.StatusURL))
	}
	if op.State == lro.StatePartial && op.State != before.State {
		v.note("partial", "the server says that only a part of the operation succeeded")
	}
	switch op.HintNote {
	case lro.HintCapped:
		v.note("hint-capped", "Retry-After %.40q is beyond belief or beyond your limit: waiting %v", x.reply.Header.Get("Retry-After"), time.Until(op.NotBefore).Round(time.Second))
	case lro.HintIgnored:
		v.note("hint-ignored", "Retry-After %.40q is neither a number of seconds nor a date in the future: ignored", x.reply.Header.Get("Retry-After"))
	}
	if op.Native != before.Native && op.Native != "" && !op.Done() && lro.Word(op.Native) == lro.StateUnknown && !listed(op) {
		v.note("unknown-state", "the state %.60q is not a known word: taken as running", op.Native)
	}
	if op.Doubtful && !before.Doubtful {
		v.note("doubtful", "whether this answer is a status is a guess: nothing is claimed of it")
	}
}

func (v *conversation) observeEnd() {
	v.emit(Event{End: &End{
		Outcome: v.op.Outcome.String(), Reason: v.op.Reason, Problem: v.op.Problem, Detail: v.op.Detail,
		Polls: v.op.Polls, Early: v.early, Timing: v.clock.timing(time.Now()),
	}})
}

// listed reports whether the description of the API lists the word for the state.
func listed(op lro.Operation) bool {
	return op.Described != nil && bytes.Contains(bytes.ToLower(op.Described.Rules), []byte(strings.ToLower(strconv.Quote(op.Native))+":"))
}
