package render

import (
	"bytes"
	"encoding/json"
	"io"
	"sync"
	"time"

	"github.com/asyncctl/asyncctl/internal/show"
	"github.com/asyncctl/asyncctl/poller"
)

// NDJSON writes events as they come, one JSON object a line. The first line tells the version.
// Characters that could steer a terminal are escaped, those too that JSON would allow. Its methods
// may be called from any goroutine.
type NDJSON struct {
	w    io.Writer
	tool string

	mu   sync.Mutex
	open bool
}

// NewNDJSON returns a renderer; tool names the program and its version.
func NewNDJSON(w io.Writer, tool string) *NDJSON { return &NDJSON{w: w, tool: tool} }

// Event writes one event. A recorded stream that is replayed brings its own first line.
func (n *NDJSON) Event(e poller.Event) {
	n.mu.Lock()
	defer n.mu.Unlock()
	e.At = e.At.Round(time.Millisecond)
	if !n.open && e.Start == nil {
		n.write(poller.Event{At: e.At, Start: &poller.Start{Version: poller.EventVersion, Tool: n.tool}})
	}
	n.open = true
	n.write(e)
}

// write writes one record, whole.
func (n *NDJSON) write(e poller.Event) {
	var line bytes.Buffer
	to := json.NewEncoder(&line)
	to.SetEscapeHTML(false)
	if to.Encode(e) == nil {
		n.w.Write(show.JSON(line.Bytes()))
	}
}

// Close ends the stream; there is nothing to release.
func (n *NDJSON) Close() {}
