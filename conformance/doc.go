// Package conformance judges a running asynchronous API: can any decent client live with it?
//
// A probe drives one conversation with the API and leaves a [Transcript]. A check is a pure function
// over transcripts and belongs to a [Rule]. What came of all rules is a [Report]; reports are
// written in many formats by package conformance/report.
//
// Nothing that did not run is a pass: see [Outcome].
package conformance
