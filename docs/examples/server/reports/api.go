// Package reports is a server of the asynchronous request-reply pattern: it takes an order for a
// report, answers 202 with a status URL, lets workers make the report, and redirects to it.
//
// [API] is the HTTP side, [Worker] the side that works, [Sweeper] the one that tidies up. They share
// nothing but a [Store]; each may run in a process of its own, many times over.
//
// What is not here: TLS, which a proxy in front does, and a real report.
package reports

import (
	"context"
	"net/http"
	"time"
)

// API takes orders and tells what became of them.
type API struct {
	Store Store
	// Public precedes the path in status URLs, as https://api.example.com. Empty: a relative reference.
	Public string
	// Tokens maps bearer tokens to owners. Empty: everybody may do everything.
	Tokens map[string]string
	// RetryAfter is the hint for polls. At least a second.
	RetryAfter time.Duration
	// MaxQueue is the number of queued operations from which on orders are refused with 503.
	MaxQueue int
	// Rate is how many orders a second an owner may send, and Burst how many at once; more are refused
	// with 429. Rate 0: any number.
	Rate  float64
	Burst int
	// Retention is how long an operation is kept after its end.
	Retention time.Duration
	// MaxWait bounds what a client may ask for with Prefer: wait.
	MaxWait time.Duration
	// Closing is closed when the server shuts down: held requests are answered then.
	Closing <-chan struct{}
	// Race breaks one thing on purpose; see [Race].
	Race Race

	buckets buckets
}

const (
	maxOrder    = 64 << 10         // bytes of an order
	storeTime   = 8 * time.Second  // for what one request asks of the store
	resultLife  = 10 * time.Minute // of the URL of a result
	statusEvery = 200 * time.Millisecond
)

// Handler returns the routes: POST /reports if submit, and /status/{id} if status.
func (a *API) Handler(submit, status bool) http.Handler {
	mux := http.NewServeMux()
	if submit {
		mux.HandleFunc("POST /reports", a.submit)
		mux.HandleFunc("/reports", notAllowed("POST"))
	}
	if status {
		mux.HandleFunc("GET /status/{id}", a.status) // and HEAD
		mux.HandleFunc("DELETE /status/{id}", a.cancel)
		mux.HandleFunc("/status/{id}", notAllowed("GET, HEAD, DELETE"))
	}
	mux.HandleFunc("GET /healthz", func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(http.StatusNoContent) })
	mux.HandleFunc("/", func(w http.ResponseWriter, r *http.Request) {
		refuse(w, r, http.StatusNotFound, "not-found", "there is no such resource")
	})
	return a.authorize(mux)
}

// bounded returns a context for what one request asks of the store.
func bounded(r *http.Request) (context.Context, context.CancelFunc) {
	return context.WithTimeout(r.Context(), storeTime)
}
