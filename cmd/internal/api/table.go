package api

// Version is the version of the format.
const Version = 1

var (
	goingOn  = []string{"pending", "running", "waiting", "cancelling"}
	ends     = []string{"succeeded", "partial", "failed", "cancelled"}
	states   = append(append([]string{}, goingOn...), ends...)
	inState  = append(append([]string{}, states...), "done")
	others   = append(append([]string{}, inState...), "undecided")
	outcomes = append(append([]string{}, ends...), "undecided")
)

var (
	text      = &shape{kind: kText, name: "text"}
	place     = &shape{kind: kPlace, name: "a place"}
	whole     = &shape{kind: kWhole, name: "a whole number"}
	count     = &shape{kind: kWhole, name: "a whole number", min: 1}
	status    = &shape{kind: kWhole, name: "an HTTP status", min: 200, check: checkStatus}
	number    = &shape{kind: kNumber, name: "a number"}
	flag      = &shape{kind: kFlag, name: "true or false"}
	duration  = &shape{kind: kDuration, name: "a duration"}
	rate      = &shape{kind: kRate, name: "a rate"}
	method    = &shape{kind: kText, name: "a method", check: checkMethod}
	statuses  = list(status)
	places    = list(place)
	textList  = list(text)
	urlText   = &shape{kind: kText, name: "a URL", check: checkBase}
	fileText  = &shape{kind: kText, name: "a file beside this one"}
	words_    = table(words(inState...))
	stateCode = &shape{kind: kTable, name: "statuses and states", of: words(inState...), keys: `^[1-5][0-9][0-9]$`}
)

func template(h holes) *shape { return &shape{kind: kTemplate, name: "text", holes: h} }

func urlWith(h holes) *shape { return &shape{kind: kURL, name: "a URL", holes: h} }

func templates(h holes) *shape { return table(template(h)) }

func line(h holes) *shape { return &shape{kind: kLine, name: "METHOD url", holes: h} }

func jsonOf(h holes) *shape { return &shape{kind: kJSON, name: "any value", holes: h} }

// request returns the fields of a request.
func request(url holes, rest holes, header holes) []*Field {
	return []*Field{
		f("method", method, "POST for a submit, else GET", "The request method."),
		f("url", list(urlWith(url)).or(urlWith(url)), "", "The URL. One that begins with / is appended to the file's url, base path kept. Of a list, the first whose holes are all there."),
		f("query", templates(rest), "", "Query parameters, added where the url lacks them."),
		f("headers", templates(header), "", "Header fields."),
		f("json", jsonOf(rest), "", "Content in JSON. A text that is exactly one hole keeps the value's type."),
		f("form", templates(rest), "", "Content as an HTML form has it (application/x-www-form-urlencoded)."),
		f("text", template(rest), "", "Content as text (text/plain, if headers say nothing else)."),
		f("file", fileText, "", "Content from a file in this file's folder, at most 16 MiB."),
	}
}

func with(fields []*Field, more ...*Field) []*Field {
	return append(append([]*Field{}, fields...), more...)
}

// noBody is a request without file, which only a submit may read.
func follow(fields []*Field) []*Field {
	var kept []*Field
	for _, one := range fields {
		if one.Name != "file" {
			kept = append(kept, one)
		}
	}
	return kept
}

