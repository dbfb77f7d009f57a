package poller

import (
	"bytes"
	"fmt"
	"io"
	"net/http"

	"github.com/asyncctl/asyncctl/internal/jsontext"
	"github.com/asyncctl/asyncctl/poller/lro"
)

// maxInline bounds a document that carries the result within it: that cannot be streamed.
const maxInline = 64 << 20

// enclosed returns the content of the message within the content as the result, as a stream, under the
// status and the header of that message.
func (v *conversation) enclosed(x *exchange, inner lro.Reply, head int) *Result {
	response := *v.last
	response.Status, response.Header, response.Content = inner.Status, inner.Header.(http.Header), inner.Body
	v.observeEnd()
	if !inner.More {
		x.discard()
		return &Result{Operation: v.op, Response: response, Body: io.NopCloser(bytes.NewReader(inner.Body)), Length: int64(len(inner.Body))}
	}
	length := x.length()
	if length >= 0 {
		length -= int64(head)
	}
	return &Result{Operation: v.op, Response: response, Body: x.streamFrom(v, head), Length: length}
}

// inline cuts the result out of the document that carries it. Where the document does not hold what
// the dialect says, all of it is the result. What is cut out is JSON, whatever the document was called.
func (x *exchange) inline(v *conversation) (*Result, error) {
	document := x.stream(v)
	defer document.Close()
	whole, err := io.ReadAll(io.LimitReader(document, maxInline+1))
	switch {
	case err != nil:
		return nil, err
	case len(whole) > maxInline:
		return nil, fmt.Errorf("the document that carries the result is larger than %d bytes", maxInline)
	}
	response := *v.last
	if part, ok := jsontext.Value(whole).At(v.op.Inline); ok {
		whole = part
		header := http.Header{"Content-Type": {"application/json"}}
		for name, values := range response.Header {
			if name != "Content-Type" {
				header[name] = values
			}
		}
		response.Header = header
	}
	return &Result{Operation: v.op, Response: response, Body: io.NopCloser(bytes.NewReader(whole)), Length: int64(len(whole))}, nil
}
