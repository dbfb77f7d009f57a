package draft

import (
	"encoding/json"
	"fmt"
	"regexp"
	"strings"
	"sync"
)

// Draft is an API file in the making.
type Draft struct {
	Name, About, URL string
	// Notes stand at the head of the file as comments.
	Notes []string
	// Header and Query are those of every request, and Dialect the lines of that section.
	Header, Query []Line
	Builtin       string // the name of a built-in dialect, in place of Dialect
	Dialect       []Line
	Operations    []Operation
	secrets       []string // none of which may be written
	// More are lines at the end: limits and what was not seen.
	More []Line
}

// Operation is one operation of a draft.
type Operation struct {
	Name, About string
	Submit      string // the value of the field
	Own         []Line // sections that differ from the common ones
	Examples    []Line
	Mock        []Line
}

// Line is a field and its value in YAML. A line that is off stands there as a comment.
type Line struct {
	Name, Value string
	Guess       string // what it was guessed from
	Off         string // why it is a comment; empty: it is not
}

// YAML returns the file.
func (d *Draft) YAML() string {
	var out strings.Builder
	for _, note := range d.Notes {
		for _, line := range strings.Split(note, "\n") {
			out.WriteString("# " + line + "\n")
		}
	}
	out.WriteString("asyncctl: 1\n")
	fmt.Fprintf(&out, "name: %s\n", d.Name)
	if d.About != "" {
		fmt.Fprintf(&out, "about: %s\n", Quote(d.About))
	}
	if d.URL != "" {
		fmt.Fprintf(&out, "url: %s\n", d.URL)
	} else {
		out.WriteString("# url: https://api.example.com    # not known: where the API is\n")
	}
	block(&out, "headers", d.Header, "")
	block(&out, "query", d.Query, "")
	if d.Builtin != "" {
		fmt.Fprintf(&out, "dialect: %s\n", d.Builtin)
	} else {
		block(&out, "dialect", d.Dialect, "")
	}
	if len(d.Operations) > 0 {
		out.WriteString("operations:\n")
	}
	for _, op := range d.Operations {
		fmt.Fprintf(&out, "  %s:\n", op.Name)
		if op.About != "" {
			fmt.Fprintf(&out, "    about: %s\n", Quote(op.About))
		}
		fmt.Fprintf(&out, "    submit: %s\n", op.Submit)
		lines(&out, op.Own, "    ")
		block(&out, "examples", op.Examples, "    ")
		block(&out, "mock", op.Mock, "    ")
	}
	lines(&out, d.More, "")
	return without(out.String(), d.secrets)
}

// block writes a mapping; if all its lines are off, its name is off too.
func block(out *strings.Builder, name string, all []Line, indent string) {
	if len(all) == 0 {
		return
	}
	off := true
	for _, l := range all {
		off = off && l.Off != ""
	}
	mark := ""
	if off {
		mark = "# "
	}
	fmt.Fprintf(out, "%s%s%s:\n", indent, mark, name)
	lines(out, all, indent+"  ")
}

func lines(out *strings.Builder, all []Line, indent string) {
	for _, l := range all {
		text := Quote(l.Name) + ": " + l.Value
		if strings.HasPrefix(l.Value, "\n") {
			text = Quote(l.Name) + ":" + strings.ReplaceAll(l.Value, "\n", "\n"+indent+"  ")
		}
		switch {
		case l.Off != "":
			fmt.Fprintf(out, "%s# %s    # %s\n", indent, strings.ReplaceAll(text, "\n", "\n"+indent+"# "), l.Off)
		case l.Guess != "" && !strings.Contains(text, "\n"):
			fmt.Fprintf(out, "%s%s    # guessed from %s\n", indent, text, l.Guess)
		case l.Guess != "":
			fmt.Fprintf(out, "%s# guessed from %s\n%s%s\n", indent, l.Guess, indent, text)
		default:
			fmt.Fprintf(out, "%s%s\n", indent, text)
		}
	}
}

var plainText = sync.OnceValue(func() *regexp.Regexp {
	return regexp.MustCompile(`^[A-Za-z/_][A-Za-z0-9/_. ()~*-]*[A-Za-z0-9/_)*]$|^[A-Za-z/]$`)
})

// Quote returns a text as YAML has it.
func Quote(s string) string {
	switch strings.ToLower(s) {
	case "yes", "no", "on", "off", "y", "n", "true", "false", "null", "":
		return quoted(s)
	}
	if plainText().MatchString(s) {
		return s
	}
	return quoted(s)
}

// quoted returns a JSON string, which is one of YAML too.
func quoted(s string) string {
	var out strings.Builder
	enc := json.NewEncoder(&out)
	enc.SetEscapeHTML(false)
	enc.Encode(s) // a text always can be
	return strings.TrimSuffix(out.String(), "\n")
}

// request returns a request on one line where that says it all.
func request(method, url string, more ...string) string {
	if len(more) == 0 && !strings.ContainsAny(url, "#,[]'\"") {
		return method + " " + url
	}
	fields := append([]string{"method: " + method, "url: " + quoted(url)}, more...)
	return "{" + strings.Join(fields, ", ") + "}"
}

// flow returns names and values as a mapping on one line.
func flow(pairs ...string) string {
	var all []string
	for i := 0; i+1 < len(pairs); i += 2 {
		if pairs[i+1] != "" {
			all = append(all, pairs[i]+": "+pairs[i+1])
		}
	}
	return "{" + strings.Join(all, ", ") + "}"
}
