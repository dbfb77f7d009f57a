package render

import (
	"encoding/json"
	"io"
	"time"

	"github.com/asyncctl/asyncctl/poller"
)

// NDJSON writes events as they come, one JSON object a line. The first line tells the version.
type NDJSON struct {
	to   *json.Encoder
	tool string
	open bool
}

// NewNDJSON returns a renderer; tool names the program and its version.
func NewNDJSON(w io.Writer, tool string) *NDJSON {
	to := json.NewEncoder(w)
	to.SetEscapeHTML(false)
	return &NDJSON{to: to, tool: tool}
}

// Event writes one event.
func (n *NDJSON) Event(e poller.Event) {
	if !n.open {
		n.open = true
		n.to.Encode(poller.Event{At: e.At, Start: &poller.Start{Version: poller.EventVersion, Tool: n.tool}})
	}
	e.At = e.At.Round(time.Millisecond)
	n.to.Encode(e)
}

// Close ends the stream; there is nothing to release.
func (n *NDJSON) Close() {}
