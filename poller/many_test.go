package poller_test

import (
	"context"
	"errors"
	"fmt"
	"io"
	"iter"
	"net/http"
	"runtime"
	"slices"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/asyncctl/asyncctl/mockserver"
	"github.com/asyncctl/asyncctl/poller"
	"github.com/asyncctl/asyncctl/poller/lro"
)

// crowd answers for any number of operations and remembers when each was asked.
type crowd struct {
	mu      sync.Mutex
	now     int // requests under way
	most    int
	polls   []time.Time
	submits int
	answer  http.HandlerFunc
	slow    time.Duration
}

func (c *crowd) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	c.mu.Lock()
	c.now++
	c.most = max(c.most, c.now)
	if r.Method == "GET" {
		c.polls = append(c.polls, time.Now())
	} else {
		c.submits++
	}
	c.mu.Unlock()
	time.Sleep(c.slow)
	c.answer(w, r)
	c.mu.Lock()
	c.now--
	c.mu.Unlock()
}

// waits yields n operations to go on with.
func waits(t *testing.T, n int, done func(int, *poller.Result, error)) iter.Seq[poller.Task] {
	return func(yield func(poller.Task) bool) {
		for i := range n {
			op, err := lro.Resume(fmt.Sprintf("https://api.example.com/operations/%d", i))
			if err != nil {
				t.Fatal(err)
			}
			if !yield(poller.Task{Number: i, Operation: op, Done: func(r *poller.Result, err error) { done(i, r, err) }}) {
				return
			}
		}
	}
}

// A thousand waits: each is asked, none early, no more than the bound at once, not in lockstep, and
// without a goroutine for each.
func TestManyWaits(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		start := time.Now()
		c := &crowd{slow: time.Millisecond, answer: func(w http.ResponseWriter, r *http.Request) {
			if time.Since(start) > 30*time.Second {
				io.WriteString(w, "done")
				return
			}
			w.Header().Set("Retry-After", "5")
			w.WriteHeader(202)
		}}
		before, goroutines := runtime.NumGoroutine(), 0
		var mu sync.Mutex
		ended, early := map[int]int{}, 0
		client := &poller.Client{Transport: inProcess{c}, Observe: func(e poller.Event) {
			goroutines = max(goroutines, runtime.NumGoroutine()-before)
			if e.End != nil {
				early += e.End.Early
			}
		}}
		ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
		defer cancel()
		many := &poller.Many{Client: client, PerHost: 4}
		many.Run(ctx, waits(t, 1000, func(i int, r *poller.Result, err error) {
			if err != nil {
				t.Errorf("operation %d: %v", i, err)
				return
			}
			r.Body.Close()
			mu.Lock()
			ended[i]++
			mu.Unlock()
		}))
		if len(ended) != 1000 {
			t.Errorf("%d operations ended, want 1000", len(ended))
		}
		if early != 0 || c.most > 4 || goroutines > 40 {
			t.Errorf("%d early polls, %d requests at once, %d goroutines; want 0, at most 4, few", early, c.most, goroutines)
		}
		perSecond := map[int]int{}
		for _, at := range c.polls {
			perSecond[int(at.Sub(start)/time.Second)]++
		}
		for second, n := range perSecond {
			if n > 400 {
				t.Errorf("%d polls in second %d: that is lockstep", n, second)
			}
		}
	})
}

func TestManyEndTogetherAtTheDeadline(t *testing.T) {
	for _, c := range []struct {
		name string
		stop func(context.Context) (context.Context, context.CancelFunc)
		want lro.Reason
		took time.Duration
	}{
		{"deadline", func(ctx context.Context) (context.Context, context.CancelFunc) {
			return context.WithTimeout(ctx, 20*time.Second)
		}, lro.DeadlinePassed, 20 * time.Second},
		{"interrupt", func(ctx context.Context) (context.Context, context.CancelFunc) {
			ctx, cancel := context.WithCancel(ctx)
			time.AfterFunc(7*time.Second, cancel)
			return ctx, cancel
		}, lro.Interrupted, 7 * time.Second},
	} {
		t.Run(c.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				ctx, cancel := c.stop(t.Context())
				defer cancel()
				start := time.Now()
				var mu sync.Mutex
				got := map[lro.Reason]int{}
				many := &poller.Many{Client: &poller.Client{Transport: inProcess{answer(202, "", "")}}}
				many.Run(ctx, waits(t, 100, func(_ int, _ *poller.Result, err error) {
					var failed *poller.Error
					errors.As(err, &failed)
					mu.Lock()
					got[failed.Operation.Reason]++
					mu.Unlock()
				}))
				if got[c.want] != 100 {
					t.Errorf("reasons %v, want 100 of %q", got, c.want)
				}
				if took := time.Since(start); took > c.took || took < c.took-time.Second {
					t.Errorf("it took %v, want %v", took, c.took)
				}
			})
		})
	}
}

