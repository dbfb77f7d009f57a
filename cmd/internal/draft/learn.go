package draft

import (
	"errors"
	"fmt"
	"github.com/asyncctl/asyncctl/internal/jsontext"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"

	"github.com/asyncctl/asyncctl/poller/lro"
)

// conversation is what was seen of one operation.
type conversation struct {
	submit Exchange
	polls  []Exchange // answers at the status URL, in order
	status string     // the status URL
	header string     // the field that named it
	member string     // the place of the URL, or of the id, in the answer to the submit
	id     string     // the value at member, where that is no URL
	result *Exchange
	cancel *Exchange
	slow   int // answers with 429

	cancelled, failed, invalid *Exchange
	failing, cancelling        *conversation
}

// Options say what a person knows beforehand.
type Options struct {
	// Name is the API's; empty: made of the host. Operation is the operation's; empty: made of the path.
	Name, Operation string
	// URL is where the API is; empty: the origin of the submit.
	URL string
	// Cancel, Fail and Invalid are conversations that were begun for that: an operation that was cancelled,
	// one that failed, and a submit that was refused.
	Cancel, Fail, Invalid []Exchange
}

// ErrNothing says that no operation was found in what was seen.
var ErrNothing = errors.New("no operation was seen: no answer names a URL or an id that a later request asks for")

// Learn makes a draft of a conversation.
func Learn(all []Exchange, o Options) (*Draft, error) {
	c := find(all)
	if c == nil {
		return nil, ErrNothing
	}
	d := &Draft{Name: o.Name, secrets: secrets(slices.Concat(all, o.Cancel, o.Fail, o.Invalid)), URL: strings.TrimSuffix(o.URL, "/"), Notes: []string{
		"An API file, made from what was seen. See \"asyncctl help api-file\" for what the fields mean, and run",
		"\"asyncctl api check\" after each change.",
	}}
	origin := lro.Origin(c.submit.URL)
	if d.URL == "" || !strings.HasPrefix(c.submit.URL, d.URL) {
		d.URL = origin
	}
	if d.Name == "" {
		d.Name = nameOf(origin)
	}
	if k := find(o.Cancel); k != nil && k.cancel != nil {
		called := *k.cancel
		called.URL = c.status + strings.TrimPrefix(called.URL, k.status)
		c.cancel, c.cancelling = &called, k
		if len(k.polls) > 0 {
			c.cancelled = &k.polls[len(k.polls)-1]
		}
	}
	if k := find(o.Fail); k != nil && len(k.polls) > 0 {
		c.failed, c.failing = &k.polls[len(k.polls)-1], k
	}
	if len(o.Invalid) > 0 && o.Invalid[0].Status/100 == 4 {
		c.invalid = &o.Invalid[0]
	}
	l := learner{c: c, d: d}
	l.credentials()
	l.address()
	l.state()
	l.progress()
	l.outcome()
	l.result()
	l.cancel()
	l.operation(o.Operation)
	l.rest()
	return d, nil
}

// find returns the first submit whose answer names what is asked for later.
func find(all []Exchange) *conversation {
	for _, accepted := range []bool{true, false} {
		for i, x := range all {
			if x.Status/100 != 2 || accepted != (x.Status == http.StatusAccepted) || x.Method == http.MethodGet && !accepted || x.Method == http.MethodOptions {
				continue
			}
			if c := follow(x, all[i+1:]); c != nil {
				return c
			}
		}
	}
	return nil
}

