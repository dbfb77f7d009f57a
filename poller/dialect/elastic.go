package dialect

import (
	"net/http"

	"github.com/asyncctl/asyncctl/internal/jsontext"
	"github.com/asyncctl/asyncctl/poller/lro"
)

var elasticFamily = []builtin{{Info: Info{
	Name:     "es-async-search",
	Looks:    "200 with id, is_running and is_partial; then GET /_async_search/{id} until is_running is false",
	Source:   "Elasticsearch, async-search.asciidoc",
	Evidence: Primary,
}, dialect: &asyncSearch{rules{Rules: Rules{
	Name: "es-async-search", Accept: []int{200}, Status: []string{"/_async_search/{{/id}}"}, State: "/is_running",
	Words:    map[string]lro.State{"true": lro.StateRunning, "false": lro.StateSucceeded},
	Poll:     Poll{Wait: "wait_for_completion_timeout={{seconds}}s"},
	Inline:   "/response",
	Progress: "/response/_shards/successful", Total: "/response/_shards/total",
	Cancel: Call{Method: "DELETE", URL: []string{"{{status}}"}, Destroys: true}, // it also drops the results of a search that is over
}}}}, {Info: Info{
	Name:       "es-task",
	Looks:      `200 with {"task": "node:17"} and nothing else; then GET /_tasks/{task} until completed is true`,
	Source:     "Elasticsearch documentation, Task management API",
	Evidence:   Memory,
	Unverified: "all of it is from memory; progress is not read",
}, dialect: &esTask{rules{Rules: Rules{
	Name: "es-task", Accept: []int{200}, Status: []string{"/_tasks/{{job}}"}, Job: "/task", State: "/completed",
	Words:  map[string]lro.State{"true": lro.StateSucceeded, "false": lro.StateRunning},
	Inline: "/response", Partial: []string{"/response/failures"}, Cancel: Call{Method: "POST", URL: []string{"{{status}}/_cancel"}},
}}}}}

// esTask reads Elasticsearch's tasks, of which one that was cancelled completes like any other.
type esTask struct{ rules }

// Read says what the reply means.
func (d *esTask) Read(op lro.Operation, r lro.Reply) (lro.Reading, error) {
	got, err := d.rules.Read(op, r)
	if word, _ := literal(jsontext.Value(r.Body), "/task/cancelled"); got.State.Terminal() && string(word) == "true" {
		got.State = lro.StateCancelled
	}
	return got, err
}

// asyncSearch reads Elasticsearch's searches.
type asyncSearch struct{ rules }

// Read says what the reply means.
func (d *asyncSearch) Read(op lro.Operation, r lro.Reply) (lro.Reading, error) {
	got, err := d.rules.Read(op, r)
	if got.State != lro.StateSucceeded {
		return got, err
	}
	partial, _ := literal(jsontext.Value(r.Body), "/is_partial")
	status, _ := number(jsontext.Value(r.Body), "/completion_status")
	switch {
	case status >= http.StatusBadRequest:
		got.State = lro.StateFailed
	case string(partial) == "true":
		got.State = lro.StatePartial
	}
	return got, err
}
