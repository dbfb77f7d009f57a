// Package glossary says what the words of this program mean, in one place for the documentation and
// for "asyncctl explain":
//
//	for _, e := range glossary.Entries() { fmt.Println(e.Word, e.Text) }
//
// It has the words that people meet in output, flags and pages. What a rule, a fault, a dialect or an
// exit code is says the package that has them.
package glossary

// Entry is one word.
type Entry struct {
	// Word is lower case, in the singular, with blanks where it is several words.
	Word string
	// Text says what it means, in whole sentences.
	Text string
	// See names other entries.
	See []string
}

// Entries returns all words, in alphabetical order. The caller owns the slice.
func Entries() []Entry { return append([]Entry(nil), entries[:]...) }

var entries = [...]Entry{
	{"accepted", "The answer that says that the server took the request and will do the work later: 202 with a status URL, or what a dialect has in its place.", []string{"submit", "status url"}},
	{"api file", "A YAML file that describes an API once: its requests, its states, its limits, its mock, its checks and its load. Every command takes it with --api FILE, and \"asyncctl init\" writes one.", []string{"dialect"}},
	{"arrival", "The moment at which a load test plans to submit an operation. Latency counts from it, not from the sending, so that a slow server cannot hide its own delay.", []string{"late"}},
	{"cancel", "To ask the server to stop an operation. An accepted cancellation is a request, not a fact: the status says how the operation ended.", nil},
	{"credential", "A header, token, password or client certificate that says who is asking. It goes to the origin that the person named, and to those named with --trust-origin, and to no other.", []string{"origin"}},
	{"detection lag", "The time from the server's end of the work to the moment at which the client knew. Where the server does not say when it was done, the lag is only known to lie between two polls, and its upper bound is shown.", []string{"hint", "poll"}},
	{"dialect", "One API family's way of saying all this on the wire: where the status URL is, which words mean done, how to cancel. It is detected automatically, or named with --dialect; \"asyncctl api list\" has the built-in ones.", []string{"api file"}},
	{"doubtful", "A reading of an answer that was guessed. A guess never leads to a write, a claim of success or an early end.", []string{"undecided"}},
	{"early poll", "A poll that is sent before the server's hint allows it. asyncctl sends none; its mock counts those of other clients.", []string{"hint", "floor"}},
	{"end", "The state of an operation that nothing changes any more: succeeded, failed, cancelled.", []string{"outcome"}},
	{"fault", "Something that the mock does wrong on purpose, so that a client can be tested against it: mockserver --fault NAME.", nil},
	{"floor", "The earliest moment of the next poll: the last answer plus the server's hint.", []string{"hint"}},
	{"handle", "A file, or text, that holds what is needed to go on waiting for an operation in another process or on another machine: submit --save FILE writes it, wait, status and cancel take it. It holds no credentials, and grants no trust.", []string{"origin"}},
	{"hint", "What the server says about when to ask again: Retry-After and its relatives. It is the floor of the next poll.", []string{"floor", "retry-after"}},
	{"idempotency key", "A word that the client makes up and sends with a submit (Idempotency-Key), so that the server recognizes a repeated request. With it a submit may be sent again after a broken connection.", []string{"submit"}},
	{"journal", "The file in which batch writes what it sends before it sends it, so that a killed run can be repeated without submitting anything twice.", nil},
	{"lag", "Short for detection lag.", []string{"detection lag"}},
	{"late", "In a load test: how long after its planned moment a request left. It is the generator's own fault, not the server's, and it is reported as such.", []string{"arrival"}},
	{"mock", "A fake server of the pattern: the command mockserver, the Go package of that name, and the URL mock:, which starts one inside the process.", []string{"fault"}},
	{"operation", "One piece of work that the server does in the background.", nil},
	{"origin", "Scheme, host and port of a URL, as https://api.example.com:443 (RFC 6454). Credentials belong to one.", []string{"credential"}},
	{"outcome", "How an operation ended: succeeded, failed or cancelled; or, where that is not known: lost, gone, timeout; or, where nothing was started, refused or not-sent.", []string{"undecided"}},
	{"poll", "One GET of the status URL.", []string{"status url"}},
	{"result", "What an operation produced. The result URL is where the 302 or 303 points.", nil},
	{"retry-after", "The header field with which a server says when to ask again: a number of seconds, or a date (RFC 9110, section 10.2.3).", []string{"hint"}},
	{"rule", "One thing that conformance checks, with a level (must, should, may) and a basis (rfc, pattern, draft, advice).", nil},
	{"shard", "One part of a load test or of a batch that is split over several machines: --shard i/n.", nil},
	{"status document", "The content of an answer from the status URL that says how the operation is going.", []string{"status url"}},
	{"status url", "The URL that is polled: Location, Operation-Location, or what a dialect has in its place. Older texts call it a monitor.", []string{"poll"}},
	{"strategy", "A way to poll in a load test: as the server says, fixed, exponential. Several can be compared in one run.", nil},
	{"submit", "The request that starts an operation: POST, PUT, PATCH, DELETE, sometimes GET.", []string{"accepted"}},
	{"undecided", "An answer that is neither a known status nor surely the result. The exit code is 6, the document is shown, and the ways on are named: --success-when, --dialect arr-202, an API file.", []string{"doubtful", "api file"}},
	{"waiver", "An entry in a file that excuses a finding of conformance, with a reason and a day on which that ends.", []string{"rule"}},
}
