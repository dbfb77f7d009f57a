package descriptor

import "github.com/asyncctl/asyncctl/poller/dialect"

// Version is the version of the format. It only grows; a file of a later version is refused.
const Version = 1

// Descriptor is a dialect in a file.
type Descriptor struct {
	// About says in a line what the API looks like, and Source where that is written down. They are for
	// people.
	About, Source string
	// Rules is the dialect.
	Rules dialect.Rules
}

// Field describes one field of a descriptor to people.
type Field struct {
	// Path is the field's place: "status.url".
	Path string
	// Type is what it holds: "text", "list of text", ...
	Type string
	// Doc says what it means, and what it means to leave it out.
	Doc string
	// at returns where the value belongs.
	at func(d *Descriptor) any
}

// The types of fields.
const (
	text    = "text"
	list    = "list of text"
	table   = "names and texts"
	numbers = "list of numbers"
	number  = "number"
	flag    = "true or false"
	word    = "state"
	words   = "words and states"
	codes   = "statuses and states"
)

// fields are all fields in the order of the file.
var fields = []Field{
	{"name", text, "The dialect's name: lower-case letters, digits, hyphens. Handles carry it. Required.", func(d *Descriptor) any { return &d.Rules.Name }},
	{"about", text, "What it looks like, for people.", func(d *Descriptor) any { return &d.About }},
	{"source", text, "Where that is written down, for people.", func(d *Descriptor) any { return &d.Source }},

	{"submit.header", table, "Header fields of the submit, unless it has them already. No credentials.", func(d *Descriptor) any { return &d.Rules.Header }},
	{"submit.query", table, "Query parameters of the submit, unless it has them already.", func(d *Descriptor) any { return &d.Rules.Query }},
	{"submit.accept", numbers, "Statuses that begin an operation, besides 202.", func(d *Descriptor) any { return &d.Rules.Accept }},

	{"status.url", list, "Sources of the status URL in the answer to the submit, the best first. Left out: Location, Content-Location, as HTTP has it.", func(d *Descriptor) any { return &d.Rules.Status }},
	{"status.carry", list, "Query parameters of the submit that the status URL gets where it lacks them: api-version.", func(d *Descriptor) any { return &d.Rules.Carry }},
	{"status.job", text, "Source of the server's own name for the operation, {{job}} elsewhere. header:Name or a pointer.", func(d *Descriptor) any { return &d.Rules.Job }},

	{"poll.method", text, "Method of a poll. Left out: GET.", func(d *Descriptor) any { return &d.Rules.Poll.Method }},
	{"poll.header", table, "Header fields of each poll; those of -H go before them. No credentials.", func(d *Descriptor) any { return &d.Rules.Poll.Header }},
	{"poll.query", table, "Query parameters of the status URL, unless it has them already.", func(d *Descriptor) any { return &d.Rules.Poll.Query }},
	{"poll.body", text, "Content of a poll, with {{job}}: JSON if it begins like that, else a form.", func(d *Descriptor) any { return &d.Rules.Poll.Body }},
	{"poll.repeat", flag, "The submit, sent again, asks for the status. For answers that name no URL; no handle can be written then.", func(d *Descriptor) any { return &d.Rules.Poll.Repeat }},
	{"poll.wait", text, "Query that lets the server hold the answer, for --long-poll: WAIT={{seconds}}, or {{milliseconds}}. Left out: Prefer: wait.", func(d *Descriptor) any { return &d.Rules.Poll.Wait }},
	{"poll.max-wait", number, "Longest such time in seconds. Left out: no bound.", func(d *Descriptor) any { return &d.Rules.Poll.MaxWait }},
	{"poll.handover", list, "Sources of another status URL in an answer that goes on.", func(d *Descriptor) any { return &d.Rules.Handover }},

	{"state.at", text, "Pointer to the word for the state; true and false are words too, and numbers where state.words has one. Left out: the HTTP status says it, 202 while it works.", func(d *Descriptor) any { return &d.Rules.State }},
	{"state.words", words, "What the words mean, without regard to case.", func(d *Descriptor) any { return &d.Rules.Words }},
	{"state.others", word, "What all other words mean. Left out: the words that everybody uses (done, failed, ...), and running for one that nobody knows.", func(d *Descriptor) any { return &d.Rules.Others }},
	{"state.http", codes, "HTTP statuses of a poll that say the state by themselves.", func(d *Descriptor) any { return &d.Rules.Statuses }},
	{"state.gone", numbers, "4xx of a poll that mean what 404 does: there is no such operation.", func(d *Descriptor) any { return &d.Rules.Gone }},

	{"result.url", list, "Sources of the result's URL, the best first: in the last answer, or in that to the submit. Left out: the last answer is the result.", func(d *Descriptor) any { return &d.Rules.Result }},
	{"result.inline", text, "Pointer to the result within the last answer, if it is there. Left out: all of it.", func(d *Descriptor) any { return &d.Rules.Inline }},
	{"result.failure", list, "Pointers to what went wrong; something there makes a success a failure. Left out: /error.", func(d *Descriptor) any { return &d.Rules.Failure }},
	{"result.partial", list, "Pointers to true, or to a number that is not 0, where only a part was done.", func(d *Descriptor) any { return &d.Rules.Partial }},

	{"progress.at", text, "Pointer to a number, or to a text with one (\"50%\").", func(d *Descriptor) any { return &d.Rules.Progress }},
	{"progress.of", text, "Pointer to the whole of which progress.at is a part.", func(d *Descriptor) any { return &d.Rules.Total }},
	{"progress.scale", number, "Factor to percent: 100 for 0 to 1. Left out: 1.", func(d *Descriptor) any { return &d.Rules.Scale }},
	{"progress.message", text, "Pointer to words for people.", func(d *Descriptor) any { return &d.Rules.Message }},
	{"progress.queue", text, "Pointer to the place in a queue.", func(d *Descriptor) any { return &d.Rules.Queue }},

	{"cancel.method", text, "Method that calls an operation off. Left out, with the rest: nothing does.", func(d *Descriptor) any { return &d.Rules.Cancel.Method }},
	{"cancel.url", list, "Sources of where to, the best first.", func(d *Descriptor) any { return &d.Rules.Cancel.URL }},
	{"cancel.body", text, "Content, with {{job}}: JSON if it begins like that, else a form.", func(d *Descriptor) any { return &d.Rules.Cancel.Body }},
	{"cancel.destroys", flag, "It takes away more than the work: results, or the operation itself. Needs --yes.", func(d *Descriptor) any { return &d.Rules.Cancel.Destroys }},
}

// Fields returns all fields in the order of the file.
func Fields() []Field { return fields }
