package mockserver_test

import (
	"context"
	"io"
	"slices"
	"testing"
	"testing/synctest"
	"time"

	"github.com/asyncctl/asyncctl/mockserver"
	"github.com/asyncctl/asyncctl/poller"
	"github.com/asyncctl/asyncctl/poller/dialect"
	"github.com/asyncctl/asyncctl/poller/lro"
)

// TestHeldPolls lets the client of this project ask for answers that are held, in
// each dialect that has them: it knows of the end when it comes.
func TestHeldPolls(t *testing.T) {
	tests := []struct {
		name  string
		d     string
		wait  time.Duration
		max   time.Duration
		query string
		polls int
		took  time.Duration
	}{
		{"Prefer: wait", "generic", 20 * s, 0, "", 1, 10 * s},
		{"Prefer: wait, several times", "generic", 4 * s, 0, "&retry-after=0", 3, 10 * s},
		{"bounded by the server", "generic", 9 * s, 5 * s, "&retry-after=0", 2, 10 * s},
		{"a change before the end", "generic", 20 * s, 0, "&queue=3s", 2, 13 * s},
		{"WAIT, from the second poll on", "uws", 20 * s, 0, "", 2, 10 * s},
		{"wait_for_completion_timeout", "es-async-search", 20 * s, 0, "", 1, 10 * s},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				mock := mockserver.NewInMemory(t, &mockserver.Server{Seed: 1, Journal: 100, Dialect: test.d, MaxWait: test.max})
				d, _ := dialect.ByName(test.d)
				client := &poller.Client{
					Transport: mock.Client().Transport, Dialect: d, Policy: lro.Policy{LongPoll: test.wait},
					Pace: lro.Pace{Min: time.Millisecond, Max: time.Millisecond},
				}
				ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
				defer cancel()
				start := time.Now()
				info := mockserver.Dialects()[slices.IndexFunc(mockserver.Dialects(), func(d mockserver.DialectInfo) bool { return d.Name == test.d })]
				submit := request(mock.URL, info)
				submit.Header.Set(mockserver.ScenarioHeader, "duration=10s"+test.query)
				result, err := client.Do(ctx, submit)
				if err != nil {
					t.Fatal(err)
				}
				defer result.Body.Close()
				io.Copy(io.Discard, result.Body) // what it is, other tests see
				if took := time.Since(start).Round(s); took != test.took || result.Operation.Polls != test.polls {
					t.Errorf("it took %v and %d polls, want %v and %d", took, result.Operation.Polls, test.took, test.polls)
				}
				mock.WantClean(t)
			})
		})
	}
}

// A held poll sees that somebody intervenes.
func TestHeldPollOfACancelledOperation(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		server := &mockserver.Server{Seed: 1, Scenario: mockserver.Scenario{Duration: time.Hour}}
		status := do(t, server, "POST", "/operations", "").header.Get("Location")
		go func() {
			time.Sleep(5 * s)
			do(t, server, "DELETE", status, "")
		}()
		start := time.Now()
		do(t, server, "GET", status, "", "Prefer: wait=20").want(t, 200)
		if took := time.Since(start); took < 5*s || took > 6*s {
			t.Errorf("it was held for %v, want until the DELETE after 5s", took)
		}
		synctest.Wait()
	})
}
