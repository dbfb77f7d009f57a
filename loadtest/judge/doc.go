// Package judge says what a result of a load test means: whether thresholds are met, what has changed
// since another run, and which Retry-After is right.
//
//	threshold, err := judge.ParseThreshold("p99(done)<30s")
//	for _, verdict := range threshold.Judge(result) {
//		fmt.Println(verdict.Met, verdict.Reason)
//	}
//
// Everything in it is a pure function of results: it sends nothing and reads no clock.
package judge