// submits yields n submits.
func submits(n int, task func(i int) poller.Task) iter.Seq[poller.Task] {
	return func(yield func(poller.Task) bool) {
		for i := range n {
			next := task(i)
			next.Number = i
			next.Operation = lro.Begin(lro.Generic{}, lro.Request{Method: "POST", URL: "https://api.example.com/operations?asyncctl.duration=3s"})
			if !yield(next) {
				return
			}
		}
	}
}

func TestManySubmitsKeepToTheirBounds(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		mock := &mockserver.Server{}
		var mu sync.Mutex
		open, most := 0, 0
		count := func(n int) {
			mu.Lock()
			defer mu.Unlock()
			open += n
			most = max(most, open)
		}
		start := time.Now()
		many := &poller.Many{Client: &poller.Client{Transport: inProcess{mock}}, InFlight: 10, Rate: 5}
		many.Run(t.Context(), submits(60, func(int) poller.Task {
			return poller.Task{
				Started:  func() error { count(1); return nil },
				Accepted: func(lro.Operation) {},
				Done: func(r *poller.Result, err error) {
					count(-1)
					if err != nil {
						t.Error(err)
						return
					}
					r.Body.Close()
				},
			}
		}))
		took := time.Since(start)
		if most > 10 || took < 11*time.Second {
			t.Errorf("%d at once in %v; want at most 10, and 60 at 5/s", most, took)
		}
		stats := mock.Stats()
		if stats.Submits != 60 || stats.EarlyPolls != 0 {
			t.Errorf("the server counted %d submits and %d early polls, want 60 and 0", stats.Submits, stats.EarlyPolls)
		}
	})
}

// A task that may not begin sends nothing.
func TestManyStartedRefuses(t *testing.T) {
	refusal := errors.New("the journal is full")
	c := &crowd{answer: answer(202, "", "")}
	many := &poller.Many{Client: &poller.Client{Transport: inProcess{c}}}
	var got []error
	many.Run(t.Context(), submits(1, func(int) poller.Task {
		return poller.Task{Started: func() error { return refusal }, Done: func(_ *poller.Result, err error) { got = append(got, err) }}
	}))
	if !slices.Equal(got, []error{refusal}) || c.submits != 0 {
		t.Errorf("got %v and %d submits, want the refusal and none", got, c.submits)
	}
}

// One submit that is told to slow down slows the others down.
func TestManyBackpressure(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		start := time.Now()
		var during int
		n := 0
		c := &crowd{}
		c.answer = func(w http.ResponseWriter, r *http.Request) {
			c.mu.Lock()
			n++
			first := n == 3
			if since := time.Since(start); since > 2*time.Second && since < 30*time.Second {
				during++
			}
			c.mu.Unlock()
			if first {
				w.Header().Set("Retry-After", "30")
				w.WriteHeader(429)
				return
			}
			io.WriteString(w, "done")
		}
		many := &poller.Many{Client: &poller.Client{Transport: inProcess{c}}, Rate: 2, InFlight: 4}
		many.Run(t.Context(), submits(10, func(int) poller.Task {
			return poller.Task{Done: func(r *poller.Result, err error) {
				if err != nil {
					t.Error(err)
					return
				}
				r.Body.Close()
			}}
		}))
		if during != 0 || n != 11 {
			t.Errorf("%d requests during the pause that the server asked for, %d in all; want 0 and 11", during, n)
		}
	})
}

// However many operations there are, credentials are obtained once, and once more when they expire.
func TestManyShareCredentials(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var mu sync.Mutex
		issued := 0
		client := &poller.Client{Credentials: func(context.Context, bool) (http.Header, error) {
			mu.Lock()
			defer mu.Unlock()
			issued++
			return http.Header{"Authorization": {fmt.Sprint(issued)}}, nil
		}}
		client.Transport = inProcess{http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			time.Sleep(time.Millisecond)
			switch token := r.Header.Get("Authorization"); {
			case token == "1" && strings.HasSuffix(r.URL.Path, "9"):
				w.WriteHeader(401)
			default:
				io.WriteString(w, token)
			}
		})}
		(&poller.Many{Client: client}).Run(t.Context(), waits(t, 100, func(i int, r *poller.Result, err error) {
			if err != nil {
				t.Errorf("operation %d: %v", i, err)
				return
			}
			r.Body.Close()
		}))
		if issued != 2 {
			t.Errorf("credentials were obtained %d times, want 2", issued)
		}
	})
}
