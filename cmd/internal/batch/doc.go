// Package batch submits many operations from a list of lines, and keeps a journal of what became of
// each, so that a run that was killed can be repeated: nothing is submitted twice, and nothing is
// lost.
//
// The journal is written ahead: a line is marked before its submit is sent. A run that dies between
// the two leaves a submit of which nobody knows whether it was taken. It is sent again only with
// the Idempotency-Key that it carried; without one its fate is reported as unknown.
package batch
