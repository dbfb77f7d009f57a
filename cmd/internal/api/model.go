package api

import (
	"reflect"
	"slices"
	"strings"
	"time"

	"github.com/asyncctl/asyncctl/internal/hole"
	"github.com/asyncctl/asyncctl/poller/dialect"
)

// File is an API as one or several files describe it.
type File struct {
	// Path is the file's, as it was named, and Name what handles and reports call the API.
	Path, Name, About string
	// URL is where the API is, without a slash at the end. Empty: the file does not say.
	URL string
	// Header and Query are templates for every request to URL's origin that lacks them.
	Header, Query map[string]string
	// Builtin names the dialect of operations without sections of their own: auto, generic or another
	// built-in one. Empty: Rules.
	Builtin string
	// Rules is the dialect that all operations share, if Builtin is empty. Its URLs are absolute where
	// URL is known.
	Rules dialect.Rules
	// Operations stand in the file's order.
	Operations []*Operation
	Limits     Limits
	Mock       Mock
	Checks     Checks
	Load       Load

	declared string // the url that the file itself gives
}

// Operation is one kind of work that the API does.
type Operation struct {
	Name, About string
	// Submit starts it.
	Submit Request
	// Builtin names its dialect. Empty: Rules.
	Builtin string
	Rules   dialect.Rules
	// Examples are variations of Submit by name.
	Examples []Example
	// Mock is how the mock does it; what it leaves out is the file's.
	Mock Mock

	file    *File
	spelled spelled
}

// Request is a request with holes.
type Request struct {
	Method        string
	URL           []string // the first whose holes are all there
	Query, Header map[string]string
	Content       Content
}

// Content is what a request or an answer holds. At most one of its fields is set.
type Content struct {
	JSON string            // a JSON text with holes in its strings
	Form map[string]string // the fields of a form
	Text *string
	File string // the path of a file, joined with the folder of the API file
}

// Empty reports whether there is no content.
func (c Content) Empty() bool {
	return c.JSON == "" && c.Form == nil && c.Text == nil && c.File == ""
}

// Example is what differs from the submit.
type Example struct {
	Name string
	// Method and URL are empty where they are the submit's.
	Method, URL   string
	Query, Header map[string]string
	Content       Content // as a whole; empty: the submit's
}

// Limits are facts about the API. The zero value: none are known.
type Limits struct {
	Rate      float64 // requests a second; 0: no limit
	Parallel  int     // operations at a time; 0: no limit
	Interval  time.Duration
	Methods   []string
	Retention time.Duration
}

// Mock is how the mock behaves.
type Mock struct {
	Words
	// Scenarios are words by the name that a submit asks for.
	Scenarios  map[string]Words
	ID         string // "", uuid or number
	Status     string // path, with {{id}}
	Result     string // path, with {{id}}
	Answers    map[string]Answer
	Callback   *Callback
	Rules      []Rule
	Faults     []string
	CORS, Auth bool
	Workers    int
	MaxQueue   int
	TimeScale  float64
}

// Answer is what the mock answers. Status 0: the usual one.
type Answer struct {
	Status  int
	Header  map[string]string
	Content Content
}

// Callback is a request that the mock sends.
type Callback struct {
	Request
	States                 []string
	Delay                  time.Duration
	Times                  int
	SignHeader, SignPrefix string
	Secret                 string
}

// Target is the URL with the query.
func (c *Callback) Target() string { return addQuery(c.URL[0], c.Query) }

// FormText is the template of a content that is a form.
func (c Content) FormText() string { return bodyOf(Content{Form: c.Form}) }

// Rule is one exception of the mock.
type Rule struct {
	Name         string
	When         When
	Set          Words
	Answer       *Answer
	Delay        time.Duration
	Distribution string
	Faults       []string
	HasFaults    bool
}

// When says for which requests a rule holds.
type When struct {
	Method, Path  string
	Query, Header map[string]string // a pattern; empty: there must be none
	Body          map[string]string // place: JSON text
	Probability   float64           // 1 where the file says nothing
	Turn          string
}

// Checks is what conformance has to know.
type Checks struct {
	Skip        []string
	Waivers     []Waiver
	Other       map[string]string
	Unknown     string
	Burst, Wait bool
}

// Load holds flags of loadtest as they are written, and what is no flag.
type Load struct {
	Flags      map[string][]string // rate, stages, duration, concurrency, operations, feed, strategy, threshold, abort-on
	Mix        map[string]float64
	Thresholds []string
	AbortOn    []string
}

// Operation returns the operation of a name.
func (f *File) Operation(name string) (*Operation, bool) {
	for _, op := range f.Operations {
		if op.Name == name {
			return op, true
		}
	}
	return nil, false
}

// Matching returns the operation whose submit has the path of a URL, and that method unless it is empty;
// nil if there is none.
func (f *File) Matching(method, url string) *Operation {
	bare, _, _ := strings.Cut(url, "?")
	for _, op := range f.Operations {
		for _, t := range op.Submit.URL {
			path, _, _ := strings.Cut(t, "?")
			if (method == "" || op.Submit.Method == method) && len(hole.Names(path)) == 0 && path == bare {
				return op
			}
		}
	}
	return nil
}

// At returns what is submitted to a URL: the operation that the file has there, else one without a name
// whose dialect is the common one.
func (f *File) At(url string) *Operation {
	op := &Operation{Submit: Request{Method: "POST", Query: f.Query}, Builtin: f.Builtin, Rules: f.Rules, file: f}
	if had := f.Matching("", url); had != nil {
		one := *had
		op = &one
	}
	op.Submit.URL = []string{strings.ReplaceAll(url, "{{", `\{{`)}
	return op
}

// Names returns the names of the operations in the file's order.
func (f *File) Names() []string {
	names := make([]string, len(f.Operations))
	for i, op := range f.Operations {
		names[i] = op.Name
	}
	return names
}

// Pattern reports whether the file says nothing of how the API speaks but what any API of the general
// pattern may do: idempotency keys, and a cancellation by DELETE of the status URL or none.
func (op *Operation) Pattern() bool {
	r := op.Rules
	c := r.Cancel
	usual := c.Method == "" || c.Method == "DELETE" && slices.Equal(c.URL, []string{"{{status}}"}) && len(c.Header) == 0 && c.Body == "" && !c.Destroys
	r.Name, r.Key, r.Carry, r.Header, r.Query, r.Cancel = "", "", nil, nil, nil, dialect.Call{}
	return op.Builtin == "" && usual && reflect.DeepEqual(r, dialect.Rules{})
}

// Example returns the example of a name.
func (op *Operation) Example(name string) (Example, bool) {
	for _, e := range op.Examples {
		if e.Name == name {
			return e, true
		}
	}
	return Example{}, false
}

// Summary says in a few words what the file describes.
func (f *File) Summary() string {
	how := f.Builtin
	if how == "" {
		how = "a dialect of its own"
		if f.Rules.Like != "" {
			how = "a dialect like " + f.Rules.Like
		}
	}
	switch len(f.Operations) {
	case 0:
		return f.Name + ", " + how
	case 1:
		return f.Name + ", " + how + ", the operation " + f.Operations[0].Name
	}
	return f.Name + ", " + how + ", the operations " + strings.Join(f.Names(), ", ")
}
