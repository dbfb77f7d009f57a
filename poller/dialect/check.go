package dialect

import (
	"fmt"
	"net/http"
	"slices"
	"strconv"
	"strings"

	"github.com/asyncctl/asyncctl/poller/lro"
)

// FieldError says what is wrong with one field of [Rules].
type FieldError struct {
	// Field is the field's path as descriptors have it: "status.url[1]", "state.words.done".
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
	c.submit(&d)
	c.poll(&d)
	c.state(&d)
	c.result(&d)
	c.cancel(&d)
	return c.found
}

func (c *check) submit(d *Rules) {
	c.header("submit.header", d.Header)
	c.query("submit.query", d.Query)
	for i, status := range d.Accept {
		if status/100 != 2 {
			c.add(index("submit.accept", i), "%d is not a success: an operation begins with a 2xx", status)
		}
	}
	if len(d.Accept) > 0 && len(d.Status) == 0 && !d.Poll.Repeat {
		c.add("submit.accept", "with no status.url an answer other than 202 names nothing to poll")
	}
	c.sources("status.url", d.Status)
	for i, name := range d.Carry {
		if name == "" || strings.ContainsAny(name, "&=#? ") {
			c.add(index("status.carry", i), "%q is not the name of a query parameter", name)
		}
	}
	switch {
	case d.Job == "":
	case strings.Contains(d.Job, "{"):
		c.add("status.job", "%q: a job is header:Name or a JSON Pointer, and no template", d.Job)
	default:
		c.sources("status.job", []string{d.Job})
	}
	if d.Job == "" && usesJob(d) {
		c.add("status.job", "{job} is used, and nothing says where it is to be found")
	}
}

// usesJob says whether a template needs the server's name for the operation.
func usesJob(d *Rules) bool {
	return slices.ContainsFunc(slices.Concat(d.Status, d.Handover, d.Result, []string{d.Poll.Body, d.Cancel.URL, d.Cancel.Body}), func(s string) bool {
		return strings.Contains(s, "{job}")
	})
}

func (c *check) poll(d *Rules) {
	p := d.Poll
	c.method("poll.method", p.Method)
	c.header("poll.header", p.Header)
	c.query("poll.query", p.Query)
	if p.Body != "" && (p.Method == "" || p.Method == http.MethodGet) {
		c.add("poll.body", "a GET has no content: give poll.method too")
	}
	if p.Repeat && (p.Method != "" || p.Body != "" || len(d.Status) > 0) {
		c.add("poll.repeat", "the submit is sent again as it was: that leaves no room for status.url, poll.method and poll.body")
	}
	if p.Wait != "" && !strings.Contains(p.Wait, "={seconds}") && !strings.Contains(p.Wait, "={milliseconds}") {
		c.add("poll.wait", "%q does not say how long: write name={seconds} or name={milliseconds}", p.Wait)
	}
	if p.MaxWait < 0 {
		c.add("poll.max-wait", "%d is negative", p.MaxWait)
	}
	c.sources("poll.handover", d.Handover)
}

func (c *check) state(d *Rules) {
	c.pointer("state.at", d.State)
	ends := d.Others == lro.StateUnknown || d.Others.Terminal() || len(d.Result) > 0 && d.State == ""
	for _, word := range sorted(d.Words) {
		field := "state.words." + word
		switch state := d.Words[word]; {
		case word != strings.ToLower(word) || word == "" || len(word) > longestWord:
			c.add(field, "a word is written in lower case and has 1 to %d bytes", longestWord)
		case state == lro.StateUnknown:
			c.add(field, "unknown is no state: leave the word out")
		default:
			ends = ends || state.Terminal()
		}
	}
	if d.State == "" && len(d.Words) > 0 {
		c.add("state.words", "there are words, and no state.at that says where they stand")
	}
	if d.Others.Terminal() {
		c.add("state.others", "a word that nobody knows cannot be the end (%s)", d.Others)
	}
	for _, status := range sorted(d.Statuses) {
		field := "state.http." + strconv.Itoa(status)
		switch state := d.Statuses[status]; {
		case status < 200 || status > 599:
			c.add(field, "%d is not a status of an answer", status)
		case slices.Contains(d.Gone, status):
			c.add(field, "%d stands in state.gone as well", status)
		case state.Terminal():
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

func (c *check) result(d *Rules) {
	c.sources("result.url", d.Result)
	c.pointer("result.inline", d.Inline)
	c.pointers("result.failure", d.Failure)
	c.pointers("result.partial", d.Partial)
	c.pointer("progress.at", d.Progress)
	c.pointer("progress.of", d.Total)
	c.pointer("progress.message", d.Message)
	c.pointer("progress.queue", d.Queue)
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
	if call == (Call{}) {
		return
	}
	if call.Method == "" {
		c.add("cancel.method", "it is missing")
	}
	c.method("cancel.method", call.Method)
	c.sources("cancel.url", []string{call.URL})
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
		case name == "" || strings.ContainsFunc(name, func(r rune) bool { return !tokenRune(r) }):
			c.add(at, "%q is not the name of a header field", name)
		case slices.Contains(barred, canonical):
			c.add(at, "%s has no place in a dialect; credentials are for -H, --token-file and the like", canonical)
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

func (c *check) sources(field string, sources []string) {
	for i, s := range sources {
		if err := checkSource(s); err != nil {
			at := index(field, i)
			if len(sources) == 1 {
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
