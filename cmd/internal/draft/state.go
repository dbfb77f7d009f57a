package draft

import (
	"fmt"
	"github.com/asyncctl/asyncctl/internal/jsontext"
	"net/http"
	"slices"
	"strconv"
	"strings"

	"github.com/asyncctl/asyncctl/poller/lro"
)

// stateNames are members that usually hold the state, the likeliest first.
var stateNames = []string{"status", "state", "phase", "stage", "provisioningstate", "runtimestatus", "processing_status", "jobstatus", "taskstate", "lifecyclestate", "life_cycle_state"}

func lastName(place string) string {
	return strings.ToLower(place[strings.LastIndexByte(place, '/')+1:])
}

// rank says how likely a member holds the state, the less the likelier; -1: it does not.
func rank(place string) int {
	name := lastName(place)
	if i := slices.Index(stateNames, name); i >= 0 {
		return i*10 + strings.Count(place, "/")
	}
	if strings.HasSuffix(name, "status") || strings.HasSuffix(name, "state") || strings.HasSuffix(name, "phase") {
		return 200 + strings.Count(place, "/")
	}
	if name == "done" || name == "finished" || name == "completed" || name == "is_running" || name == "running" {
		return 300 + strings.Count(place, "/")
	}
	return -1
}

// state says where the state stands and what its words mean.
func (l *learner) state() {
	polls := l.c.polls
	if len(polls) == 0 {
		l.off("state", "{at: /status, words: {running: running, done: succeeded}}", "not seen: no answer at the status URL was")
		return
	}
	last := polls[len(polls)-1]
	best := -1
	for i := len(polls) - 1; i >= 0; i-- {
		for _, m := range leaves(polls[i].Content) {
			r := rank(m.place)
			if r < 0 || len(m.text) > 40 || m.isText && strings.ContainsAny(m.text, "/\n") || !m.isText && r < 300 && !isDigits(m.text) {
				continue
			}
			// A member of the result is none: the state stands in an answer that is not the last, if there is one.
			if i == len(polls)-1 && len(polls) > 1 && !l.everBefore(m.place) {
				continue
			}
			if best < 0 || r < best {
				best, l.at = r, m.place
			}
		}
	}
	if l.at == "" {
		l.byStatus(last)
		return
	}
	for _, x := range append([]Exchange{l.c.submit}, polls...) {
		if word, ok := textAt(x.Content, l.at); ok && !slices.Contains(l.seen, word) {
			l.seen = append(l.seen, word)
		}
	}
	l.more()
	if _, still := textAt(last.Content, l.at); !still && last.Status/100 == 2 && len(polls) > 1 {
		// The last answer is the result itself.
		l.say("state", flow("at", Quote(l.at), "words", l.words(false), "absent", "succeeded"), "the answers at the status URL; the last has no such member")
		return
	}
	l.say("state", flow("at", Quote(l.at), "words", l.words(last.Status/100 == 2)), "the answers at the status URL")
}

// more takes the words of the operations that were begun to fail or to be cancelled.
func (l *learner) more() {
	for _, x := range []struct {
		state string
		x     *Exchange
	}{{"failed", l.c.failed}, {"cancelled", l.c.cancelled}} {
		if x.x == nil {
			continue
		}
		if word, ok := textAt(x.x.Content, l.at); ok && !slices.Contains(l.seen, word) {
			l.extra = append(l.extra, wordName(word), x.state)
		}
	}
}

func isDigits(s string) bool { return s != "" && strings.Trim(s, "0123456789") == "" }

func (l *learner) everBefore(place string) bool {
	return slices.ContainsFunc(l.c.polls[:len(l.c.polls)-1], func(x Exchange) bool {
		_, ok := textAt(x.Content, place)
		return ok
	})
}

// byStatus says that the HTTP status is the state.
func (l *learner) byStatus(last Exchange) {
	if slices.ContainsFunc(l.c.polls, func(x Exchange) bool { return x.Status == http.StatusAccepted }) && last.Status == http.StatusOK {
		l.coded = true
		l.say("state", "{http: {202: running, 200: succeeded}}", "the HTTP statuses at the status URL")
		return
	}
	if last.Status/100 == 3 || last.Status == http.StatusAccepted {
		return // HTTP says it
	}
	l.off("state", "{at: /status, words: {running: running, done: succeeded}}", "not seen: no member of the answers looks like a state")
}

// words returns the words in order. ended says that the last one was said of an end.
func (l *learner) words(ended bool) string {
	var pairs []string
	for i, word := range l.seen {
		state := meaning(word)
		last := i == len(l.seen)-1 && ended
		switch {
		case last && l.done == "" && l.outcomeAt() != "":
			state = "done"
		case last && state == "":
			state = "succeeded"
		case !last && (state == "" || lro.Word(word).Terminal()):
			state = "running"
		}
		pairs = append(pairs, wordName(word), state)
	}
	return flow(append(pairs, l.extra...)...)
}

// wordName returns a word as the name of a member.
func wordName(word string) string {
	if _, err := strconv.Atoi(word); err == nil || word == "true" || word == "false" {
		return quoted(word)
	}
	return Quote(word)
}

// meaning returns the state word for a server's word, by the general vocabulary; "" for an unlisted one.
func meaning(word string) string {
	switch s := lro.Word(word); {
	case s != lro.StateUnknown:
		return s.String()
	case word == "true":
		return "succeeded"
	case word == "false":
		return "running"
	}
	return ""
}

// outcomeNames are members that say how it came out.
var outcomeNames = []string{"conclusion", "outcome", "result", "result_state", "resultstate", "result_status"}

// outcomeAt returns the place of a member that only the last answer has, and that says how it came out.
func (l *learner) outcomeAt() string {
	polls := l.c.polls
	if len(polls) < 2 || l.at == "" {
		return ""
	}
	for _, m := range leaves(polls[len(polls)-1].Content) {
		if m.isText && slices.Contains(outcomeNames, lastName(m.place)) && !l.everBefore(m.place) && !strings.ContainsAny(m.text, " /") && len(m.text) < 40 {
			return m.place
		}
	}
	return ""
}

func (l *learner) outcome() {
	at := l.outcomeAt()
	if at == "" {
		return
	}
	l.done = at
	word, _ := textAt(l.c.polls[len(l.c.polls)-1].Content, at)
	state := meaning(word)
	if state == "" {
		state = "succeeded"
	}
	l.say("outcome", flow("at", Quote(at), "words", flow(wordName(word), state)), "a member that only the last answer has")
}

// progress says where the percentage stands: a number that only grows.
func (l *learner) progress() {
	polls := l.c.polls
	if len(polls) < 2 {
		return
	}
	for _, m := range leaves(polls[0].Content) {
		lower := strings.ToLower(m.place)
		if m.isText || !strings.Contains(lower, "percent") && !strings.Contains(lower, "progress") && !strings.HasSuffix(lower, "/pct") {
			continue
		}
		at, grows := -1.0, true
		for _, x := range polls {
			v, _ := jsontext.Value(x.Content).At(m.place)
			if n, ok := v.Number(); ok {
				grows, at = grows && n >= at && n <= 100, n
			}
		}
		if grows && at > 0 {
			l.pct = m.place
			scale := ""
			if at <= 1 {
				scale = "100"
			}
			l.say("progress", flow("at", Quote(m.place), "scale", scale), fmt.Sprintf("a number that only grows, to %g", at))
			return
		}
	}
}
