package dialect

import (
	"errors"
	"fmt"
	"strings"

	"github.com/asyncctl/asyncctl/poller/lro"
)

// CueNamed is the cue of an operation whose dialect the person named.
const CueNamed = "named"

// Rules is a dialect as data. Where it says nothing, HTTP decides. It is read-only once in use.
//
// A source is where a URL is to be found: "header:Name"; a JSON Pointer into the content
// ("/urls/get"); or a template ("{submit}/{/id}", "/v1/batches/{/id}", "status/{/id}"), which may
// hold {submit}, {status} and {origin}, and {/pointer} or {header:Name} for a value that becomes one
// percent-encoded segment. A template that begins with {submit} or {status} keeps their query. What
// results is a reference: it is resolved against the URL that was asked.
type Rules struct {
	// Name is the dialect's, in lower case. Required.
	Name string
	// Header and Query are added to the submit unless it has them already.
	Header, Query map[string]string

	// Accept lists the statuses, besides 202, of an answer that begins an operation.
	Accept []int
	// Status is where the status URL is to be found, the best source first. None: as HTTP has it.
	Status []string

	// State points to the word for the state in the answer to a poll; "true" and "false" are words
	// too. Empty: the HTTP status says it all, 202 while it works.
	State string
	// Words is what the words mean; keys in lower case. Any other word means Others; if that is the
	// zero value, the general vocabulary ([lro.Word]) decides, and a word that it does not know means
	// running.
	Words  map[string]lro.State
	Others lro.State
	// Statuses gives HTTP statuses at the status URL that say the state by themselves.
	Statuses map[int]lro.State

	// Result is where the result of a success lies, the best source first; the answer to the submit
	// may name it ahead. None of them: in the answer at hand, at the JSON Pointer Inline if that is
	// there.
	Result []string
	Inline string
	// Failure points to what went wrong. Something there makes a success a failure. None: /error.
	Failure []string

	// Progress points to a number, or a number in a string. It is multiplied by Scale (0: 1), or
	// divided by the number at Total if that is set. Message points to words.
	Progress, Total string
	Scale           float64
	Message         string

	// Cancel is how to call an operation off. The zero value: it cannot be.
	Cancel Call
}

// Call is a request that calls an operation off.
type Call struct {
	// Method is the request's; empty: there is no such request.
	Method string
	// URL is a source, in the latest answer that has it.
	URL string
	// Body is the content, of type JSON.
	Body string
	// Destroys says that the request takes away more than the work: results that are there, or the
	// operation itself.
	Destroys bool
}

// rules is a dialect made of Rules, whole or in part.
type rules struct{ Rules }

// Dialect returns the rules as a dialect, and an error that names the field that cannot be used.
func (d Rules) Dialect() (lro.Dialect, error) {
	if d.Name == "" || strings.Trim(d.Name, "abcdefghijklmnopqrstuvwxyz0123456789-") != "" {
		return nil, errors.New("name: it must be a word of lower-case letters, digits and hyphens")
	}
	cancel := []string{d.Cancel.URL}
	if d.Cancel == (Call{}) {
		cancel = nil
	}
	for _, field := range []struct {
		name    string
		sources []string
	}{{"status", d.Status}, {"result", d.Result}, {"cancel", cancel}} {
		for _, s := range field.sources {
			if err := checkSource(s); err != nil {
				return nil, fmt.Errorf("%s: %w", field.name, err)
			}
		}
	}
	for _, p := range append([]string{d.State, d.Inline, d.Progress, d.Total, d.Message}, d.Failure...) {
		if p != "" && p[0] != '/' {
			return nil, fmt.Errorf("a JSON Pointer begins with a slash, %q does not", p)
		}
	}
	for w := range d.Words {
		if w != strings.ToLower(w) || len(w) > longestWord {
			return nil, fmt.Errorf("words: %q is not in lower case, or too long", w)
		}
	}
	return &rules{d}, nil
}