// follow returns the conversation that an exchange begins.
func follow(x Exchange, later []Exchange) *conversation {
	c := &conversation{submit: x}
	for _, name := range []string{"Operation-Location", "Azure-Asyncoperation", "Location", "Content-Location"} {
		if target, err := lro.Resolve(x.URL, x.Response.Get(name)); err == nil && x.Response.Get(name) != "" && asks(later, target) {
			c.header, c.status = name, target
			break
		}
	}
	members := leaves(x.Content)
	for _, m := range members {
		if c.status != "" {
			break
		}
		if target, err := lro.Resolve(x.URL, m.text); err == nil && strings.ContainsAny(m.text, "/") && asks(later, target) && target != x.URL {
			c.member, c.status = m.place, target
		}
	}
	for _, m := range members {
		if c.status != "" {
			break
		}
		if target := byID(later, m.text, x.URL); target != "" && (len(m.text) > 3 || idName(m.place)) {
			c.member, c.id, c.status = m.place, m.text, target
		}
	}
	if c.status == "" {
		return nil
	}
	for i, y := range later {
		switch {
		case y.URL == c.status && y.Method == http.MethodGet && y.Status == http.StatusTooManyRequests:
			c.slow++
		case y.URL == c.status && y.Method == http.MethodGet && y.Status != http.StatusNotModified:
			c.polls = append(c.polls, y)
		case y.URL == c.status && y.Method == http.MethodDelete, strings.HasPrefix(y.URL, c.status) && y.Method != http.MethodGet && strings.Contains(y.URL[len(c.status):], "cancel"):
			c.cancel = &later[i]
		}
	}
	if len(c.polls) > 0 {
		c.fetched(later)
	}
	return c
}

// fetched finds the request for the result: one of a URL that is new in the last answer.
func (c *conversation) fetched(later []Exchange) {
	last := c.polls[len(c.polls)-1]
	named := []string{last.Response.Get("Location")}
	for _, m := range leaves(last.Content) {
		named = append(named, m.text)
	}
	for i, y := range later {
		for _, ref := range named {
			if target, err := lro.Resolve(last.URL, ref); ref != "" && err == nil && target == y.URL && y.URL != c.status && y.Method == http.MethodGet {
				c.result = &later[i]
				return
			}
		}
	}
}

func asks(later []Exchange, target string) bool {
	return slices.ContainsFunc(later, func(y Exchange) bool { return y.URL == target && y.Method == http.MethodGet })
}

// byID returns the first later URL in which a value is a segment of the path, or a value of the query.
func byID(later []Exchange, id, submit string) string {
	if id == "" {
		return ""
	}
	for _, y := range later {
		u, err := url.Parse(y.URL)
		if err != nil || y.Method != http.MethodGet || lro.Origin(y.URL) != lro.Origin(submit) {
			continue
		}
		if slices.Contains(strings.Split(u.Path, "/"), id) {
			return y.URL
		}
		for _, values := range u.Query() {
			if slices.Contains(values, id) {
				return y.URL
			}
		}
	}
	return ""
}

func idName(place string) bool {
	last := strings.ToLower(place[strings.LastIndexByte(place, '/')+1:])
	return strings.HasSuffix(last, "id") || strings.HasSuffix(last, "name") || strings.HasSuffix(last, "key")
}

// learner fills a draft.
type learner struct {
	c *conversation
	d *Draft

	at     string   // the place of the state
	seen   []string // its words in order
	extra  []string // words and states of operations that were begun to end otherwise
	pct    string   // the place of the progress
	link   string   // the place of the result's URL
	done   string   // the outcome's place
	coded  bool     // the HTTP status says the state
	inline bool
}

func (l *learner) say(name, value, guess string) {
	l.d.Dialect = append(l.d.Dialect, Line{Name: name, Value: value, Guess: guess})
}

func (l *learner) off(name, value, why string) {
	l.d.Dialect = append(l.d.Dialect, Line{Name: name, Value: value, Off: why})
}

// address says how the status is found.
func (l *learner) address() {
	c := l.c
	if c.submit.Status != http.StatusAccepted {
		l.say("submit", flow("accept", "["+strconv.Itoa(c.submit.Status)+"]"), "the answer to the submit")
	}
	switch {
	case c.header != "":
		l.say("status", "GET {{header:"+c.header+"}}", "the field that was asked for then")
	case c.id == "":
		l.say("status", "GET {{"+c.member+"}}", "the member that was asked for then")
	default:
		l.say("job", Quote(c.member), "the value in the status URL")
		l.say("status", request("GET", l.below(strings.ReplaceAll(c.status, c.id, "{{job}}"))), "the URL that was asked for then")
	}
}

