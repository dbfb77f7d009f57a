package poller

import (
	"time"

	"github.com/asyncctl/asyncctl/poller/lro"
)

// EventVersion is the version of the event stream. Fields and kinds are only ever added to it.
const EventVersion = 1

// Event is one thing that happened. Exactly one of the pointers is set. URLs in events have the
// values of their query redacted; texts of the server are as it sent them.
type Event struct {
	// At is when it happened.
	At time.Time `json:"at"`
	// Op tells the operations of one stream apart. A single operation is 0.
	Op int `json:"op"`

	Start    *Start    `json:"start,omitempty"`
	Request  *Request  `json:"request,omitempty"`
	Reply    *Reply    `json:"reply,omitempty"`
	Wait     *Wait     `json:"wait,omitempty"`
	Note     *Note     `json:"note,omitempty"`
	Transfer *Transfer `json:"transfer,omitempty"`
	End      *End      `json:"end,omitempty"`

	// Operation is the operation after the event. It is not part of the recorded stream.
	Operation lro.Operation `json:"-"`
}

// Start opens a stream. The library does not send it; who records a stream writes it first.
type Start struct {
	Version int    `json:"version"`
	Tool    string `json:"tool"`
}

// Request is about to be sent.
type Request struct {
	Phase  string `json:"phase"` // submit, poll, follow, fetch, cancel
	Method string `json:"method"`
	URL    string `json:"url"`
	// Early says that the server had asked to be left alone for longer. It is for people who poll by
	// hand; Wait and Do never do that.
	Early bool `json:"early,omitempty"`
}

// Reply has come in, or has failed to.
type Reply struct {
	Phase  string `json:"phase"`
	Status int    `json:"status,omitempty"`
	Error  string `json:"error,omitempty"`
	TookMS int64  `json:"took_ms"`
	// HintMS is the wait that the server asked for in this reply; Hint is what became of it: absent,
	// taken, capped, ignored. HintText is the field as sent, where it was capped or ignored.
	HintMS   int64  `json:"hint_ms,omitempty"`
	Hint     string `json:"hint,omitempty"`
	HintText string `json:"hint_text,omitempty"`

	// Next is the phase of the request that follows, or "ended".
	Next      string   `json:"next"`
	State     string   `json:"state"`
	Native    string   `json:"native,omitempty"`
	Percent   *float64 `json:"percent,omitempty"`
	Message   string   `json:"message,omitempty"`
	Queue     *int     `json:"queue,omitempty"` // the place in the server's queue, as it counts
	StatusURL string   `json:"status_url,omitempty"`
	ResultURL string   `json:"result_url,omitempty"`
	Polls     int      `json:"polls"`
	Misses    int      `json:"misses,omitempty"`
	// Why says, of a reply that counts as a failure in passing, what was wrong with it, where the status
	// does not tell.
	Why string `json:"why,omitempty"`
	// Dialect is the family that reads the replies, and Cue what gave it away, where it is not the
	// generic one.
	Dialect string `json:"dialect,omitempty"`
	Cue     string `json:"cue,omitempty"`
	// Times is what the server says about when things happened.
	Times *Times `json:"times,omitempty"`
}

// Wait has begun: the next request goes out at Until.
type Wait struct {
	Until time.Time `json:"until"`
	// Why is "server" (it asked for that long), "pace" (it did not say), "miss" (the last request
	// failed in passing), "deadline" (the last poll before it) or "redirect".
	Why string `json:"why"`
}

// Note is something that the person should know.
type Note struct {
	// Code is a stable word: credentials-withheld, hint-capped, hint-ignored, status-url-moved,
	// unknown-state, credentials-renewed, private-address, partial.
	Code string `json:"code"`
	Text string `json:"text"`
	// Origin is the one that credentials were withheld from.
	Origin string `json:"origin,omitempty"`
}

// Transfer is how far the download of a result is. Total is -1 where the server does not say.
type Transfer struct {
	Bytes int64 `json:"bytes"`
	Total int64 `json:"total"`
}

// End is the last event of an operation.
type End struct {
	Outcome string       `json:"outcome"`
	Reason  lro.Reason   `json:"reason,omitempty"`
	Problem *lro.Problem `json:"problem,omitempty"`
	Detail  string       `json:"detail,omitempty"`
	Polls   int          `json:"polls"`
	Early   int          `json:"early_polls"`
	Timing
}
