package dialect

import (
	"fmt"
	"net/http"
	"slices"
	"strconv"
	"strings"

	"github.com/asyncctl/asyncctl/internal/hole"
	"github.com/asyncctl/asyncctl/poller/lro"
)

// FieldError says what is wrong with one field of [Rules].
type FieldError struct {
	// Field is the field's path as API files have it: "status.url[1]", "state.words.done".
	Field string
	Err   error
}

func (e *FieldError) Error() string { return e.Field + ": " + e.Err.Error() }

// Unwrap returns the cause.
func (e *FieldError) Unwrap() error { return e.Err }

// check collects what is wrong.
type check struct{ found []FieldError }

func (c *check) add(field, format string, args ...any) {
	c.found = append(c.found, FieldError{field, fmt.Errorf(format, args...)})
}

// Check returns everything that is wrong with the rules; nothing for rules that can be used.
func (d Rules) Check() []FieldError {
	var c check
	switch {
	case d.Name == "" || len(d.Name) > longestWord || strings.Trim(d.Name, "abcdefghijklmnopqrstuvwxyz0123456789-") != "":
		c.add("name", "it must be a word of lower-case letters, digits and hyphens")
	case d.Name == "auto" || d.Name == lro.GenericName:
		c.add("name", "%q has a meaning of its own; choose another", d.Name)
	}
	if d.Like != "" {
		all, _ := d.over()
		if _, known := Base(d.Like); !known {
			c.add("like", "there is no built-in dialect %q to start from", d.Like)
			return c.found
		}
		d = all
	}
	c.submit(&d)
	c.poll(&d)
	c.state(&d)
	c.outcome(&d)
	c.result(&d)
	c.progress(&d)
	c.cancel(&d)
	return c.found
}

func (c *check) submit(d *Rules) {
	c.header("submit.headers", d.Header)
	c.query("submit.query", d.Query)
	for i, status := range d.Accept {
		if status/100 != 2 {
			c.add(index("submit.accept", i), "%d is not a success: an operation begins with a 2xx", status)
		}
	}
	if len(d.Accept) > 0 && len(d.Status) == 0 && !d.Poll.Repeat && d.Like == "" {
		c.add("submit.accept", "with no status url an answer other than 202 names nothing to poll")
	}
	if d.Key != "" && d.Key != KeyNone && hole.CheckPointer(d.Key) != nil && hole.CheckField("header:"+d.Key) != nil {
		c.add("submit.key", "%q is neither the name of a header field, nor /member of the content, nor none", d.Key)
	}
	c.templates("status.url", d.Status)
	for i, name := range d.Carry {
		if name == "" || strings.ContainsAny(name, "&=#? ") {
			c.add(index("status.carry", i), "%q is not the name of a query parameter", name)
		}
	}
	if d.Job != "" {
		c.place("job", d.Job)
	} else if usesJob(d) {
		c.add("job", "{{job}} is used, and nothing says where it is to be found")
	}
}

// usesJob reports whether a template needs the server's name for the operation.
func usesJob(d *Rules) bool {
	texts := slices.Concat(d.Status, d.Handover, d.Result, d.Cancel.URL, []string{d.Poll.Body, d.Fetch.Body, d.Cancel.Body})
	return slices.ContainsFunc(texts, func(s string) bool { return slices.Contains(hole.Names(s), "job") })
}

func (c *check) poll(d *Rules) {
	p := d.Poll
	c.method("status.method", p.Method)
	c.header("status.headers", p.Header)
	c.query("status.query", p.Query)
	c.body("status.json", p.Body)
	if p.Body != "" && (p.Method == "" || p.Method == http.MethodGet) {
		c.add("status.json", "a GET has no content: give status.method too")
	}
	if p.Repeat && (p.Method != "" || p.Body != "" || len(d.Status) > 0) {
		c.add("status.repeat", "the submit is sent again as it was: that leaves no room for url, method and content")
	}
	if p.Wait != "" && !strings.Contains(p.Wait, "={{seconds}}") && !strings.Contains(p.Wait, "={{milliseconds}}") {
		c.add("status.wait", "%q does not say how long: write name={{seconds}} or name={{milliseconds}}", p.Wait)
	}
	if p.MaxWait < 0 {
		c.add("status.max-wait", "%d is negative", p.MaxWait)
	}
	c.templates("status.next", d.Handover)
}

