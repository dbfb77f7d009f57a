// Package http2 is the client's side of HTTP/2 (RFC 9113) for the load generator: a [Conn] takes the
// bytes that have arrived, returns the bytes that are to be written, and does no I/O. Time is an
// argument. In the steady state a request allocates nothing.
//
//	c := http2.New(http2.Config{MaxBody: 64 << 10})
//	write(c.Take())                    // the preface; then c.Left(now)
//	for c.Free() > 0 { c.Open(owner, now, request, &template) }
//	err := c.Feed(bytes, now)          // whatever was read
//	for s := c.Next(); s != nil; s = c.Next() { use(s); c.Release(s) }
//
// It speaks what a load generator needs: no server push, no priorities, no dynamic header table. The
// caller owns the connection, its timeouts and its goroutine; nothing here is safe for concurrent use.
package http2
