package poller

import (
	"errors"
	"fmt"
	"io"
	"net/http"

	"github.com/asyncctl/asyncctl/poller/lro"
)

// maxRequest bounds the content of a submit: it is kept until it is accepted, to be sent again.
const maxRequest = 64 << 20

// NewRequest returns the submit that an HTTP request describes: its method, URL, header, Host and content, which is
// read and closed. Its context is not used. A content of more than 64 MiB is an error.
func NewRequest(r *http.Request) (lro.Request, error) {
	if r == nil || r.URL == nil {
		return lro.Request{}, errors.New("the request has no URL")
	}
	req := lro.Request{Method: r.Method, URL: r.URL.String(), Header: r.Header.Clone()}
	if req.Method == "" {
		req.Method = http.MethodGet
	}
	if r.Host != "" && r.Host != r.URL.Host {
		if req.Header == nil {
			req.Header = http.Header{}
		}
		req.Header.Set("Host", r.Host)
	}
	if r.Body == nil || r.Body == http.NoBody {
		return req, nil
	}
	defer r.Body.Close()
	body, err := io.ReadAll(io.LimitReader(r.Body, maxRequest+1))
	if err != nil {
		return lro.Request{}, fmt.Errorf("reading the request's content: %w", err)
	}
	if len(body) > maxRequest {
		return lro.Request{}, fmt.Errorf("the request's content is larger than %d MiB", maxRequest>>20)
	}
	req.Body = body
	return req, nil
}
