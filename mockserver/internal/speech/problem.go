package speech

import (
	"github.com/asyncctl/asyncctl/mockserver/internal/work"
)

// A Problem is the body of an error answer (RFC 9457, section 3.1).
type Problem struct {
	Type     string `json:"type"`
	Title    string `json:"title"`
	Status   int    `json:"status"`
	Detail   string `json:"detail"`
	Instance string `json:"instance,omitempty"`

	Word string `json:"-"` // what a dialect calls it, if it has a word of its own
}

// typeFailed is the problem type of an operation that failed, as opposed to a
// request that could not be answered.
const typeFailed = "https://github.com/asyncctl/asyncctl#operation-failed"

// Problem sends p in the words of the dialect.
func (x *Exchange) Problem(p Problem) { x.Dialect.Refuse(x, p) }

// FailureOf is the stored problem of a failed operation.
func FailureOf(v work.View) Problem {
	p := Problem{
		Type:     typeFailed,
		Title:    v.Scenario.FailTitle,
		Status:   work.FailCode(v.Scenario),
		Detail:   v.Scenario.FailDetail,
		Instance: statusPrefix + v.ID,
	}
	if p.Title == "" {
		p.Title = "The operation failed"
	}
	if p.Detail == "" {
		p.Detail = "the background job ended with an error. This is permanent: polling again gives the same answer, submit again to retry"
	}
	return p
}

func Refuse(code int, detail string) *Problem {
	return &Problem{Status: code, Detail: detail}
}
