package judge_test

import (
	"fmt"
	"time"

	"github.com/asyncctl/asyncctl/internal/measure"
	"github.com/asyncctl/asyncctl/loadtest"
	"github.com/asyncctl/asyncctl/loadtest/judge"
)

func ExampleParseThreshold() {
	result := &loadtest.Result{Series: []measure.Series{{Strategy: "server"}}}
	result.Series[0].Done.RecordN(12*time.Second, 100)

	threshold, err := judge.ParseThreshold("p99(done)<10s")
	if err != nil {
		fmt.Println(err)
		return
	}
	for _, verdict := range threshold.Judge(result) {
		fmt.Println(verdict.Met, verdict.Reason)
	}
	_, err = judge.ParseThreshold("p99(dome)<10s")
	fmt.Println(err)
	// Output:
	// false p99(done)<10s: it is 12s (server)
	// threshold "p99(dome)<10s", at position 5: there is no metric "dome"; did you mean "done"?
}

func ExampleWorkload_Replay() {
	var work measure.Histogram
	for i := range 1000 {
		work.Record(time.Duration(i) * 100 * time.Millisecond) // evenly, up to 100 s
	}
	w := judge.Workload{Work: work.Bars()}
	for _, every := range []time.Duration{time.Second, 10 * time.Second} {
		r := w.Replay(judge.Fixed(every))
		fmt.Printf("every %v: %.0f polls, noticed after %v\n", every, r.Polls, r.MeanLag.Round(100*time.Millisecond))
	}
	// Output:
	// every 1s: 50 polls, noticed after 500ms
	// every 10s: 5 polls, noticed after 5s
}
