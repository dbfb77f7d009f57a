package speech

import (
	"slices"
	"strings"
	"time"

	"github.com/asyncctl/asyncctl/mockserver/internal/work"
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

// A Dialect is how one family of APIs says on the wire what the operations of a
// server do. It decides nothing about them: their states, the queue, faults,
// journal and grading are the same in all.
//
// Its functions write one answer. They find the family's own member for it, and
// leave out what the family does not say.
type Dialect struct {
	DialectInfo
	Traits Traits
	Manner work.Manner // what the store knows of it; filled in by byDialect

	// Route says what a request is, by its method and x.path alone.
	Route func(x *Exchange) Target
	// Guard refuses what the family's rules do not allow of any request; nil
	// admits all.
	Guard func(x *Exchange) *Problem
	// Admit refuses what the family's rules do not allow, and sets what else
	// there is to know of the submit; nil admits all.
	Admit func(x *Exchange, sub *work.Submission) *Problem
	// Async reports whether a submit asks for an answer before the end; nil if the
	// trait needsAsync and Prefer decide. One that does not, waits for MaxWait.
	Async func(x *Exchange) bool
	// Accepted answers a submit that is an operation now.
	Accepted func(x *Exchange, v work.View)
	// Finished answers a submit that waited for the end of its operation; nil if
	// the family has no submit that waits.
	Finished func(x *Exchange, v work.View)
	// Status answers a poll, before the end and at the end.
	Status func(x *Exchange, v work.View)
	// Patience is how long a poll asks to be held while there is nothing new to
	// say; nil if the family holds none.
	Patience func(x *Exchange) time.Duration
	// Result answers for the result, if it has a URL of its own.
	Result func(x *Exchange, v work.View)
	// Cancel answers a request to cancel the operation, ok if it is cancelled;
	// nil if the family cannot.
	Cancel func(x *Exchange, v work.View, ok bool)
	// refuse words an error.
	Refuse func(x *Exchange, p Problem)
	// monitor and product are the URLs of the status and of the result as the
	// family names them; product may be nil.
	Monitor, Product func(x *Exchange, v work.View) string
	// BareWait tells that Prefer: wait without a time waits for MaxWait.
	BareWait bool
	// Key is where the idempotency key is: the name of a header field, a JSON
	// pointer into the content, "query:NAME", or "none"; empty is Idempotency-Key.
	Key string
	// Scenario is what its operations do; nil is that of the server.
	Scenario *work.Scenario
	// Expired is the HTTP status of what is past its retention; 0 is 410.
	Expired int
}

// Traits are what a family can say.
type Traits uint16

const (
	NamesStatus   Traits = 1 << iota // the server names the status URL; without it the client derives it
	TellsQueued                      // a poll tells an operation that waits from one that runs
	TellsProgress                    // a poll tells how far it is
	PolledAsJSON                     // a poll before the end has a JSON document
	HasHints                         // Retry-After belongs to it
	Redirects                        // a poll at the end of a success redirects to the result
	NamesResult                      // a poll at the end of a success names the URL of the result
	HasPartial                       // an operation can succeed in part
	EndsAtOnce                       // the answer to the submit may tell the end
	NeedsAsync                       // without Prefer: respond-async the submit waits for the end
	NumbersIDs                       // ids are numbers
	NeedsMemory                      // no id can carry all that must be known
	NeedsForeign                     // its status URLs are at the other origin
)

// SetManner derives what the store knows of the dialect.
func (d *Dialect) SetManner() {
	d.Manner = work.Manner{Name: d.Name, Hints: d.Has(HasHints), Numbers: d.Has(NumbersIDs), Redirects: d.Has(Redirects), OwnEnd: true}
}

// Has reports whether the family can say all of t.
func (d *Dialect) Has(t Traits) bool { return d.Traits&t == t }

// All are all of them, the generic one first. Each family has a file.
var All = slices.Concat(genericFamily, azureFamily, operationLocationFamily, googleFamily, fhirFamily, odataFamily, redfishFamily, ogcFamily, jsonapiFamily, osbFamily, durableFamily, graphFamily, uwsFamily,
	queryFamily, jenkinsFamily, dropboxFamily, uploadFamily, taskFamily)

// ByDialect finds a dialect by its name or one of its other names. It stays out
// of dialects so that these may look at the exchange.
var ByDialect = func() map[string]*Dialect {
	m := map[string]*Dialect{}
	for _, d := range All {
		d.SetManner()
		d.Manner.OwnEnd = d != All[0]
		for _, name := range append([]string{d.Name}, d.Aliases...) {
			m[name] = d
		}
	}
	return m
}()

// Manners are the dialects as the store knows them, by all their names.
func Manners() map[string]*work.Manner {
	m := map[string]*work.Manner{}
	for name, d := range ByDialect {
		m[name] = &d.Manner
	}
	return m
}
