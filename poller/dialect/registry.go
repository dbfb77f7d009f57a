package dialect

import (
	"slices"
	"strings"

	"github.com/asyncctl/asyncctl/internal/hole"
	"github.com/asyncctl/asyncctl/poller/lro"
)

// Info describes a built-in dialect to people.
type Info struct {
	// Name is what ByName takes.
	Name string
	// Looks is what it looks like on the wire, in a few lines.
	Looks string
	// Told is how detection tells it from others, one cue a line; see [Auto]. Empty: it cannot.
	Told []string
	// Source names the specification.
	Source string
	// Evidence is how the facts came to us.
	Evidence Evidence
	// Unverified is what nobody has verified, or what is left out. Empty: nothing that we know of.
	Unverified string
	// Cancel is the request that cancels an operation. Empty: there is none.
	Cancel string
	// Result is where the result of a success is.
	Result string
	// Data says that the dialect is data alone: [RulesOf] has it.
	Data bool
	// CancelDestroys says that the request to cancel takes away more than the work.
	CancelDestroys bool
}

// Evidence is how sure we are of what a dialect says.
type Evidence string

// The kinds of evidence; none of them is a conversation with the real service.
const (
	Primary       Evidence = "primary"       // the specification's text, or source code, was read
	Documentation Evidence = "documentation" // the vendor's documentation, in excerpts
	Memory        Evidence = "unverified"    // from memory: verify before you depend on it
)

// builtin is one row of the list of dialects.
type builtin struct {
	Info
	dialect lro.Dialect
}

// builtins are all built-in dialects, the generic one first.
var builtins = slices.Concat(
	[]builtin{{Info: Info{
		Name:     lro.GenericName,
		Looks:    "202 with Location; then 200 with a status, or 202 until the result is there; 303 to the result",
		Source:   "Microsoft, Asynchronous Request-Reply pattern; RFC 9110; RFC 7240",
		Cancel:   "DELETE {status}, once the status URL has answered like that of a pending operation",
		Result:   "where a 303 or a link leads, else the last answer itself",
		Evidence: Primary,
	}, dialect: lro.Generic{}}},
	acceptedFamily, azureFamily, googleFamily, ogcFamily, odataFamily, redfishFamily, fhirFamily, jsonapiFamily, osbFamily,
	durableFamily, graphFamily, modelFamily, snowflakeFamily, elasticFamily, jenkinsFamily, lxdFamily,
	uwsFamily, dropboxFamily, boxFamily, jiraFamily, oracleFamily, adobeFamily, salesforceFamily, splunkFamily, runsFamily,
)

// ByName returns the built-in dialect of that name, and false if there is none. "auto" is not one:
// see [Auto].
func ByName(name string) (lro.Dialect, bool) {
	for i := range builtins {
		if builtins[i].Name == name {
			return builtins[i].dialect, true
		}
	}
	return nil, false
}

// Names returns the names of the built-in dialects, the generic one first.
func Names() []string {
	names := make([]string, len(builtins))
	for i := range builtins {
		names[i] = builtins[i].Name
	}
	return names
}

// RulesOf returns the rules of a built-in dialect that is data alone, as a model for others; false
// for one that is partly Go.
func RulesOf(name string) (Rules, bool) {
	d, _ := ByName(name)
	r, ok := d.(*rules)
	if !ok {
		return Rules{}, false
	}
	return r.Rules, true
}

// Destroys reports whether the dialect's request to cancel takes away more than the work: results that
// are there, or the operation itself. Of [Auto] it cannot be said: ask for the dialect that the
// operation names.
func Destroys(d lro.Dialect) bool {
	r, ok := d.(interface{ destroys() bool })
	return ok && r.destroys()
}

// Describe returns what is known of the built-in dialect of that name.
func Describe(name string) (Info, bool) {
	i := slices.IndexFunc(builtins, func(b builtin) bool { return b.Name == name })
	if i < 0 {
		return Info{}, false
	}
	info := builtins[i].Info
	if r, ok := builtins[i].dialect.(interface{ ruled() *Rules }); ok {
		info.describe(r.ruled())
	}
	_, info.Data = RulesOf(name)
	for _, m := range marks {
		if m.dialect == name {
			info.Told = append(info.Told, m.text)
		}
	}
	if name == "uws" {
		info.Told = append(info.Told, uwsCue)
	}
	return info, true
}

func (d *rules) ruled() *Rules { return &d.Rules }

// describe says in words what the rules say, where the family does not say it in better ones.
func (info *Info) describe(d *Rules) {
	info.CancelDestroys = d.Cancel.Destroys
	if info.Cancel == "" && d.Cancel.Method != "" {
		info.Cancel = d.Cancel.Method + " " + said(d.Cancel.URL)
		if d.Cancel.Body != "" {
			info.Cancel += " with " + d.Cancel.Body
		}
	}
	if info.Result != "" {
		return
	}
	var places []string
	if len(d.Result) > 0 {
		places = append(places, said(d.Result))
	}
	if d.Inline != "" {
		places = append(places, d.Inline+" of the last answer")
	}
	info.Result = strings.Join(append(places, "the last answer itself")[:max(len(places), 1)], ", else ")
}

// said says templates in words.
func said(templates []string) string {
	var places []string
	for _, t := range templates {
		if name, whole := hole.Whole(t); whole && strings.ContainsAny(name, "/:") {
			t = "the URL at " + name
		}
		places = append(places, t)
	}
	return strings.Join(places, ", else ")
}
