package loadtest_test

import (
	"context"
	"fmt"
	"net/http/httptest"
	"time"

	"github.com/asyncctl/asyncctl/loadtest"
	"github.com/asyncctl/asyncctl/mockserver"
	"github.com/asyncctl/asyncctl/poller/lro"
)

// Operations arrive at their own pace, whatever the server does; each is followed to its end.
func ExampleRun() {
	server := httptest.NewServer(&mockserver.Server{Scenario: mockserver.Scenario{Duration: 100 * time.Millisecond}})
	defer server.Close()

	r, err := loadtest.Run(context.Background(), loadtest.Plan{
		Request: lro.Request{URL: server.URL + "/reports", Body: []byte(`{"order":{{.Index}}}`)},
		Load:    loadtest.Load{Rate: 100, Operations: 20},
	})
	if err != nil {
		fmt.Println(err)
		return
	}
	s := &r.Series[0]
	fmt.Println(r.Load)
	fmt.Println("succeeded", s.Counts.Succeeded, "polls", s.Counts.PollsSent, "early", s.Counts.PollsEarly)
	fmt.Println("the hint was too long by half a second or more:", s.Lag.Quantile(0.5) > 500*time.Millisecond)
	// Output:
	// 100/s, 20 operations
	// succeeded 20 polls 20 early 0
	// the hint was too long by half a second or more: true
}