var (
	acceptField = f("accept", statuses, "", "Statuses that begin an operation, besides 202: [200, 201].")
	keyField    = f("key", text, "unknown", "Where an idempotency key belongs: a header field's name, /member of the content, or none. Named, the client always sends one, the mock stores by it, conformance tests it.")

	commonSubmit = object("a request without url", with(without(request(submitHoles, submitHoles, headerHoles), "url"), acceptField, keyField)...)
	submit       = object("a request", with(request(submitHoles, submitHoles, headerHoles), acceptField, keyField)...).or(line(submitHoles))

	statusRequest = object("a request", with(follow(request(requestHoles, requestHoles, requestHoles)),
		f("wait", template(waitHoles), "Prefer: wait", "Query that lets the server hold the answer: wait={{seconds}}, or {{milliseconds}}."),
		f("max-wait", duration, "no bound", "Longest such time, in whole seconds."),
		f("next", list(urlWith(requestHoles)).or(urlWith(requestHoles)), "", "Another status URL that an answer which goes on may name: {{/next}}."),
		f("repeat", flag, "false", "The submit, sent again, asks for the status. For answers that name no URL; no handle can be written then."),
	)...).or(line(requestHoles))

	stateSection = object("a mapping",
		f("at", place, "", "Place of the word for the state. With it an answer is a status document, never the result by its looks."),
		f("words", words_, "", "What the words mean, case ignored. true, false and numbers are words too."),
		f("others", words(others...), "the general vocabulary, else running", "What all other words mean."),
		f("absent", words(others...), "undecided", "What it means that the member is missing or null."),
		f("http", stateCode, "", "What an HTTP status means by itself, before at: {202: running, 200: succeeded}."),
		f("gone", statuses, "[404, 410]", "Statuses that say that there is no such operation."),
	)
	outcomeSection = object("a mapping",
		f("at", place, "", "Place of the word for the outcome, read only when the state says an end; the worse of the two counts."),
		f("words", table(words(states...)), "", "What the words mean, case ignored."),
		f("others", words(outcomes...), "the general vocabulary, else undecided", "What all other words mean."),
		f("absent", words(outcomes...), "undecided after done, else the state counts", "What it means that the member is missing or null."),
	)
	progressSection = object("a mapping",
		f("at", place, "", `Place of a number, or of a text that holds one ("50%").`),
		f("of", place, "", "Place of the whole of which at is a part."),
		f("scale", number, "1", "Factor to percent: 100 for 0 to 1."),
		f("message", place, "", "Place of words for people."),
		f("queue", place, "", "Place of the position in a queue."),
	)
	resultSection = object("a request, inline or files", with(follow(request(requestHoles, requestHoles, requestHoles)),
		f("inline", place, "", "Place of the result in the last answer."),
		f("files", place, "", "Place of the files' URLs, with a *: the last answer is the manifest of them, and the result. --output-dir fetches each."),
	)...).or(line(requestHoles), words("none"))
	cancelSection = object("a request", with(follow(request(requestHoles, requestHoles, requestHoles)),
		f("destroys", flag, "false", "It takes away more than the work: results, or the operation itself."),
	)...).or(line(requestHoles), words("none"))
)

func without(fields []*Field, name string) []*Field {
	var kept []*Field
	for _, one := range fields {
		if one.Name != name {
			kept = append(kept, one)
		}
	}
	return kept
}

// sections are the fields of a dialect that an operation may have too.
var sections = []*Field{
	f("job", place, "", "Place of the server's name for the operation in the accepted answer: {{job}} in requests."),
	f("status", statusRequest, "Location, then Content-Location", "How the status is asked for: GET {{header:Operation-Location}}, GET /jobs/{{job}}."),
	f("state", stateSection, "as the generic dialect reads it", "Where the state stands and what it means."),
	f("outcome", outcomeSection, "", "Where it stands how an operation came out, where the state says only that it is over."),
	f("failure", places, "[/error]", "Places of what went wrong. Something there, not empty all the way down, makes a success failed."),
	f("partial", places, "", "Places of signs that only a part was done; something there makes a success partial."),
	f("progress", progressSection, "", "How far the work is."),
	f("result", resultSection, "the last answer", "Where the result is: a request, {inline: place}, {files: place} or none."),
	f("cancel", cancelSection, "unknown", "The request that cancels an operation, or none: conformance expects a refusal then."),
}

var dialectSection = object("a dialect's name or a mapping", with([]*Field{
	f("like", text, "", "A built-in dialect to start from: sections given replace its own, its code stays."),
	f("submit", commonSubmit, "", "Defaults of every submit; merged by field with an operation's."),
}, sections...)...).or(text)

