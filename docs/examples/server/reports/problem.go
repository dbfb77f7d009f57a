package reports

import (
	"encoding/json"
	"log"
	"net/http"
	"strconv"
)

// Problem is an error that clients can read (RFC 9457). One that ended an operation is stored with it.
type Problem struct {
	Type     string `json:"type"`
	Title    string `json:"title"`
	Status   int    `json:"status"`
	Detail   string `json:"detail,omitempty"`
	Instance string `json:"instance,omitempty"`
}

// failure is a problem that an operation ends with.
func failure(kind, detail string) *Problem {
	return &Problem{Type: "urn:reports:" + kind, Title: "The report could not be made", Status: http.StatusUnprocessableEntity, Detail: detail}
}

// refuse answers a request with a problem of its own.
func refuse(w http.ResponseWriter, r *http.Request, code int, kind, detail string) {
	sendProblem(w, Problem{Type: "urn:reports:" + kind, Title: http.StatusText(code), Status: code, Detail: detail, Instance: r.URL.Path})
}

func sendProblem(w http.ResponseWriter, p Problem) {
	w.Header().Set("Content-Type", "application/problem+json")
	send(w, p.Status, p)
}

// send writes the status code and v as JSON. net/http leaves the content out for HEAD.
func send(w http.ResponseWriter, code int, v any) {
	content, err := json.Marshal(v)
	if err != nil {
		panic(err) // our own types
	}
	if w.Header().Get("Content-Type") == "" {
		w.Header().Set("Content-Type", "application/json")
	}
	w.Header().Set("Content-Length", strconv.Itoa(len(content)))
	w.WriteHeader(code)
	w.Write(content)
}

// unavailable answers where the store failed. Whether something was stored is not known, so the
// detail does not say that nothing was.
func unavailable(w http.ResponseWriter, r *http.Request, err error) {
	if r.Context().Err() != nil {
		return // the client went away
	}
	log.Printf("%s %s: %.300v", r.Method, r.URL.Path, err)
	w.Header().Set("Retry-After", "5")
	refuse(w, r, http.StatusServiceUnavailable, "unavailable", "the storage did not answer; send the request again, with the same Idempotency-Key")
}

// notAllowed answers a method that the resource does not have (RFC 9110, section 15.5.6).
func notAllowed(allow string) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Allow", allow)
		refuse(w, r, http.StatusMethodNotAllowed, "method-not-allowed", r.Method+" is not allowed here; allowed: "+allow)
	}
}
