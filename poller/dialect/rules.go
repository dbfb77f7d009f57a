package dialect

import (
	"github.com/asyncctl/asyncctl/poller/lro"
)

// The cues of operations whose dialect the person named: a built-in one, or rules of their own.
const (
	CueNamed = "named"
	CueOwn   = "descriptor"
)

// Rules is a dialect as data. Where it says nothing, HTTP decides. It is read-only once in use.
//
// A source is where a URL is to be found: "header:Name"; a JSON Pointer into the content
// ("/urls/get"); or a template ("{submit}/{/id}", "/v1/batches/{/id}", "status/{/id}"), which may
// hold {submit}, {status}, {origin} and {api} (the URL up to the segment that names the version:
// https://host/v1), and {job}, {/pointer} or {header:Name} for a value that
// becomes one percent-encoded segment. A template that begins with {submit} or {status} keeps their
// query. What results is a reference: it is resolved against the URL that was asked. A "*" in a
// pointer stands for the element of a list that has exactly one.
type Rules struct {
	// Name is the dialect's, in lower case. Required.
	Name string
	// Header and Query are added to the submit unless it has them already.
	Header, Query map[string]string

	// Accept lists the statuses, besides 202, of an answer that begins an operation.
	Accept []int
	// Status is where the status URL is to be found, the best source first. None: as HTTP has it.
	Status []string
	// Carry names query parameters of the submit that the status URL gets where it lacks them.
	Carry []string
	// Job is the source of the server's name for the operation, for polls and templates that need it.
	Job string
	// Poll is how the status is asked for. The zero value: by GET.
	Poll Poll
	// Handover is where an answer that goes on names another status URL, the best source first.
	Handover []string

	// State points to the word for the state in the answer to a poll; "true" and "false" are words
	// too, and so are numbers where Words has one. Empty: the HTTP status says it all, 202 while it works.
	State string
	// Words is what the words mean; keys in lower case. Any other word means Others; if that is the
	// zero value, the general vocabulary ([lro.Word]) decides, and a word that it does not know means
	// running.
	Words  map[string]lro.State
	Others lro.State
	// Statuses gives HTTP statuses at the status URL that say the state by themselves, and Gone those
	// that say what 404 does: there is no such operation.
	Statuses map[int]lro.State
	Gone     []int

	// Result is where the result of a success lies, the best source first; the answer to the submit
	// may name it ahead. None of them: in the answer at hand, at the JSON Pointer Inline if that is
	// there.
	Result []string
	Inline string
	// Failure points to what went wrong. Something there makes a success a failure. None: /error.
	Failure []string
	// Partial points to signs that only a part was done: true, or a number that is not 0. One of them
	// makes a success a partial one.
	Partial []string

	// Progress points to a number, or to a text that holds one ("50%"). It is multiplied by Scale (0:
	// 1), or divided by the number at Total if that is set. Message points to words, Queue to the place
	// in a queue.
	Progress, Total string
	Scale           float64
	Message, Queue  string

	// Cancel is how to call an operation off. The zero value: it cannot be.
	Cancel Call
}

// Poll is how a status is asked for.
type Poll struct {
	// Method is the request's; empty: GET.
	Method string
	// Header is added to each poll; what the person asks for goes before it.
	Header map[string]string
	// Query is added to the status URL unless it has it already.
	Query map[string]string
	// Body is the content; {job} stands for the value at Job. It is JSON if it begins like that, else a
	// form.
	Body string
	// Repeat says that the submit, sent again, asks for the status. It is for answers without a URL.
	Repeat bool
	// Wait is the query that lets the server hold the answer, with {seconds} or {milliseconds}:
	// "WAIT={seconds}". Empty: Prefer: wait (RFC 7240).
	Wait string
	// MaxWait is the longest such time in seconds. 0: no bound.
	MaxWait int
}

// Call is a request that calls an operation off.
type Call struct {
	// Method is the request's; empty: there is no such request.
	Method string
	// URL is a source, in the latest answer that has it.
	URL string
	// Body is the content: JSON if it begins like that, else a form.
	Body string
	// Destroys says that the request takes away more than the work: results that are there, or the
	// operation itself.
	Destroys bool
}

// rules is a dialect made of Rules, whole or in part.
type rules struct {
	Rules
	own bool // it is not built in
}

// Dialect returns the rules as a dialect, and a [FieldError] for the first field that cannot be used.
func (d Rules) Dialect() (lro.Dialect, error) {
	if wrong := d.Check(); len(wrong) > 0 {
		return nil, &wrong[0]
	}
	return &rules{d, true}, nil
}
