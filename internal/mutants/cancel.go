package mutants

import (
	"net/http"
	"sync"

	"github.com/asyncctl/asyncctl/conformance"
)

// cancelMutants spoil the calling off of operations.
var cancelMutants = []mutant{
	{
		name: "cancel-404", summary: "DELETE is answered with 404, whatever it names",
		breaks: []string{"cancel-accepted"},
		wrap: deletes(func(a *reply, _ int) {
			a.json(http.StatusNotFound, `{"error":{"code":"NotFound","message":"no route"}}`)
		}),
	},
	{
		name: "cancel-pretended", summary: "cancellation is documented as unsupported, and DELETE is answered with 204", query: "cancel=off",
		breaks: []string{"cancel-unsupported-405"},
		target: func(t *conformance.Target, _ string) { t.Cancel = conformance.Unsupported },
		wrap: deletes(func(a *reply, _ int) {
			a.empty()
			a.header.Del("Allow")
			a.status = http.StatusNoContent
		}),
	},
	{
		name: "cancel-twice-500", summary: "the second DELETE makes the server fail",
		breaks: []string{"cancel-idempotent"},
		wrap: deletes(func(a *reply, n int) {
			if n > 1 {
				a.json(http.StatusInternalServerError, `{"error":{"code":"Internal","message":"already cancelled"}}`)
			}
		}),
	},
	{
		name: "cancel-late-kills", summary: "DELETE of an operation that is over deletes its result, and the status still leads there",
		breaks: []string{"cancel-after-completion-harmless"}, wrap: killing,
	},
	{
		name: "cancel-flips", summary: "DELETE of an operation that is over makes it Cancelled",
		breaks: []string{"cancel-after-completion-harmless", "state-monotonic"},
		wrap:   flipping,
	},
}

// deletes changes the answers to DELETE of a status URL that the mock knows; n counts those of one
// operation.
func deletes(change func(a *reply, n int)) func(http.Handler) http.Handler {
	return func(mock http.Handler) http.Handler {
		var mu sync.Mutex
		count := map[string]int{}
		return rewrite(func(r *http.Request, a *reply) {
			if !ofStatus(r) || r.Method != http.MethodDelete || a.status == http.StatusNotFound {
				return
			}
			mu.Lock()
			defer mu.Unlock()
			count[r.URL.Path]++
			change(a, count[r.URL.Path])
		})(mock)
	}
}

func flipping(mock http.Handler) http.Handler {
	var mu sync.Mutex
	flipped := map[string]bool{}
	return rewrite(func(r *http.Request, a *reply) {
		if !ofStatus(r) {
			return
		}
		mu.Lock()
		defer mu.Unlock()
		switch {
		case r.Method == http.MethodDelete && a.status == http.StatusConflict:
			flipped[r.URL.Path] = true
			a.json(http.StatusOK, `{"status":"Cancelled"}`)
		case r.Method == http.MethodGet && flipped[r.URL.Path]:
			a.json(http.StatusOK, `{"status":"Cancelled"}`)
		}
	})(mock)
}

func killing(mock http.Handler) http.Handler {
	var mu sync.Mutex
	killed := map[string]bool{}
	return rewrite(func(r *http.Request, a *reply) {
		mu.Lock()
		defer mu.Unlock()
		switch {
		case ofStatus(r) && r.Method == http.MethodDelete && a.status == http.StatusConflict:
			killed[r.URL.Path+"/result"] = true
		case killed[r.URL.Path]:
			a.json(http.StatusNotFound, `{"error":{"code":"NotFound","message":"no result"}}`)
		}
	})(mock)
}
