// Package measure holds what a load test measured: durations in histograms, counts of operations and
// requests, and the run second by second.
//
//	var h measure.Histogram
//	h.Record(120 * time.Millisecond)
//	fmt.Println(h.Quantile(0.99), h.Count())
//
// All of it can be added up exactly: what several workers, or several machines, measured is then one
// measurement. The package judges nothing; package judge does.
package measure
