package descriptor

import (
	"fmt"
	"strings"
)

const introduction = `A descriptor teaches asyncctl one more dialect: a way to say "accepted, ask again later". It is a file
in YAML or JSON, for --dialect FILE. It holds data alone: places, words and requests, and no
expressions, no code and no credentials. Where it says nothing, HTTP decides.

    asyncctl dialect show replicate > mine.yaml     # start from one that is built in
    asyncctl dialect check mine.yaml                # is it right? every mistake with its line
    asyncctl submit URL --wait --dialect mine.yaml
    asyncctl wait order.handle --dialect mine.yaml  # a handle names its dialect; the file tells it

A URL is a template, filled in from an answer or from what is known:

    {{header:Name}}           the URL in a header field
    {{/urls/get}}             the URL at a JSON Pointer (RFC 6901) into the content
    {{submit}}/{{/id}}        {{submit}}, {{status}}, {{origin}} (https://host) and {{api}}
                              (https://host/v1) are URLs; {{/pointer}}, {{header:Name}} and {{job}}
                              become one percent-encoded segment
    {{/output/*/url}}         * is the element of a list that has exactly one

Relative references are resolved against the URL that was asked. What is found on another origin is
asked for without your headers and credentials, as everywhere.

States are pending, running, waiting and cancelling, which go on, and succeeded, failed, partial
and cancelled, which are ends.

An example:

    asyncctl_dialect: 1          # the version of the format
    name: bakery
    submit:
      accept: [200]
    status:
      url: ["{{submit}}/{{/id}}"]
    state:
      at: /oven/phase
      words: {baked: succeeded, burnt: failed}
      others: running
    result:
      inline: /cake
    progress: {at: /oven/done, scale: 100}
    cancel: {method: POST, url: "{{status}}/stop"}

Fields:
`

// Help returns the description of the format for people.
func Help() string {
	var out strings.Builder
	out.WriteString(introduction)
	for _, f := range fields {
		fmt.Fprintf(&out, "\n    %s (%s)\n%s", f.Path, f.Type, wrapped(f.Doc))
	}
	return out.String()
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
