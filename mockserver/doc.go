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
// With [Server].Dialect it speaks like another family of APIs, or like all of them
// at once, each below its name: Azure Resource Manager, Google, FHIR, OData,
// Redfish, OGC, OSB, UWS and others, see [Dialects]. What operations do, and all
// that is said below, is the same in each; how a submit is accepted, a status
// worded, a result found, an operation cancelled and an error put is spelled
// out from the texts that the dialect names. The faults that have no place in a
// dialect are refused by [Server.Check], as is an outcome that it has no word
// for. Retry-After is sent where the family has it, or where the scenario sets
// it; its default stays 1 second, also where a text asks for more.
//
// Operations do no work. Their state is a function of their age, [Scenario.At],
// so a waiting operation costs a few hundred bytes: no goroutine, no timer. With
// [Server].Workers they wait for each other in a queue, which is computed, too.
// Operations live in memory and are forgotten with the Server, or, with
// [Server].Stateless, in their ids.
//
// It misbehaves only when asked, by name and with a seed: see [Faults]. It knows
// what really happened, and what the client did wrong: see [Server.Grade]. In a
// test, [NewServer] and [NewInMemory] put it behind a URL:
//
//	mock := mockserver.NewServer(t, &mockserver.Server{Faults: faults})
//	// let the client submit to mock.URL+"/operations", and wait ...
//	mock.WantClean(t)
//
// It does not model what an operation computes, it keeps nothing on disk, and it
// does not validate requests against a schema: of a family's rules it knows those
// of the asynchronous pattern. No dialect was compared with a live service.
package mockserver
