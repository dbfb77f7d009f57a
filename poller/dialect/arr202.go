package dialect

import "github.com/asyncctl/asyncctl/poller/lro"

// acceptedFamily is the reading of the pattern in which the HTTP status says it all.
var acceptedFamily = []builtin{{Info: Info{
	Name:     "arr-202",
	Looks:    "202 with Location; 202 while it works, any other 2xx at the status URL is the result, whatever is in it",
	Source:   "Microsoft, Asynchronous Request-Reply pattern, as Logic Apps and Durable Functions read it; RFC 7240, section 4.1",
	Evidence: Primary,
	Result:   "the last answer itself, or where a redirect leads",
}, dialect: &rules{Rules: Rules{
	Name: "arr-202", Statuses: map[int]lro.State{202: lro.StateRunning}, Cancel: Call{Method: "DELETE", URL: []string{"{{status}}"}},
}}}}
