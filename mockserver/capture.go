package mockserver

import "net/http"

// maxCapture is how much of a body is held back for the faults to look at.
// What is longer follows after, as it is.
const maxCapture = 1 << 20

// An answer is what a faultless server says, and then what the client gets.
type answer struct {
	code   int
	header http.Header
	body   []byte
	fill   int64  // bytes of padding that follow the body ...
	tail   string // ... and what follows the padding
}

// A capture is a [http.ResponseWriter] that holds an answer back until it is
// whole, or too long.
type capture struct {
	answer
	long func() // called once, when the body grows beyond maxCapture
	rest func([]byte) (int, error)
}

func newCapture() *capture { return &capture{answer: answer{header: http.Header{}}} }

// Header is for [http.ResponseWriter].
func (c *capture) Header() http.Header { return c.header }

// WriteHeader is for [http.ResponseWriter].
func (c *capture) WriteHeader(code int) { c.code = code }

// Write is for [http.ResponseWriter]. Nothing here writes before WriteHeader.
func (c *capture) Write(p []byte) (int, error) {
	if c.rest == nil && len(c.body)+len(p) <= maxCapture {
		c.body = append(c.body, p...)
		return len(p), nil
	}
	if c.rest == nil {
		c.long()
	}
	return c.rest(p)
}
