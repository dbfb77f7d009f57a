package speech

import (
	"net/http"

	"github.com/asyncctl/asyncctl/mockserver/internal/work"
)

// Unknown answers for a URL that names nothing.
func (x *Exchange) Unknown() {
	// RFC 9110, section 15.5.5
	x.Problem(Problem{
		Status: http.StatusNotFound,
		Detail: "there is no such operation: check the URL, or submit a new one with " + x.Dialect.Method + " " + x.Prefix + x.Dialect.Path,
	})
}

// Gone answers for an operation that is past its retention.
func (x *Exchange) Gone(v work.View) {
	// RFC 9110, section 15.5.11
	x.Problem(Problem{
		Status:   work.IntOr(x.Dialect.Expired, http.StatusGone),
		Detail:   "the operation ended longer ago than results are kept (" + work.Kept(v.Scenario).String() + "): submit it again",
		Instance: x.R.URL.Path,
	})
}
