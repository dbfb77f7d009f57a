package probe

import (
	"time"

	"github.com/asyncctl/asyncctl/conformance/internal/evidence"
	"github.com/asyncctl/asyncctl/conformance/internal/rules"
)

// Event is one step of a run, for whoever watches. Exactly one field is set.
type Event struct {
	Began   *Began        `json:"began,omitempty"`
	Asked   *Asked        `json:"asked,omitempty"`
	Ended   *Ended        `json:"ended,omitempty"`
	Through *Through      `json:"through,omitempty"`
	Judged  *rules.Result `json:"judged,omitempty"`
	Waiting *Waiting      `json:"waiting,omitempty"`
	Noted   *Noted        `json:"noted,omitempty"`
	Found   *Found        `json:"found,omitempty"`
}

// Began says that a probe has begun.
type Began struct {
	Probe   string `json:"probe"`
	Purpose string `json:"purpose"` // what it finds out, in a phrase
}

// Asked says that a request was answered, or that it was not.
type Asked struct {
	Probe  string        `json:"probe"`
	Role   evidence.Role `json:"role"`
	Method string        `json:"method"`
	URL    string        `json:"url"`    // without its query, which may be a secret
	Status int           `json:"status"` // 0: there was no answer
	Took   time.Duration `json:"took_ns"`
	Err    string        `json:"error,omitempty"`
}

// Waiting says that a probe waits, for the server's sake or for its own.
type Waiting struct {
	Probe string    `json:"probe"`
	Until time.Time `json:"until"`
	Why   string    `json:"why"`
}

// Found is a finding, as soon as the conversations that its rule judges are over. What is found may still
// be waived.
type Found struct {
	Rule    string        `json:"rule"`
	Outcome rules.Outcome `json:"outcome"` // fail or warn
	Title   string        `json:"title"`   // the requirement
	Message string        `json:"message"` // what is wrong
}

// Noted says something about the run that whoever watches should know.
type Noted struct {
	Text string `json:"text"`
}

// Through says that a probe has held all of its conversations.
type Through struct {
	Probe string `json:"probe"`
}

// Ended says that a conversation is over, and why, if that was before it was through.
type Ended struct {
	Probe string `json:"probe"`         // as [Transcript].Probe
	Why   string `json:"why,omitempty"` // as [Transcript].Ended
}
