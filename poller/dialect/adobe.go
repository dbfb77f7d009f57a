package dialect

import "github.com/asyncctl/asyncctl/poller/lro"

var adobeFamily = []builtin{{Info: Info{
	Name:       "adobe-pdf",
	Looks:      "201 with Location; then 200 with status: in progress, done, failed, and the result at asset.downloadUri",
	Source:     "Adobe PDF Services API documentation",
	Evidence:   Documentation,
	Unverified: "nothing in the answer to the submit gives it away: it has to be named",
}, dialect: &rules{Rules: Rules{
	Name: "adobe-pdf", Accept: []int{201}, Status: []string{"{{header:Location}}"}, State: "/status",
	Words:  map[string]lro.State{"in progress": lro.StateRunning, "done": lro.StateSucceeded, "failed": lro.StateFailed},
	Others: lro.StateRunning, Result: []string{"{{/asset/downloadUri}}"},
}}}}
