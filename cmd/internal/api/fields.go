package api

import (
	"fmt"
	"strings"
)

// Described is one field of a file as the reference shows it.
type Described struct {
	// Path is the field's place: "dialect.state.at". A free name is NAME, an element [].
	Path string
	// Type is what it holds.
	Type string
	// Default is what it means to leave it out; empty: nothing.
	Default string
	Doc     string
}

// Fields returns all fields in the order of the reference. A section of a dialect stands once, under
// dialect; an operation may have it too.
func Fields() []Described {
	var all []Described
	describe(&all, "", root)
	return all
}

func describe(all *[]Described, path string, s *shape) {
	for _, one := range s.fields {
		at := join(path, one.Name)
		if strings.HasPrefix(at, "operations.NAME.") && isSection(one.Name) || strings.HasPrefix(at, "operations.NAME.mock.") {
			continue
		}
		*all = append(*all, Described{at, one.shape.typeName(), one.Default, one.Doc})
		inner := one.shape
		for {
			switch {
			case inner.kind == kTable && inner.of.kind == kObject:
				at, inner = at+".NAME", inner.of
				continue
			case inner.kind == kList && inner.of.kind == kObject:
				at, inner = at+"[]", inner.of
				continue
			}
			break
		}
		if inner == answer && strings.Contains(at, "rules") || inner == setSection {
			continue
		}
		describe(all, at, inner)
	}
}

func isSection(name string) bool {
	for _, one := range sections {
		if one.Name == name {
			return true
		}
	}
	return false
}

// typeName says what a value of the shape is.
func (s *shape) typeName() string {
	name := s.name
	switch s.kind {
	case kWord:
		name = strings.Join(s.words, ", ")
	case kList:
		name = "list of " + strings.TrimPrefix(strings.TrimPrefix(s.of.typeName(), "a "), "an ")
	case kTable:
		if s.of.kind != kObject {
			name = "names: " + s.of.typeName()
		}
		if s.words != nil {
			name = "by " + strings.Join(s.words, ", ")
		}
	}
	for _, short := range s.short {
		if short.kind == kURL || short.kind == kText && s.kind == kList {
			name += ", or one"
			continue
		}
		name += ", or " + short.typeName()
	}
	return name
}

const introduction = `An API file says what an API is: where it is, how it says "accepted, ask again later", what it can do,
and how to imitate, judge and load it. It is one file in YAML 1.2 or JSON, at most 1 MiB, and every
command takes it (--api FILE).

    asyncctl init https://api.example.com/reports --json '{"year": 2026}'    # write one
    asyncctl api check reports.yaml              # is it right, and does it agree with itself?
    asyncctl submit createReport --wait --api reports.yaml
    asyncctl mockserver --api reports.yaml
    asyncctl conformance --api reports.yaml
    asyncctl loadtest createReport --api reports.yaml

An example:

    asyncctl: 1
    name: reports
    url: https://api.example.com
    headers: {Authorization: "Bearer {{secret:REPORTS_TOKEN}}"}
    dialect:
      status: GET {{header:Location}}
      state: {at: /state, words: {Working: running, Done: succeeded, Failed: failed}}
      result: GET {{/links/result}}
      cancel: POST {{status}}/cancel
    operations:
      createReport:
        submit: {method: POST, url: /v2/reports, json: {year: 2026}}

A request is "METHOD url" or {method, url, query, headers, json|form|text|file}. A url that begins
with / is appended to the file's url. Of a list of urls the first counts whose holes are all there.

An answer is {status: 200, headers, json|text|file}.

A place is where a value stands in an answer: /json/pointer, "" (all of it) or header:Name. * is each
element of a list; where one value is wanted, exactly one must match. null counts as absent.

A template is a text with holes. A text that is one hole keeps the JSON type of the value. A url that is
one hole is the URL found; elsewhere in a url a value becomes one percent-encoded segment. Requests know
{{/pointer}} {{header:Name}} {{job}} {{status}} {{submit}}, submits {{uuid}} {{index}} {{row.name}}, header
fields {{secret:NAME}}; the mock's answers know {{id}} {{status}} {{result}} {{state}} {{percent}}
{{created}} {{started}} {{updated}} {{ended}} {{request:/pointer}} {{request.header:Name}}
{{request.query:name}}. \{{ is a literal.

A state word is pending, running, waiting, cancelling, which go on; succeeded, partial, failed,
cancelled, which are ends; in state also done (needs outcome); for others and absent also undecided.

A secret is the profile's (secrets: {NAME: {command|file|env}}), for the profile's origin alone, or
else the variable ASYNCCTL_SECRET_NAME. A file holds none, grants no trust and loosens no bound.

Sections of dialect may also stand in an operation, where they replace the shared one as a whole;
submit is merged by field. x-... at the top is free.

Fields:
`

// Help returns the description of the format for people.
func Help() string {
	var out strings.Builder
	out.WriteString(introduction)
	for _, one := range Fields() {
		fmt.Fprintf(&out, "\n    %s (%s)\n%s", one.Path, one.Type, wrapped(one.said()))
	}
	return out.String()
}

func (d Described) said() string {
	switch d.Default {
	case "":
		return d.Doc
	case "required":
		return d.Doc + " Required."
	}
	return d.Doc + " Default: " + d.Default + "."
}

// wrapped returns a text in indented lines.
func wrapped(text string) string {
	const width = 92
	var out strings.Builder
	line := "       "
	for _, word := range strings.Fields(text) {
		if len(line)+1+len(word) > width {
			out.WriteString(line + "\n")
			line = "       "
		}
		line += " " + word
	}
	return out.String() + line + "\n"
}
