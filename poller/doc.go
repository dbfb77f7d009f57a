// Package poller follows asynchronous HTTP operations to their end, politely and safely:
//
//	client := &poller.Client{Header: http.Header{"Authorization": {"Bearer " + token}}}
//	result, err := client.Do(ctx, lro.Request{Method: "POST", URL: "https://api.example.com/reports", Body: order})
//	if err != nil {
//		return err // a *poller.Error knows the operation, the reason and the last response
//	}
//	defer result.Body.Close()
//
// The zero [Client] is ready to use. It waits as long as the server asks and never less, it follows
// redirects by itself, and it sends what the caller configured (headers, cookies, client
// certificates) to the origin that the caller named and to no other. Give it a context with a
// deadline: that bounds everything, down to the last byte of the result.
//
// [Client.Do] is what most callers want. [Client.Submit], [Client.Wait], [Client.Poll] and
// [Client.Cancel] are its parts, for those who wait elsewhere or later.
//
// The protocol itself is in package lro. This package does not retry a submit that may have been
// taken, does not guess how to cancel, prints nothing, and reads no environment variable other than
// those that net/http reads for proxies.
package poller
