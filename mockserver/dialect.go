package mockserver

import (
	"slices"
	"strings"
	"time"
)

// AllDialects is the [Server].Dialect with which each dialect is served below its
// name, as in /google-lro/v1/jobs, and the generic one at every other path.
const AllDialects = "all"

// A DialectInfo describes how one family of APIs speaks of slow operations.
type DialectInfo struct {
	Name    string   `json:"name"`
	Aliases []string `json:"aliases,omitempty"` // other names that stand for it
	Source  string   `json:"source"`            // the text that its bytes are spelled out from

	// The rest is a submit that the dialect takes, for examples.
	Method string   `json:"method"`
	Path   string   `json:"path"`             // with its query
	Header []string `json:"header,omitempty"` // lines such as "Prefer: respond-async"
	Body   string   `json:"body,omitempty"`

	// OtherOrigin tells that its status URLs are at [Server].Stranger.
	OtherOrigin bool `json:"otherOrigin,omitempty"`
	// Without is the names of the faults that have no place in the dialect: see
	// [Server.Check].
	Without []string `json:"without,omitempty"`
}

// Curl is the example as a command for a server at an origin, such as
// http://127.0.0.1:8202, or one below it.
func (d DialectInfo) Curl(origin string) string {
	var b strings.Builder
	b.WriteString("curl -i")
	if d.Method != "POST" || d.Body == "" {
		b.WriteString(" -X " + d.Method)
	}
	for _, line := range d.Header {
		b.WriteString(" -H '" + line + "'")
	}
	if d.Body != "" {
		b.WriteString(" -d '" + d.Body + "'")
	}
	return b.String() + " '" + origin + d.Path + "'"
}

// Dialects returns the dialects that a [Server] speaks, the generic one first.
func Dialects() []DialectInfo {
	infos := make([]DialectInfo, len(dialects))
	for i, d := range dialects {
		infos[i] = d.DialectInfo
		infos[i].OtherOrigin = d.has(needsForeign)
		infos[i].Aliases, infos[i].Header = slices.Clone(d.Aliases), slices.Clone(d.Header)
		for _, k := range kinds {
			if d.lacks(k.name) != "" {
				infos[i].Without = append(infos[i].Without, k.name)
			}
		}
	}
	return infos
}

// A dialect is how one family of APIs says on the wire what the operations of a
// server do. It decides nothing about them: their states, the queue, faults,
// journal and grading are the same in all.
//
// Its functions write one answer. They find the family's own member for it, and
// leave out what the family does not say.
type dialect struct {
	DialectInfo
	traits traits

	// route says what a request is, by its method and x.path alone.
	route func(x *exchange) target
	// guard refuses what the family's rules do not allow of any request; nil
	// admits all.
	guard func(x *exchange) *problem
	// admit refuses what the family's rules do not allow, and sets what else
	// there is to know of the submit; nil admits all.
	admit func(x *exchange, sub *submission) *problem
	// async reports whether a submit asks for an answer before the end; nil if the
	// trait needsAsync and Prefer decide. One that does not, waits for MaxWait.
	async func(x *exchange) bool
	// accepted answers a submit that is an operation now.
	accepted func(x *exchange, v view)
	// finished answers a submit that waited for the end of its operation; nil if
	// the family has no submit that waits.
	finished func(x *exchange, v view)
	// status answers a poll, before the end and at the end.
	status func(x *exchange, v view)
	// patience is how long a poll asks to be held while there is nothing new to
	// say; nil if the family holds none.
	patience func(x *exchange) time.Duration
	// result answers for the result, if it has a URL of its own.
	result func(x *exchange, v view)
	// cancel answers a request to call the operation off, ok if it is called off;
	// nil if the family cannot.
	cancel func(x *exchange, v view, ok bool)
	// refuse words an error.
	refuse func(x *exchange, p problem)
	// monitor and product are the URLs of the status and of the result as the
	// family names them; product may be nil.
	monitor, product func(x *exchange, v view) string
	// expired is the HTTP status of what is past its retention; 0 is 410.
	expired int
}

// traits are what a family can say.
type traits uint16

const (
	namesStatus   traits = 1 << iota // the server names the status URL; without it the client derives it
	tellsQueued                      // a poll tells an operation that waits from one that runs
	tellsProgress                    // a poll tells how far it is
	polledAsJSON                     // a poll before the end has a JSON document
	hasHints                         // Retry-After belongs to it
	redirects                        // a poll at the end of a success redirects to the result
	namesResult                      // a poll at the end of a success names the URL of the result
	hasPartial                       // an operation can succeed in part
	endsAtOnce                       // the answer to the submit may tell the end
	needsAsync                       // without Prefer: respond-async the submit waits for the end
	numbersIDs                       // ids are numbers
	needsMemory                      // no id can carry all that must be known
	needsForeign                     // its status URLs are at the other origin
)

func (d *dialect) has(t traits) bool { return d.traits&t == t }

// dialects are all of them, the generic one first. Each family has a file.
var dialects = slices.Concat(genericFamily, azureFamily, operationLocationFamily, googleFamily, fhirFamily, odataFamily, redfishFamily, ogcFamily, jsonapiFamily, osbFamily, durableFamily, graphFamily, uwsFamily,
	modelFamily, batchFamily, queueFamily, queryFamily, jenkinsFamily, lxdFamily, dropboxFamily,
	vendorFamily, uploadFamily, taskFamily, mediaFamily)

// byDialect finds a dialect by its name or one of its other names. It stays out
// of dialects so that these may look at the exchange.
var byDialect = func() map[string]*dialect {
	m := map[string]*dialect{}
	for _, d := range dialects {
		for _, name := range append([]string{d.Name}, d.Aliases...) {
			m[name] = d
		}
	}
	return m
}()

// lacks says why a fault has no place in the dialect; empty if it has one.
func (d *dialect) lacks(fault string) string {
	without := func(t traits, why string) string {
		if d.has(t) {
			return ""
		}
		return why
	}
	switch {
	case d.has(needsForeign) && (fault == "location-relative" || fault == "location-absolute" || fault == "401-expiry"):
		return "its status URLs are at another origin, which takes no Authorization"
	case fault == "no-status-url", strings.HasPrefix(fault, "location-"):
		return without(namesStatus, "its clients derive the status URL themselves")
	case fault == "status-flapping":
		return without(tellsQueued, "its polls do not tell waiting from running")
	case fault == "progress-backwards":
		return without(tellsProgress, "its polls tell no progress")
	case fault == "escape-message", fault == "body-gigantic":
		return without(polledAsJSON, "its polls have no JSON document")
	case fault == "retry-after-absent":
		return without(hasHints, "it has no Retry-After anyway")
	case fault == "result"+crossOrigin:
		if d.has(namesResult) {
			return ""
		}
		return without(redirects, "its server does not name the URL of the result")
	case strings.HasPrefix(fault, "completion-"), strings.HasPrefix(fault, "redirect-"):
		return without(redirects, "its end is no redirect")
	case strings.HasPrefix(fault, "result-") && d.product == nil:
		return "its result has no URL of its own"
	case strings.HasPrefix(fault, "cancel-") && d.cancel == nil:
		return "its operations cannot be called off"
	}
	return ""
}

func dialectNames() []string {
	names := make([]string, len(dialects))
	for i, d := range dialects {
		names[i] = d.Name
	}
	return names
}
