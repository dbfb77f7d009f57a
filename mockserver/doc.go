// Package mockserver is a server of slow operations, for testing the clients that wait for them.
//
// A [Server] is an [http.Handler] and its zero value works:
//
//	mock := &mockserver.Server{Scenario: mockserver.Scenario{Duration: 2 * time.Second}}
//	server := httptest.NewServer(mock)
//	defer server.Close()
//	// POST server.URL+"/operations", follow Location until it answers 303 ...
//	early := mock.Stats().EarlyPolls // 0 if the client kept to Retry-After
//
// It speaks the asynchronous request-reply pattern over plain HTTP: a submit is
// answered at once with 202 and the Location of a status URL; polls of that URL
// tell how far the operation is, and in the end redirect to its result.
// What an operation does and how the server words it is a [Scenario], chosen for
// the whole server or for one submit, by query parameters or by the
// Asyncctl-Scenario header.
//
// Operations do no work. Their state is a function of their age, [Scenario.At],
// so a waiting operation costs a few hundred bytes: no goroutine, no timer.
// Operations live in memory and are forgotten with the Server.
package mockserver
