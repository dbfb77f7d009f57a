// Package loadtest loads asynchronous endpoints and measures operations, not requests: how long
// until accepted, until done, until noticed; how much of the traffic is polling for nothing; and
// which Retry-After is right.
//
//	r, err := loadtest.Run(ctx, loadtest.Plan{
//		Request: lro.Request{URL: "http://127.0.0.1:8080/reports", Body: []byte(`{"n":{{.Index}}}`)},
//		Load:    loadtest.Load{Rate: 50, Duration: time.Minute},
//	})
//	fmt.Println(r.Series[0].Done.Quantile(0.99), r.Series[0].Lag.Quantile(0.5))
//
// A pending operation is a slot in a slab and an entry in a queue of due times: no goroutine, no
// timer, no connection. Every reply goes through [lro.Next], as the poller's do. Latency counts from
// the planned moment, for submits and for polls, so that a server that stalls cannot hide it.
//
// What a run measured is a [Result]: histograms, counts and seconds, which
// package loadtest/judge holds against thresholds and other runs.
package loadtest
