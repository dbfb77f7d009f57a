// Package lro is the asynchronous request-reply protocol as a pure fold:
//
//	op := lro.Begin(lro.Generic{}, lro.Request{Method: "POST", URL: "https://api.example.com/reports"})
//	for !op.Done() {
//		reply := send(op.Next) // yours: any HTTP client, a transcript, a load generator
//		op = lro.Next(lro.Generic{}, op, reply)
//	}
//	fmt.Println(op.Outcome, op.Reason)
//
// An [Operation] is a plain value: copy it, print it, marshal it (the JSON form is a handle that
// another process can go on with). [Next] takes what the server answered and says what to send
// then, and not before when; [Pace] says when exactly.
//
// The package does no I/O. It starts no goroutine, reads no clock and rolls no dice: time and
// randomness are arguments. It sends nothing, so it holds no credentials, and it does not decide
// which of them a request may carry; it only refuses hops that nobody should take ([Resolve]).
//
// Most callers want package poller, which puts net/http around this fold.
package lro