var (
	answer = object("an answer",
		f("status", status, "200", "The HTTP status."),
		f("headers", templates(mockHoles), "", "Header fields."),
		f("json", jsonOf(mockHoles), "", "Content in JSON."),
		f("text", template(mockHoles), "", "Content as text."),
		f("file", fileText, "", "Content from a file in this file's folder, at most 16 MiB."),
	)
	answerKeys = []string{"accepted", "pending", "running", "waiting", "cancelling", "succeeded", "failed", "partial", "cancelled", "result", "cancel", "invalid", "missing", "unauthorized"}
	setSection = object("a mapping", setFields...)
	turn       = &shape{kind: kText, name: "a turn", check: checkTurn}
	chance     = &shape{kind: kNumber, name: "a number from 0 to 1", check: checkChance}
	pattern    = &shape{kind: kText, name: "a text with *, or null for none", null: true}
	faultList  = list(&shape{kind: kText, name: "a fault", check: checkFault})
	ruleShape  = object("a rule",
		f("name", text, "", "For people and the journal."),
		f("when", object("a mapping",
			f("method", text, "", "The request method."),
			f("path", text, "", "The path, with * for any text."),
			f("query", table(pattern), "", "Query parameters, with * for any text; null for one that is not there."),
			f("header", table(pattern), "", "Header fields, with * for any text; null for one that is not there."),
			f("body", &shape{kind: kTable, name: "places and values", of: &shape{kind: kJSON, name: "any value"}}, "", "Values at places of the content: {/format: xml}."),
			f("probability", chance, "1", "How often it holds, 0 to 1."),
			f("turn", turn, "", "Which of every so many requests: 1/3 is the first of three."),
		), "always", "When the rule holds."),
		f("set", setSection, "", "The mock's words for this operation."),
		f("answer", answer, "", "What is answered instead."),
		f("delay", duration, "", "How long the answer is held back."),
		f("distribution", setField("distribution").shape, "fixed", "How the delay varies."),
		f("faults", faultList, "", "Faults, as --fault takes them."),
	)
	callback = object("a request", with(without(follow(without(request(mockHoles, mockHoles, mockHoles), "url")), "method"),
		f("method", method, "POST", "The request method."),
		f("url", urlWith(mockHoles), "", "The URL, as {{request:/notify}}; where that is null or missing nothing is sent."),
		f("states", list(words(ends...)), "[succeeded, failed, partial, cancelled]", "On reaching which ends it is sent."),
		f("delay", duration, "0s", "How long after that."),
		f("times", &shape{kind: kWhole, name: "a whole number", min: 1, check: checkTimes}, "1", "How many times, at most 100. It is not sent again for an answer that refuses it."),
		f("sign", object("a mapping",
			f("header", text, "", "Header field of the signature."),
			f("prefix", text, "", `What precedes its hexadecimal digits: "sha256=".`),
			f("secret", text, "", "Name of the secret: ASYNCCTL_SECRET_NAME holds the key of the HMAC-SHA256."),
		), "", "A signature of the content."),
	)...)
	mockFields = with(setFields,
		f("id", words("uuid", "number"), "uuid", "What the mock's names look like. number excludes --stateless."),
		f("paths", object("a mapping",
			f("status", urlWith(pathHoles), "the literal url of status, else /operations/{{id}}", "Path of the status."),
			f("result", urlWith(pathHoles), "the literal url of result, else the status path with /result", "Path of the result."),
		), "", "Where the mock serves what it names."),
		f("answers", named(answer, answerKeys...), "made from the dialect", "What the mock answers: to polls by state, and accepted, result, cancel, invalid (400), missing (404), unauthorized (401)."),
		f("callback", callback, "", "A request that the mock sends when an operation reaches a state. Loopback only; others by --allow-callback ORIGIN."),
		f("rules", list(ruleShape), "", "For each of set, answer, delay and faults the first rule that holds and says it."),
		f("faults", faultList, "", "Faults, as --fault takes them."),
	)
	operationMock = object("a mapping", mockFields...)
	mockSection   = object("a mapping", with(mockFields,
		f("scenarios", &shape{kind: kTable, name: "names and words of the mock", of: setSection, keys: operationName}, "", "Words of the mock by name: a submit asks for them with asyncctl.scenario=NAME."),
		f("cors", flag, "false", "Browsers of other origins may read the answers."),
		f("workers", count, "", "How many operations are worked on at a time."),
		f("max-queue", whole, "", "How many may wait before submits are refused."),
		f("time-scale", number, "1", "How fast the mock's time runs: 60 makes a minute of a second."),
		f("auth", flag, "false", "Header fields that hold a secret must be there, with any value, else 401."),
	)...)
)

