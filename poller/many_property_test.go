package poller_test

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"math/rand/v2"
	"net/http"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/asyncctl/asyncctl/poller"
	"github.com/asyncctl/asyncctl/poller/lro"
)

var worlds = flag.Int("many.worlds", 150, "how many random worlds Many is tried in")

// world is a random server together with the bounds that a run has to keep to.
type world struct {
	dice              *rand.Rand
	tasks, hosts      int
	requests, perHost int
	inFlight          int
	rate              float64
	deadline          time.Duration
	calm              bool // the server answers, and every operation ends

	t        *testing.T
	mu       sync.Mutex
	now      int
	onHost   map[string]int
	next     map[string]time.Time // by operation: not to be asked before
	polls    map[string]int
	accepted int
}

func newWorld(t *testing.T, seed uint64) *world {
	dice := rand.New(rand.NewPCG(seed, 7))
	w := &world{
		t: t, dice: dice, tasks: 1 + dice.IntN(60), hosts: 1 + dice.IntN(4), requests: 1 + dice.IntN(8), perHost: 1 + dice.IntN(4),
		deadline: time.Duration(1+dice.IntN(300)) * time.Second, calm: dice.IntN(3) == 0,
		onHost: map[string]int{}, next: map[string]time.Time{}, polls: map[string]int{},
	}
	if dice.IntN(2) == 0 {
		w.inFlight = 1 + dice.IntN(20)
	}
	if dice.IntN(3) == 0 {
		w.rate = 1 + 20*dice.Float64()
	}
	if w.calm {
		w.deadline = 24 * time.Hour
	}
	return w
}

// RoundTrip is the server. It checks what it can see.
func (w *world) RoundTrip(req *http.Request) (*http.Response, error) {
	w.mu.Lock()
	w.now++
	w.onHost[req.URL.Host]++
	if w.now > w.requests || w.onHost[req.URL.Host] > w.perHost {
		w.t.Errorf("%d requests at once, %d of them to %s; the bounds are %d and %d", w.now, w.onHost[req.URL.Host], req.URL.Host, w.requests, w.perHost)
	}
	if early := time.Until(w.next[req.URL.String()]); early > 0 {
		w.t.Errorf("%s %s comes %v early", req.Method, req.URL, early)
	}
	delay := time.Duration(w.dice.IntN(3000)) * time.Millisecond
	w.mu.Unlock()
	timer := time.NewTimer(delay)
	defer timer.Stop()
	var err error
	select {
	case <-timer.C:
	case <-req.Context().Done():
		err = context.Cause(req.Context())
	}
	w.mu.Lock()
	defer w.mu.Unlock()
	w.now--
	w.onHost[req.URL.Host]--
	if err != nil {
		return nil, err
	}
	return w.answer(req)
}

func (w *world) answer(req *http.Request) (*http.Response, error) {
	n := w.dice.IntN(100)
	if w.calm {
		n = 20 + n*80/100
	}
	switch {
	case n < 4:
		return nil, errors.New("connection reset")
	case n < 8:
		return w.say(req, 503, "", w.hint(req)), nil
	case n < 10:
		return w.say(req, 429, "", w.hint(req)), nil
	case n < 12:
		return w.say(req, 410, "", ""), nil
	case n < 14:
		return w.say(req, 200, `{"status":"Failed"}`, ""), nil
	case req.Method == "POST" && n < 30:
		return w.say(req, 200, "done", ""), nil
	case req.Method == "POST":
		w.accepted++
		id := fmt.Sprintf("http://%s/op/%d", req.URL.Host, w.accepted)
		return w.say(req, 202, "", w.hintFor(id), "Location", id), nil
	case n < 30 || w.polls[req.URL.String()] > 12:
		return w.say(req, 200, "done", ""), nil
	}
	w.polls[req.URL.String()]++
	return w.say(req, 202, "", w.hint(req)), nil
}

// hint dices a Retry-After and remembers it.
func (w *world) hint(req *http.Request) string { return w.hintFor(req.URL.String()) }

