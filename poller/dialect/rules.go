package dialect

import (
	"github.com/asyncctl/asyncctl/internal/jsontext"
	"github.com/asyncctl/asyncctl/poller/lro"
)

// The cues of operations whose dialect the person named: a built-in one, or rules of their own.
const (
	CueNamed = "named"
	CueOwn   = "api-file"
)

// What a word may mean besides the states of package lro, in [Rules] alone.
const (
	// Done is an end of which the state does not say how it came out: [Rules].Outcome does.
	Done lro.State = 100 + iota
	// Undecided is a word, or the lack of one, that says neither that the work goes on nor how it ended.
	Undecided
)

// KeyNone as [Rules].Key says that the API knows no idempotency key.
const KeyNone = "none"

// Rules is a dialect as data. Where it says nothing, HTTP decides. It is read-only once in use.
//
// A place is where a value stands in an answer: a JSON Pointer into the content ("/state"), in which
// "*" stands for each element of a list; "" for the content as a whole; or "header:Name". Where one
// value is wanted, exactly one must match. null counts as absent.
//
// A template is a URL with holes: {{/pointer}}, {{header:Name}}, {{job}}, {{status}}, {{submit}},
// {{origin}}, and {{api}} (the URL up to the segment that names the version: https://host/v1). One that
// is a single hole is the URL found; elsewhere a value becomes one percent-encoded segment, and the query
// of {{status}} and {{submit}} goes to the end. What results is a reference: it is resolved against the
// URL that was asked. Of several templates the first counts whose holes are all there.
type Rules struct {
	// Name is the dialect's, in lower case. Required.
	Name string
	// Like names a built-in dialect, not the generic one, to start from: each section of the rules
	// that is given replaces that dialect's, and its code reads the rest. Empty: none.
	Like string

	// Header and Query are added to the submit unless it has them already.
	Header, Query map[string]string
	// Accept lists the statuses, besides 202, of an answer that begins an operation.
	Accept []int
	// Key is where an idempotency key belongs: the name of a header field, "/member" of the content, or
	// [KeyNone]. Empty: unknown.
	Key string

	// Job is the place of the server's name for the operation: {{job}} in templates.
	Job string
	// Status makes the status URL from the answer to the submit. None: as HTTP has it.
	Status []string
	// Carry names query parameters of the submit that the status URL gets where it lacks them.
	Carry []string
	// Poll is how the status is asked for. The zero value: by GET.
	Poll Poll
	// Handover makes another status URL from an answer that goes on.
	Handover []string

	// State is the place of the word for the state in the answer to a poll; true, false and numbers are
	// words too. Empty: the HTTP status says it all, 202 while it works.
	State string
	// Words is what the words mean; keys in lower case. Any other word means Others; if that is the
	// zero value, the general vocabulary ([lro.Word]) decides, and a word that it does not know means
	// running.
	Words  map[string]lro.State
	Others lro.State
	// Absent is what it means that there is no word. The zero value is [Undecided].
	Absent lro.State
	// Statuses gives HTTP statuses at the status URL that say the state by themselves, and Gone those
	// that say what 404 does: there is no such operation.
	Statuses map[int]lro.State
	Gone     []int
	// Outcome is how an operation came out, where the state says only that it is over.
	Outcome Outcome

	// Result makes the URL of a success's result; the answer to the submit may name it ahead. None of
	// them: in the answer at hand, at the place Inline if that is there. Fetch is how it is asked for;
	// the zero value: by GET.
	Result []string
	Inline string
	Fetch  Fetch
	// Files is the place, with a "*", of the URLs in a result that is a manifest of files. They are for
	// whoever keeps the result: the fold does not fetch them.
	Files string
	// NoResult says that a success has no result.
	NoResult bool
	// Failure lists places of what went wrong. Something there makes a success a failure. None: /error.
	Failure []string
	// Partial lists places of signs that only a part was done: something there makes a success a
	// partial one.
	Partial []string

	// Progress is the place of a number, or of a text that holds one ("50%"). It is multiplied by Scale
	// (0: 1), or divided by the number at Total if that is set. Message is that of words, Queue that of
	// the place in a queue.
	Progress, Total string
	Scale           float64
	Message, Queue  string

	// Cancel is how to cancel an operation. The zero value: unknown, so nothing is sent.
	Cancel Call
}

// Outcome is the member that says how an operation came out. It is read only when the state says an
// end; of the two the worse counts: failed, cancelled, partial, succeeded.
type Outcome struct {
	// At is its place; empty: there is none.
	At string
	// Words is what its words mean; keys in lower case. Any other word means Others; the zero value: the
	// general vocabulary, and what that does not know is [Undecided].
	Words  map[string]lro.State
	Others lro.State
	// Absent is what it means that there is no word. The zero value: the state alone counts.
	Absent lro.State
}

// Poll is how a status is asked for.
type Poll struct {
	// Method is the request's; empty: GET.
	Method string
	// Header is added to each poll; what the person asks for goes before it.
	Header map[string]string
	// Query is added to the status URL unless it has it already.
	Query map[string]string
	// Body is the content, a template that knows {{job}}, {{status}} and {{submit}}. It is JSON if it
	// begins like that, else a form.
	Body string
	// Repeat says that the submit, sent again, asks for the status. It is for answers without a URL.
	Repeat bool
	// Wait is the query that lets the server hold the answer, with {{seconds}} or {{milliseconds}}:
	// "WAIT={{seconds}}". Empty: Prefer: wait (RFC 7240).
	Wait string
	// MaxWait is the longest such time in seconds. 0: no bound.
	MaxWait int
}

// Fetch is how a result is asked for.
type Fetch struct {
	// Method is the request's; empty: GET.
	Method string
	// Header is added to the request; what the person asks for goes before it.
	Header map[string]string
	// Body is the content, as that of [Poll].
	Body string
}

// Call is a request that cancels an operation.
type Call struct {
	// Method is the request's; empty: there is no such request.
	Method string
	// URL lists templates, filled in from the latest answer that has the values.
	URL []string
	// Header is added to the request.
	Header map[string]string
	// Body is the content, as that of [Poll].
	Body string
	// Destroys says that the request takes away more than the work: results that are there, or the
	// operation itself.
	Destroys bool
	// None says that it is known that there is no such request.
	None bool
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
	if d.Like != "" {
		return newLikened(d), nil
	}
	return &rules{d, true}, nil
}

// family returns the built-in dialect whose ways the rules follow.
func (d *rules) family() string {
	if d.Like != "" {
		return d.Like
	}
	return d.Name
}

// KeyOf returns where the dialect's API takes an idempotency key: the name of a header field or "/member"
// of the content; "" where that is not known or nowhere.
func KeyOf(d lro.Dialect) string {
	if r, ok := d.(interface{ ruled() *Rules }); ok && r.ruled().Key != KeyNone {
		return r.ruled().Key
	}
	return ""
}

// Files returns the URLs of the files that a result names which is a manifest of them, as they stand
// there; false where the dialect's rules know of no such files.
func Files(d lro.Dialect, result []byte) ([]string, bool) {
	r, ok := d.(interface{ ruled() *Rules })
	if !ok || r.ruled().Files == "" {
		return nil, false
	}
	var urls []string
	for _, v := range matches(nil, jsontext.Value(result), r.ruled().Files) {
		if text, ok := v.Text(); ok && v[0] == '"' {
			urls = append(urls, string(text))
		}
	}
	return urls, true
}

// NoResult reports whether the dialect's rules say that a success has no result.
func NoResult(d lro.Dialect) bool {
	r, ok := d.(interface{ ruled() *Rules })
	return ok && r.ruled().NoResult
}