func (c *check) state(d *Rules) {
	if d.State != "" {
		c.place("state.at", d.State)
	}
	ends := d.Others == lro.StateUnknown || over(d.Others) || over(d.Absent) || d.State == ""
	for _, word := range sorted(d.Words) {
		field := "state.words." + word
		switch state := d.Words[word]; {
		case word != strings.ToLower(word) || word == "" || len(word) > longestWord:
			c.add(field, "a word is written in lower case and has 1 to %d bytes", longestWord)
		case state == lro.StateUnknown || state == Undecided:
			c.add(field, "it is no state: leave the word out")
		default:
			ends = ends || over(state)
		}
	}
	if d.State == "" && len(d.Words) > 0 {
		c.add("state.words", "there are words, and no state.at that says where they stand")
	}
	for _, status := range sorted(d.Statuses) {
		field := "state.http." + strconv.Itoa(status)
		switch state := d.Statuses[status]; {
		case status < 200 || status > 599:
			c.add(field, "%d is not a status of an answer", status)
		case slices.Contains(d.Gone, status):
			c.add(field, "%d stands in state.gone as well", status)
		case over(state):
			ends = true
		}
	}
	for i, status := range d.Gone {
		if status < 400 || status > 499 {
			c.add(index("state.gone", i), "%d is not a 4xx", status)
		}
	}
	if !ends {
		c.add("state.words", "no word is an end, and state.others says that all others go on: it would be polled for ever")
	}
}

// over reports whether a state ends an operation, perhaps with the help of the outcome.
func over(s lro.State) bool { return s != Undecided && s.Terminal() }

// outcome checks how it is said how an operation came out.
func (c *check) outcome(d *Rules) {
	o := d.Outcome
	if o.At != "" {
		c.place("outcome.at", o.At)
	}
	for _, word := range sorted(o.Words) {
		field := "outcome.words." + word
		switch state := o.Words[word]; {
		case word != strings.ToLower(word) || word == "" || len(word) > longestWord:
			c.add(field, "a word is written in lower case and has 1 to %d bytes", longestWord)
		case state > lro.StateCancelled:
			c.add(field, "it says nothing: leave the word out")
		}
	}
	if o.At == "" && (len(o.Words) > 0 || o.Others != lro.StateUnknown || o.Absent != lro.StateUnknown) {
		c.add("outcome", "there are words, and no outcome.at that says where they stand")
	}
	if o.At != "" || d.Like != "" && d.Outcome.At == "" && len(d.Words) == 0 {
		return
	}
	for _, word := range sorted(d.Words) {
		if d.Words[word] == Done {
			c.add("state.words."+word, "done says that it is over and not how: say where that stands in outcome.at")
		}
	}
	if d.Others == Done || d.Absent == Done || slices.ContainsFunc(sorted(d.Statuses), func(s int) bool { return d.Statuses[s] == Done }) {
		c.add("outcome", "done is used, and outcome.at does not say where the outcome stands")
	}
}

func (c *check) result(d *Rules) {
	c.templates("result.url", d.Result)
	c.method("result.method", d.Fetch.Method)
	c.header("result.headers", d.Fetch.Header)
	c.body("result.json", d.Fetch.Body)
	if d.Inline != "" {
		c.pointer("result.inline", d.Inline)
	}
	if d.Files != "" {
		c.pointer("result.files", d.Files)
	}
	ways := 0
	for _, given := range []bool{len(d.Result) > 0, d.Files != "", d.NoResult} {
		if given {
			ways++
		}
	}
	if ways > 1 {
		c.add("result", "a request, files and none exclude each other")
	}
	for i, p := range d.Failure {
		c.place(index("failure", i), p)
	}
	for i, p := range d.Partial {
		c.place(index("partial", i), p)
	}
}