// below returns a URL as the file has it.
func (l *learner) below(target string) string {
	rest := strings.TrimPrefix(target, l.d.URL)
	path, query, _ := strings.Cut(rest, "?")
	var kept []string
	for _, pair := range strings.Split(query, "&") {
		name, _, _ := strings.Cut(pair, "=")
		if pair != "" && !slices.ContainsFunc(l.d.Query, func(q Line) bool { return q.Name == name && q.Off == "" }) {
			kept = append(kept, pair)
		}
	}
	if len(kept) > 0 {
		path += "?" + strings.Join(kept, "&")
	}
	return path
}

// result says where the result is.
func (l *learner) result() {
	if len(l.c.polls) == 0 {
		l.off("result", "GET {{/resultUrl}}", "not seen: no answer at the status URL was")
		return
	}
	last := l.c.polls[len(l.c.polls)-1]
	before := map[string]bool{}
	for _, x := range append([]Exchange{l.c.submit}, l.c.polls[:len(l.c.polls)-1]...) {
		for _, m := range leaves(x.Content) {
			before[m.text] = true
		}
	}
	if last.Status/100 == 3 {
		return // HTTP says where
	}
	for _, m := range leaves(last.Content) {
		target, err := lro.Resolve(last.URL, m.text)
		if err != nil || !strings.Contains(m.text, "/") || !looksLikeURL(m.text) || before[m.text] || target == l.c.status || m.place == l.at {
			continue
		}
		l.link = m.place
		if l.c.result != nil && target == l.c.result.URL {
			l.say("result", "GET {{"+m.place+"}}", "the URL that was asked for last")
		} else {
			l.say("result", "GET {{"+m.place+"}}", "a URL that is new in the last answer")
		}
		return
	}
	for _, name := range []string{"result", "output", "response", "analyzeResult"} {
		if v, ok := jsontext.Value(last.Content).At("/" + name); ok && !v.Empty() && v.IsObject() && l.at != "" {
			l.inline = true
			l.say("result", "{inline: /"+name+"}", "a member that is new in the last answer")
			return
		}
	}
}

func looksLikeURL(s string) bool {
	return (strings.HasPrefix(s, "/") || strings.HasPrefix(s, "http://") || strings.HasPrefix(s, "https://")) && !strings.ContainsAny(s, " \n")
}

// cancel says how an operation is cancelled, if that was seen.
func (l *learner) cancel() {
	c := l.c.cancel
	if c == nil || c.Status/100 != 2 {
		l.off("cancel", "DELETE {{status}}", "not seen; write none if there is no such request")
		return
	}
	if c.URL == l.c.status {
		l.say("cancel", c.Method+" {{status}}", "")
		return
	}
	l.say("cancel", c.Method+" {{status}}"+strings.TrimPrefix(c.URL, l.c.status), "")
}

// rest says what was not seen.
func (l *learner) rest() {
	if l.c.slow > 0 {
		l.d.More = append(l.d.More, Line{Name: "limits", Value: "{rate: 1/s}", Off: fmt.Sprintf("%d answers were 429 Too Many Requests", l.c.slow)})
		return
	}
	l.d.More = append(l.d.More, Line{Name: "limits", Value: "{rate: 5/s, parallel: 10}", Off: "not seen: what the API asks of its clients"})
}

// nameOf makes a name of an origin.
func nameOf(origin string) string {
	u, err := url.Parse(origin)
	if err != nil {
		return "api"
	}
	host := u.Hostname()
	parts := strings.Split(host, ".")
	word := parts[0]
	if len(parts) > 2 && (word == "api" || word == "www") {
		word = parts[1]
	}
	word = strings.Trim(strings.Map(func(r rune) rune {
		if r >= 'a' && r <= 'z' || r >= '0' && r <= '9' || r == '-' {
			return r
		}
		return -1
	}, strings.ToLower(word)), "-0123456789")
	if word == "" {
		return "api"
	}
	return word
}