var exampleShape = object("an example",
	f("method", method, "that of the submit", "The method, if it differs."),
	f("url", urlWith(submitHoles), "that of the submit", "The URL, if it differs."),
	f("query", templates(submitHoles), "", "Query parameters that differ."),
	f("headers", templates(headerHoles), "", "Header fields that differ."),
	f("json", jsonOf(submitHoles), "", "The content as a whole."),
	f("form", templates(submitHoles), "", "The content as a whole."),
	f("text", template(submitHoles), "", "The content as a whole."),
	f("file", fileText, "", "The content as a whole."),
)

var operation = object("an operation", with([]*Field{
	f("about", text, "", "What it does, for people."),
	f("submit", submit, "required", "The request that starts it."),
}, with(sections,
	f("examples", &shape{kind: kTable, name: "examples", of: exampleShape, keys: `^[A-Za-z][A-Za-z0-9_-]*$`}, "", "What differs from the submit. slow, fast, fail and invalid have a meaning for conformance and the mock; other names are for people."),
	f("mock", operationMock, "", "The mock's words for this operation, over the file's."),
)...)...)

var limitsSection = object("a mapping",
	f("rate", rate, "", "All requests of the process to the origin: 5/s."),
	f("parallel", count, "", "Operations at a time."),
	f("interval", duration, "", "Between polls, where the server gives no hint."),
	f("methods", list(method), "", "Nothing else is sent: [GET, POST]."),
	f("retention", duration, "", "How long the server keeps a finished operation."),
)

var waivers = list(object("a waiver",
	f("rule", text, "", "Id of the rule (\"asyncctl conformance list\")."),
	f("match", text, "every finding", "Text that the finding must hold; * stands for any text."),
	f("reason", text, "", "Why it is accepted, and who mends it."),
	f("expires", text, "", "Last day, as 2026-12-31."),
))

var checksSection = object("a mapping",
	f("skip", textList, "", "Ids of rules that are not checked."),
	f("waivers", waivers, "", "Findings that are accepted."),
	f("other", templates(secretHoles), "", "Header fields of a second identity."),
	f("unknown", urlWith(submitHoles), "", "A status URL that was never handed out."),
	f("burst", flag, "false", "Requests in quick succession are allowed."),
	f("wait", flag, "false", "Wait until the retention is over."),
)

var loadSection = object("a mapping",
	f("rate", text, "", "Submits a second: 50/s."),
	f("stages", text, "", "Rates over time: 1m:10,5m:100."),
	f("duration", duration, "", "How long."),
	f("concurrency", count, "", "Operations at a time."),
	f("count", count, "", "How many operations, --operations."),
	f("mix", table(number), "all alike", "How often each operation: {export: 9, reindex: 1}."),
	f("feed", fileText, "", "Rows for {{row.name}}, a file in this file's folder."),
	f("strategy", text, "", "How the generator polls."),
	f("thresholds", textList, "", "What has to hold: p99(done)<30s."),
	f("abort-on", textList, "", "What ends the run early."),
)

// root is the file.
var root = object("the file",
	f("asyncctl", words("1"), "required", "The version of the format."),
	f("name", &shape{kind: kText, name: "a word", keys: nameWord}, "the file's name", "A word of lower-case letters, digits and hyphens, used in handles and reports."),
	f("about", text, "", "For people."),
	f("url", urlText, "", "Where the API is, with its base path. Not needed for a dialect alone, or the mock."),
	f("headers", templates(secretHoles), "", "Sent with every request to url's origin that lacks them."),
	f("query", templates(noHoles), "", "Query parameters of every request to url's origin that lacks them."),
	f("dialect", dialectSection, "auto", "What all operations share: a built-in's name, or a mapping."),
	f("operations", &shape{kind: kTable, name: "names and operations", of: operation, keys: operationName}, "", "The operations by name."),
	f("limits", limitsSection, "", "Facts about the API that every command keeps."),
	f("mock", mockSection, "", "How the mock behaves."),
	f("checks", checksSection, "", "What conformance has to know."),
	f("load", loadSection, "", "Flags of loadtest."),
)

const (
	nameWord      = `^[a-z][a-z0-9-]*$`
	operationName = `^[A-Za-z][A-Za-z0-9_-]*$`
)
