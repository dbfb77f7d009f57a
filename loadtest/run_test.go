package loadtest_test

import (
	"context"
	"net/http/httptest"
	"testing"
	"time"

	"github.com/asyncctl/asyncctl/loadtest"
	"github.com/asyncctl/asyncctl/mockserver"
	"github.com/asyncctl/asyncctl/poller/lro"
)

// TestRunAgainstTheMock is one run over real sockets.
func TestRunAgainstTheMock(t *testing.T) {
	for _, completion := range []mockserver.Completion{mockserver.CompletionSeeOther, mockserver.CompletionStatus, mockserver.CompletionResult} {
		t.Run(string(completion), func(t *testing.T) {
			mock := &mockserver.Server{Scenario: mockserver.Scenario{Duration: 300 * time.Millisecond, Completion: completion}}
			server := httptest.NewServer(mock)
			defer server.Close()
			shots := 0
			r, err := loadtest.Run(context.Background(), loadtest.Plan{
				Request:    lro.Request{URL: server.URL + "/reports?asyncctl.retry-after=0", Body: []byte(`{"n":{{.Index}}}`)},
				Load:       loadtest.Load{Rate: 200, Operations: 100},
				Strategies: quick,
				Observe:    func(e loadtest.Event) { shots++ },
				Every:      50 * time.Millisecond,
			})
			if err != nil {
				t.Fatal(err)
			}
			s := &r.Series[0]
			if s.Counts.Succeeded != 100 || s.Counts.PollsEarly != 0 || shots == 0 || len(s.Errors) > 0 {
				t.Errorf("counts %+v, errors %+v, %d snapshots", s.Counts, s.Errors, shots)
			}
			if stats := mock.Stats(); stats.Submits != 100 || stats.Polls != s.Counts.PollsSent || stats.EarlyPolls != 0 || stats.Requests != s.Counts.Requests {
				t.Errorf("the mock counts %+v, the run %+v", stats, s.Counts)
			}
		})
	}
}
