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
// An [Error] says how an operation ended otherwise; errors.Is compares it with [ErrFailed] and its neighbours, and with
// context.DeadlineExceeded. [Many] follows thousands of operations at once.
//
// # Stability
//
// Until version 1.0 a minor version may change this package, and CHANGELOG.md then says how; a patch version does not.
// From 1.0 on it follows Go's rule: what compiles goes on compiling. Events, handles and records keep their fields'
// meaning within their version number; new fields, kinds of events, reasons and dialects may come at any time, so compare with what you
// know and pass over the rest. The texts of errors and notes may change; their reasons and codes do not.
//
// # Limits
//
// The protocol itself is in package lro. This package does not retry a submit that may have been
// taken, does not guess how to cancel, prints nothing, and reads no environment variable other than
// those that net/http reads for proxies.
package poller
