package api

import "github.com/asyncctl/asyncctl/poller/lro"

// Asking is a dialect whose requests to the file's origin have the file's query parameters, where they
// lack them.
type Asking struct {
	lro.Dialect
	origin string
	query  map[string]string
}

// Asking returns a dialect as this API is asked in it.
func (f *File) Asking(d lro.Dialect) lro.Dialect {
	if len(f.Query) == 0 || f.URL == "" {
		return d
	}
	return &Asking{d, lro.Origin(f.URL), f.Query}
}

func (d *Asking) complete(req lro.Request) lro.Request {
	if len(d.query) > 0 && lro.Origin(req.URL) == d.origin {
		req.URL = addQuery(req.URL, d.query)
	}
	return req
}

// Prepare returns the submit as the API wants it.
func (d *Asking) Prepare(req lro.Request) lro.Request { return d.complete(d.Dialect.Prepare(req)) }

// Ask asks as the dialect does.
func (d *Asking) Ask(op lro.Operation) lro.Request {
	if a, ok := d.Dialect.(lro.Asker); ok {
		op.Next = a.Ask(op)
	}
	return d.complete(op.Next)
}

// FetchAs asks for the result as the dialect does.
func (d *Asking) FetchAs(op lro.Operation) lro.Request {
	if f, ok := d.Dialect.(lro.Fetcher); ok {
		op.Next = f.FetchAs(op)
	}
	return d.complete(op.Next)
}

// Cancel returns the request that cancels op.
func (d *Asking) Cancel(op lro.Operation) (lro.Request, bool) {
	req, ok := d.Dialect.Cancel(op)
	return d.complete(req), ok
}
