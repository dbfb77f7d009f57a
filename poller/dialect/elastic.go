package dialect

import (
	"net/http"

	"github.com/asyncctl/asyncctl/poller/lro"
)

var elasticFamily = []builtin{{Info: Info{
	Name:     "es-async-search",
	Looks:    "200 with id, is_running and is_partial; then GET /_async_search/{id} until is_running is false",
	Source:   "Elasticsearch, async-search.asciidoc",
	Evidence: Primary,
}, dialect: &asyncSearch{rules{Rules{
	Name: "es-async-search", Accept: []int{200}, Status: []string{"/_async_search/{/id}"}, State: "/is_running",
	Words:    map[string]lro.State{"true": lro.StateRunning, "false": lro.StateSucceeded},
	Inline:   "/response",
	Progress: "/response/_shards/successful", Total: "/response/_shards/total",
	Cancel: Call{Method: "DELETE", URL: "{status}", Destroys: true}, // it also drops the results of a search that is over
}}}}}

// asyncSearch reads Elasticsearch's searches.
type asyncSearch struct{ rules }

// Read says what the reply means.
func (d *asyncSearch) Read(op lro.Operation, r lro.Reply) (lro.Reading, error) {
	got, err := d.rules.Read(op, r)
	if got.State != lro.StateSucceeded {
		return got, err
	}
	partial, _ := literal(lro.JSON(r.Body), "/is_partial")
	status, _ := number(lro.JSON(r.Body), "/completion_status")
	switch {
	case status >= http.StatusBadRequest:
		got.State = lro.StateFailed
	case string(partial) == "true":
		got.State = lro.StatePartial
	}
	return got, err
}
