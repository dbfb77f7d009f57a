// Package conformance judges a running asynchronous API: can any decent client live with it?
//
//	report := conformance.Suite{}.Run(ctx, conformance.Target{
//		Slow: &conformance.Submit{URL: "https://api.example.com/reports", Body: []byte(`{"year":2026}`)},
//	})
//
// A probe drives one conversation with the API and leaves a [Transcript]. A check is a pure function
// over transcripts and belongs to a [Rule]. What came of all rules is a [Report]. [Judge] judges
// transcripts that were recorded before, or by somebody else ([Replay], [ImportHAR]).
//
// Nothing that did not run is a pass: see [Outcome].
package conformance
