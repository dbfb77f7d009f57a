package dialect

import "github.com/asyncctl/asyncctl/poller/lro"

var jsonapiFamily = []builtin{{Info: Info{
	Name:       "jsonapi-async",
	Result:     "where the 303 leads",
	Looks:      "202 with Content-Location and application/vnd.api+json; then 200 while it works, 303 to the result",
	Source:     "JSON:API recommendations, Asynchronous Processing",
	Evidence:   Primary,
	Unverified: "the recommendation says nothing of failure, cancellation and progress: HTTP decides",
}, dialect: &rules{Rules: Rules{
	Name: "jsonapi-async", Header: map[string]string{"Accept": "application/vnd.api+json"},
	Poll:     Poll{Header: map[string]string{"Accept": "application/vnd.api+json"}},
	Status:   []string{"{{header:Content-Location}}"},
	State:    "/data/attributes/status",                // prose: for people, not for us
	Statuses: map[int]lro.State{200: lro.StateRunning}, // only a 303 is an end
}}}}
