package mockserver

import "net/http"

// A problem is the body of an error answer (RFC 9457, section 3.1).
type problem struct {
	Type     string `json:"type"`
	Title    string `json:"title"`
	Status   int    `json:"status"`
	Detail   string `json:"detail"`
	Instance string `json:"instance,omitempty"`

	word string // what a dialect calls it, if it has a word of its own
}

// typeFailed is the problem type of an operation that failed, as opposed to a
// request that could not be answered.
const typeFailed = "https://github.com/asyncctl/asyncctl#operation-failed"

// problem sends p in the words of the dialect.
func (x *exchange) problem(p problem) { x.d.refuse(x, p) }

// unknown answers for a URL that names nothing.
func (x *exchange) unknown() {
	// RFC 9110, section 15.5.5
	x.problem(problem{
		Status: http.StatusNotFound,
		Detail: "there is no such operation: check the URL, or submit a new one with " + x.d.Method + " " + x.prefix + x.d.Path,
	})
}

// gone answers for an operation that is past its retention.
func (x *exchange) gone(v view) {
	// RFC 9110, section 15.5.11
	x.problem(problem{
		Status:   intOr(x.d.expired, http.StatusGone),
		Detail:   "the operation ended longer ago than results are kept (" + v.scenario.retention().String() + "): submit it again",
		Instance: x.r.URL.Path,
	})
}

// failure is the stored problem of a failed operation.
func (v view) failure() problem {
	p := problem{
		Type:     typeFailed,
		Title:    v.scenario.FailTitle,
		Status:   v.scenario.failStatus(),
		Detail:   v.scenario.FailDetail,
		Instance: statusPrefix + v.id,
	}
	if p.Title == "" {
		p.Title = "The operation failed"
	}
	if p.Detail == "" {
		p.Detail = "the background job ended with an error. This is permanent: polling again gives the same answer, submit again to retry"
	}
	return p
}
