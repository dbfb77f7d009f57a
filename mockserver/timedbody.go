package mockserver

import (
	"io"
	"net/http"
	"time"
)

// bodyTime is how long a client may take to send the content of a request.
const bodyTime = 30 * time.Second

// A timedBody is a content that has to come in bodyTime. When it is there, the
// connection has no time limit any more, so that the answer may be held.
type timedBody struct {
	io.ReadCloser
	rc *http.ResponseController
}

// timeBody bounds the time of the content of a request, if there is one and the
// connection can be bounded.
func timeBody(w http.ResponseWriter, r *http.Request) {
	if r.ContentLength == 0 || r.Body == nil || r.Body == http.NoBody {
		return
	}
	rc := http.NewResponseController(w)
	if rc.SetReadDeadline(time.Now().Add(bodyTime)) != nil {
		return
	}
	r.Body = &timedBody{r.Body, rc}
}

// Read is for [io.Reader].
func (b *timedBody) Read(p []byte) (int, error) {
	n, err := b.ReadCloser.Read(p)
	if err == io.EOF {
		b.rc.SetReadDeadline(time.Time{}) // it could be set before
	}
	return n, err
}
