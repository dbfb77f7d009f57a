package load_test

import (
	"fmt"
	"os"
	"strings"
	"time"

	"github.com/asyncctl/asyncctl/cmd/internal/report/load"
	"github.com/asyncctl/asyncctl/internal/measure"
	"github.com/asyncctl/asyncctl/loadtest"
)

func ExampleView_Text() {
	result := &loadtest.Result{Target: "http://127.0.0.1:8202/operations", Load: "50/s for 2s", Elapsed: 2 * time.Second, Series: []measure.Series{{
		Strategy: "server", Counts: measure.Counts{Planned: 100, Submitted: 100, Succeeded: 99, Lost: 1},
	}}}
	load.View{Result: result}.Text(os.Stdout, load.TextOptions{})
	// Output:
	// 100 operations, 50 a second for 2.00s
	// http://127.0.0.1:8202/operations, 50/s for 2s; generic
	//
	//   how many     99 of 100 succeeded (99%), 1 lost
	//   how fast     accepted in -, done in - (p50), - (p99)
	//   how late     not known: no operation was seen to be done
	//   polling      no poll was sent
	//
	// latency from the planned moment
	//   nothing was measured
	//
	// every operation accounted for
	//   100 submitted = 99 succeeded + 1 lost
	//   0 requests: 0 polls, 0 of them sent again, 0 answered 429; 0 bytes in, 0
	//     bytes out
}

func ExampleRead() {
	_, err := load.Read(strings.NewReader(`{"schema":"asyncctl.loadtest/1","series":[`))
	fmt.Println(err)
	// Output: the result file is cut off in line 1: the run that wrote it did not end, or the disk was full
}