func (c *check) progress(d *Rules) {
	for _, p := range []struct{ field, place string }{
		{"progress.at", d.Progress}, {"progress.of", d.Total}, {"progress.message", d.Message}, {"progress.queue", d.Queue},
	} {
		if p.place != "" {
			c.place(p.field, p.place)
		}
	}
	switch {
	case d.Total != "" && d.Progress == "":
		c.add("progress.of", "there is a whole, and no progress.at for the part")
	case d.Total != "" && d.Scale != 0:
		c.add("progress.scale", "progress.of makes a ratio: nothing is left to scale")
	case d.Scale < 0:
		c.add("progress.scale", "%g is negative", d.Scale)
	}
}

func (c *check) cancel(d *Rules) {
	call := d.Cancel
	switch {
	case call.None && (call.Method != "" || len(call.URL) > 0):
		c.add("cancel", "a request and none exclude each other")
	case call.Method == "" && len(call.URL) == 0:
		return
	case call.Method == "":
		c.add("cancel.method", "it is missing")
	case len(call.URL) == 0:
		c.add("cancel.url", "it is missing")
	}
	c.method("cancel.method", call.Method)
	c.header("cancel.headers", call.Header)
	c.body("cancel.json", call.Body)
	c.templates("cancel.url", call.URL)
}

// pointer checks a JSON Pointer (RFC 6901, section 3).
func (c *check) pointer(field, p string) {
	if err := hole.CheckPointer(p); err != nil {
		c.found = append(c.found, FieldError{field, err})
	}
}

// place checks a place.
func (c *check) place(field, p string) {
	if err := hole.CheckPlace(p); err != nil {
		c.found = append(c.found, FieldError{field, err})
	}
}

// body checks the content of a request that follows the submit: what it may hold is known by then without
// an answer.
func (c *check) body(field, body string) {
	for _, name := range hole.Names(body) {
		if name != "job" && name != "status" && name != "submit" {
			c.add(field, "{{%s}} cannot stand in this content, which knows {{job}}, {{status}} and {{submit}}", name)
		}
	}
}

// method checks a request method; empty is one.
func (c *check) method(field, method string) {
	if strings.Trim(method, "ABCDEFGHIJKLMNOPQRSTUVWXYZ-") != "" {
		c.add(field, "%q is not a method: POST, PATCH, DELETE, ...", method)
	}
}

// barred are header fields that have no place in a dialect: those that frame the message, and those that
// hold credentials, which a file that is passed around is no place for.
var barred = []string{"Authorization", "Proxy-Authorization", "Cookie", "Host", "Content-Length", "Transfer-Encoding", "Connection", "Upgrade", "Te", "Trailer"}

func (c *check) header(field string, header map[string]string) {
	for _, name := range sorted(header) {
		at := field + "." + name
		switch canonical := http.CanonicalHeaderKey(name); {
		case name == "" || strings.ContainsFunc(name, func(r rune) bool { return !hole.TokenRune(r) }):
			c.add(at, "%q is not the name of a header field", name)
		case slices.Contains(barred, canonical):
			c.add(at, "%s has no place in a dialect; it would be sent for everybody who uses the dialect", canonical)
		case strings.ContainsFunc(header[name], func(r rune) bool { return r < ' ' || r == 0x7f }):
			c.add(at, "the value holds a control character")
		}
	}
}

func (c *check) query(field string, query map[string]string) {
	for _, name := range sorted(query) {
		if name == "" {
			c.add(field, "a parameter has no name")
		}
	}
}

func (c *check) templates(field string, templates []string) {
	for i, s := range templates {
		if err := hole.Check(s); err != nil {
			at := index(field, i)
			if len(templates) == 1 {
				at = field
			}
			c.found = append(c.found, FieldError{at, err})
		}
	}
}

func index(field string, i int) string { return fmt.Sprintf("%s[%d]", field, i) }

// sorted returns the keys of a map in order.
func sorted[K int | string, V any](m map[K]V) []K {
	keys := make([]K, 0, len(m))
	for k := range m {
		keys = append(keys, k)
	}
	slices.Sort(keys)
	return keys
}
