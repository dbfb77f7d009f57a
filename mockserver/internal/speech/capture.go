package speech

import "net/http"

// maxCapture is how much of a body is held back for the faults to look at.
// What is longer follows after, as it is.
const maxCapture = 1 << 20

// An Answer is what a faultless server says, and then what the client gets.
type Answer struct {
	Code   int
	Header http.Header
	Body   []byte
	Fill   int64  // bytes of padding that follow the body ...
	Tail   string // ... and what follows the padding
}

// A capture is a [http.ResponseWriter] that holds an answer back until it is
// whole, or too long.
type capture struct {
	Answer
	Long func() // called once, when the body grows beyond maxCapture
	Rest func([]byte) (int, error)
}

func NewCapture() *capture { return &capture{Answer: Answer{Header: http.Header{}}} }

// Header is for [http.ResponseWriter].
func (c *capture) Header() http.Header { return c.Answer.Header }

// WriteHeader is for [http.ResponseWriter].
func (c *capture) WriteHeader(code int) { c.Code = code }

// Write is for [http.ResponseWriter]. Nothing here writes before WriteHeader.
func (c *capture) Write(p []byte) (int, error) {
	if c.Rest == nil && len(c.Body)+len(p) <= maxCapture {
		c.Body = append(c.Body, p...)
		return len(p), nil
	}
	if c.Rest == nil {
		c.Long()
	}
	return c.Rest(p)
}
