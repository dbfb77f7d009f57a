package probe

import (
	"context"
	"net/http"
	"net/http/httptrace"
	"time"

	"github.com/asyncctl/asyncctl/conformance/internal/evidence"
)

// roundTrip sends a request through net/http: the lines of the header section come without their
// order.
func roundTrip(ctx context.Context, through http.RoundTripper, req *http.Request, limit int64) (answer, error) {
	a := answer{unsent: true}
	ctx = httptrace.WithClientTrace(ctx, &httptrace.ClientTrace{GotConn: func(httptrace.GotConnInfo) {
		a.unsent = false // how far the target reaches is not told by the address of a proxy
	}})
	response, err := through.RoundTrip(req.WithContext(ctx))
	if err != nil {
		if ctx.Err() != nil {
			err = context.Cause(ctx)
		}
		return a, err
	}
	defer response.Body.Close()
	a.answered = time.Now()
	a.Proto, a.Status, a.Header = response.Proto, response.StatusCode, evidence.FieldsOf(response.Header)
	a.Body, a.More, err = readContent(response.Body, limit)
	a.read = time.Now()
	return a, err
}