func (w *world) hintFor(url string) string {
	if w.dice.IntN(2) == 0 {
		return ""
	}
	wait := w.dice.IntN(20)
	if !strings.HasSuffix(url, "/submit") { // several submits have the same URL
		w.next[url] = time.Now().Add(time.Duration(wait) * time.Second)
	}
	return fmt.Sprint(wait)
}

func (w *world) say(req *http.Request, status int, body, retryAfter string, header ...string) *http.Response {
	h := http.Header{}
	if retryAfter != "" {
		h.Set("Retry-After", retryAfter)
	}
	for i := 0; i+1 < len(header); i += 2 {
		h.Set(header[i], header[i+1])
	}
	return &http.Response{StatusCode: status, Header: h, Body: io.NopCloser(strings.NewReader(body)), ContentLength: int64(len(body)), Request: req}
}

// ends counts what a run has told.
type ends struct {
	mu                   sync.Mutex
	done, started, taken map[int]int
	open, most           int
	early                int
}

func (e *ends) task(w *world, i int) poller.Task {
	url := fmt.Sprintf("http://host%d.example", i%w.hosts)
	op := lro.Begin(lro.Generic{}, lro.Request{Method: "POST", URL: url + "/submit"})
	if i%3 == 0 {
		op, _ = lro.Resume(fmt.Sprintf("%s/resumed/%d", url, i))
	}
	e.mu.Lock()
	e.taken[i]++
	e.open++
	e.most = max(e.most, e.open)
	e.mu.Unlock()
	return poller.Task{
		Number: i, Operation: op,
		Started: func() error {
			e.mu.Lock()
			defer e.mu.Unlock()
			e.started[i]++
			if i%17 == 16 {
				return errors.New("refused")
			}
			return nil
		},
		Done: func(res *poller.Result, err error) {
			if (res == nil) == (err == nil) {
				w.t.Errorf("task %d ended with %v and %v", i, res, err)
			}
			if res != nil {
				res.Body.Close()
			}
			e.mu.Lock()
			defer e.mu.Unlock()
			e.done[i]++
			e.open--
		},
	}
}

// In every world: each task that is taken is done exactly once, nothing is asked early, nothing goes
// beyond its bounds, and the run ends by its deadline. On a calm server every task is taken and none
// is lost.
func TestManyInRandomWorlds(t *testing.T) {
	for seed := range uint64(*worlds) {
		t.Run(fmt.Sprint(seed), func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) { inWorld(t, newWorld(t, seed)) })
		})
	}
}

func inWorld(t *testing.T, w *world) {
	e := &ends{done: map[int]int{}, started: map[int]int{}, taken: map[int]int{}}
	client := &poller.Client{Transport: w, Observe: func(event poller.Event) {
		if event.End != nil {
			e.early += event.End.Early
		}
	}}
	ctx, cancel := context.WithTimeout(t.Context(), w.deadline)
	defer cancel()
	many := &poller.Many{Client: client, Requests: w.requests, PerHost: w.perHost, InFlight: w.inFlight, Rate: w.rate}
	start := time.Now()
	many.Run(ctx, func(yield func(poller.Task) bool) {
		for i := range w.tasks {
			if !yield(e.task(w, i)) {
				return
			}
		}
	})
	if took := time.Since(start); took > w.deadline {
		t.Errorf("it took %v, and the deadline was %v", took, w.deadline)
	}
	for i := range w.tasks {
		if e.done[i] != e.taken[i] || e.taken[i] > 1 || e.started[i] > 1 || w.calm && e.done[i] != 1 {
			t.Errorf("task %d was taken %d times, started %d times, done %d times", i, e.taken[i], e.started[i], e.done[i])
		}
	}
	if e.early != 0 {
		t.Errorf("%d early polls", e.early)
	}
	if w.inFlight > 0 && e.most > w.inFlight {
		t.Errorf("%d operations in flight, the bound is %d", e.most, w.inFlight)
	}
	if w.now != 0 {
		t.Errorf("%d requests are still under way", w.now)
	}
	if w.rate > 0 {
		took := time.Since(start).Seconds()
		if begun := float64(len(e.taken)); begun > w.rate*(took+1)+1 {
			t.Errorf("%v tasks were begun in %vs, the bound is %v in a second", begun, took, w.rate)
		}
	}
}
