package fault

import (
	"net/http"
	"time"

	"github.com/asyncctl/asyncctl/mockserver/internal/speech"
)

// resultFaults spoil the result.
var resultFaults = []Kind{
	{
		Name:    "result-not-ready",
		summary: "the result is 404, by default until 2s after the end",
		exposes: "taking a result that is not visible yet for one that does not exist",
		rules:   []string{"redirect-target-ok"},
		on:      speech.OnResult, defaults: Fault{Until: 2 * time.Second},
		rewrite: func(h *hit) bool {
			h.problem(http.StatusNotFound, "there is no result here, or not yet")
			return true
		},
	},
	{
		Name:    "result-gone",
		summary: "the result is 410, though the status URL leads there",
		exposes: "calling an operation failed whose result is lost, or asking for it for ever",
		rules:   []string{"redirect-target-ok"},
		on:      speech.OnResult, sticky: true,
		excuses: speech.OnResult,
		rewrite: func(h *hit) bool {
			h.problem(http.StatusGone, "the result was removed")
			return true
		},
	},
}
