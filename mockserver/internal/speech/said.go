package speech

import (
	"time"

	"github.com/asyncctl/asyncctl/mockserver/internal/work"
)

// A Said is one request and its answer, as a line of a log would have it.
type Said struct {
	Time       time.Time   `json:"time"` // of the answer
	Method     string      `json:"method"`
	Path       string      `json:"path"`
	Code       int         `json:"code"`                 // the HTTP status of the answer; 0 if there was none
	Operation  string      `json:"operation,omitempty"`  // the id of the operation it was about, or empty
	Status     work.Status `json:"status,omitempty"`     // the state of that operation, or empty
	RetryAfter string      `json:"retryAfter,omitempty"` // the hint in the answer, or empty
	Early      bool        `json:"early,omitempty"`      // it was a poll before the time of the last hint
	Fault      string      `json:"fault,omitempty"`      // the names of the faults that affected it, separated by commas
}
