package loadtest_test

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/asyncctl/asyncctl/loadtest"
	"github.com/asyncctl/asyncctl/loadtest/judge"
	"github.com/asyncctl/asyncctl/poller/lro"
)

// operations is a server whose operations are done at once; change may alter each answer.
func operations(t *testing.T, change func(w http.ResponseWriter, r *http.Request) (answered bool)) *httptest.Server {
	t.Helper()
	var n atomic.Int64
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if change(w, r) {
			return
		}
		if r.Method == http.MethodPost {
			w.Header().Set("Location", fmt.Sprintf("/s/%d", n.Add(1)))
			w.Header().Set("Retry-After", "0")
			w.WriteHeader(http.StatusAccepted)
			return
		}
		w.Header().Set("Content-Type", "application/json")
		fmt.Fprint(w, `{"status":"succeeded"}`)
	}))
	t.Cleanup(server.Close)
	return server
}

func carryOut(t *testing.T, p loadtest.Plan) *loadtest.Result {
	t.Helper()
	if p.Load.Rate == 0 {
		p.Load = loadtest.Load{Rate: 200, Operations: 20}
	}
	p.Strategies = quick
	r, err := loadtest.Run(t.Context(), p)
	if err != nil {
		t.Fatal(err)
	}
	return r
}

// TestLatencyCountsFromThePlannedMoment holds all answers of a server for a while, with four connections:
// those who would have come meanwhile waited, though their requests left only when it was over.
func TestLatencyCountsFromThePlannedMoment(t *testing.T) {
	const hold = 800 * time.Millisecond
	var held sync.Once
	gate := make(chan struct{})
	server := operations(t, func(http.ResponseWriter, *http.Request) bool {
		held.Do(func() { time.AfterFunc(hold, func() { close(gate) }) })
		<-gate
		return false
	})
	r := carryOut(t, loadtest.Plan{Request: lro.Request{URL: server.URL}, Load: loadtest.Load{Rate: 100, Operations: 60}, Connections: 4, Workers: 1})
	s := &r.Series[0]
	if s.Counts.Succeeded != 60 {
		t.Fatalf("%+v", s.Counts)
	}
	// The 60 were planned within 0.6 s, and none was answered before 0.8 s: half of them waited for half
	// a second or longer, and the last one for more than 0.2 s.
	if got := s.Accept.Quantile(0.5); got < hold-300*time.Millisecond-50*time.Millisecond {
		t.Errorf("the median of accept is %v", got)
	}
	if got := s.Accept.AtRank(1); got < hold-600*time.Millisecond-50*time.Millisecond {
		t.Errorf("the quickest submit took %v", got)
	}
	if got := s.Server.Quantile(0.5); got > hold/2 {
		t.Errorf("most requests left when it was over, but the server took %v", got)
	}
	if n := s.LateSubmits.Count(); n != s.Counts.Submitted {
		t.Errorf("the lateness of %d submits, there were %d", n, s.Counts.Submitted)
	}
	if late := s.Late.Quantile(0.9); s.Counts.Capped == 0 || late < 100*time.Millisecond {
		t.Errorf("%d waited for a connection, late p90 is %v", s.Counts.Capped, late)
	}
	codes := ""
	for _, w := range r.Warnings {
		codes += w.Code + " "
	}
	if !strings.Contains(codes, loadtest.WarnConnections) {
		t.Errorf("warnings are %q, want one about the connections", codes)
	}
}

// TestPollsCountFromTheirPlannedMoment does the same for polls.
func TestPollsCountFromTheirPlannedMoment(t *testing.T) {
	const hold = 600 * time.Millisecond
	gate := make(chan struct{})
	var polled sync.Once
	server := operations(t, func(_ http.ResponseWriter, r *http.Request) bool {
		if r.Method == http.MethodGet {
			polled.Do(func() { time.AfterFunc(hold, func() { close(gate) }) })
			<-gate
		}
		return false
	})
	r := carryOut(t, loadtest.Plan{Request: lro.Request{URL: server.URL}, Load: loadtest.Load{Rate: 500, Operations: 50}, Connections: 4, Workers: 1})
	s := &r.Series[0]
	if got := s.Poll.Quantile(0.9); s.Counts.Succeeded != 50 || got < hold/3 {
		t.Errorf("p90 of poll is %v, the polls were held for %v; %+v", got, hold, s.Counts)
	}
}

// TestMaxErrorsToTheOne ends a run with the error that reaches the bound, and not with the one before.
func TestMaxErrorsToTheOne(t *testing.T) {
	for _, test := range []struct {
		bound   int64
		stopped bool
	}{{5, true}, {6, false}} {
		var n atomic.Int64
		server := operations(t, func(w http.ResponseWriter, r *http.Request) bool {
			if r.Method == http.MethodPost && n.Add(1) <= 5 {
				w.WriteHeader(http.StatusBadRequest)
				return true
			}
			return false
		})
		r := carryOut(t, loadtest.Plan{Request: lro.Request{URL: server.URL}, Load: loadtest.Load{Rate: 50, Operations: 25}, Workers: 1, MaxErrors: test.bound})
		c := &r.Series[0].Counts
		if (r.Stopped != "") != test.stopped || c.Refused != 5 || c.Planned != 25 || test.stopped != (c.Unreached > 0) {
			t.Errorf("a bound of %d: stopped %q, %+v", test.bound, r.Stopped, *c)
		}
	}
}

// TestAbortOnADeadTarget watches a run against a port where nobody listens.
func TestAbortOnADeadTarget(t *testing.T) {
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	_ = listener.Close()
	for _, text := range []string{"rate(errors)>10%", "rate(lost)>10%", "errors>3"} {
		threshold, err := judge.ParseThreshold(text)
		if err != nil {
			t.Fatal(err)
		}
		ctx, cancel := context.WithCancelCause(t.Context())
		var follow loadtest.Follow
		r, err := loadtest.Run(ctx, loadtest.Plan{
			Request: lro.Request{URL: "http://" + listener.Addr().String()}, Load: loadtest.Load{Rate: 100, Duration: time.Minute}, Every: 50 * time.Millisecond,
			Observe: func(e loadtest.Event) {
				follow.Observe(*e.Snapshot)
				if reason, holds := threshold.Holds(follow.Result()); holds {
					cancel(errors.New(reason))
				}
			},
		})
		if err != nil {
			t.Fatal(err)
		}
		if c := &r.Series[0].Counts; !strings.Contains(r.Stopped, text) || c.Unsent == 0 || c.Requests != 0 || c.Unreached == 0 {
			t.Errorf("%s: stopped %q, %+v", text, r.Stopped, *c)
		}
		cancel(nil)
	}
}

// TestResultsOnAnotherPort follows a server of this machine to the store beside it, without the header
// that is for the server.
func TestResultsOnAnotherPort(t *testing.T) {
	var fetched, told atomic.Int64
	store := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		fetched.Add(1)
		if r.Header.Get("X-Secret") != "" {
			told.Add(1)
		}
		fmt.Fprint(w, "42")
	}))
	defer store.Close()
	server := operations(t, func(w http.ResponseWriter, r *http.Request) bool {
		if r.Method == http.MethodGet {
			http.Redirect(w, r, store.URL+"/result", http.StatusSeeOther)
			return true
		}
		return false
	})
	r := carryOut(t, loadtest.Plan{Request: lro.Request{URL: server.URL}, Header: http.Header{"X-Secret": {"s"}}})
	if c := &r.Series[0].Counts; c.Succeeded != 20 || fetched.Load() != 20 || told.Load() != 0 {
		t.Errorf("%d results fetched, %d with the secret; %+v %+v", fetched.Load(), told.Load(), *c, r.Series[0].Errors)
	}
}

// TestCookiesBelongToTheirOperation has a balancer that finds the way by a cookie.
func TestCookiesBelongToTheirOperation(t *testing.T) {
	var lost atomic.Int64
	var mu sync.Mutex
	backend := map[string]string{}
	n := 0
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		mu.Lock()
		defer mu.Unlock()
		if r.Method == http.MethodPost {
			n++
			path := fmt.Sprintf("/s/%d", n)
			backend[path] = fmt.Sprintf("b%d", n%3)
			w.Header().Set("Location", path)
			w.Header().Set("Retry-After", "0")
			w.Header().Add("Set-Cookie", "backend="+backend[path]+"; Path=/; HttpOnly")
			w.Header().Add("Set-Cookie", "theme=dark; Max-Age=60")
			w.WriteHeader(http.StatusAccepted)
			return
		}
		if got := r.Header.Get("Cookie"); got != "backend="+backend[r.URL.Path]+"; theme=dark" {
			lost.Add(1)
			http.NotFound(w, r)
			return
		}
		w.Header().Set("Content-Type", "application/json")
		fmt.Fprint(w, `{"status":"succeeded"}`)
	}))
	defer server.Close()
	r := carryOut(t, loadtest.Plan{Request: lro.Request{URL: server.URL}})
	if c := &r.Series[0].Counts; c.Succeeded != 20 || lost.Load() != 0 {
		t.Errorf("%d polls without their cookie; %+v", lost.Load(), *c)
	}
}

// TestCredentialsAreRenewed runs for longer than its first token is good for: no operation is lost, and
// many 401 ask for one new token.
func TestCredentialsAreRenewed(t *testing.T) {
	var expired atomic.Bool
	server := operations(t, func(w http.ResponseWriter, r *http.Request) bool {
		if want := "Bearer old"; expired.Load() && r.Header.Get("Authorization") == want || r.Header.Get("Authorization") == "" {
			w.WriteHeader(http.StatusUnauthorized)
			return true
		}
		return false
	})
	time.AfterFunc(150*time.Millisecond, func() { expired.Store(true) })
	var asked atomic.Int64
	r := carryOut(t, loadtest.Plan{
		Request: lro.Request{URL: server.URL}, Load: loadtest.Load{Rate: 200, Operations: 100},
		Credentials: func(_ context.Context, renew bool) (http.Header, error) {
			if renew {
				asked.Add(1)
				return http.Header{"Authorization": {"Bearer new"}}, nil
			}
			return http.Header{"Authorization": {"Bearer old"}}, nil
		},
	})
	if c := &r.Series[0].Counts; c.Succeeded != 100 || asked.Load() != 1 || c.Resent == 0 {
		t.Errorf("asked for %d tokens; %+v %+v", asked.Load(), *c, r.Series[0].Errors)
	}
}

// TestWarmUpIsNotCounted leaves the first operations out, and says how many.
func TestWarmUpIsNotCounted(t *testing.T) {
	server := operations(t, func(http.ResponseWriter, *http.Request) bool { return false })
	records := map[bool]int{}
	r := carryOut(t, loadtest.Plan{
		Request: lro.Request{URL: server.URL}, Load: loadtest.Load{Rate: 100, Operations: 100}, Warmup: 300 * time.Millisecond, Records: true,
		Observe: func(e loadtest.Event) {
			for _, x := range e.Records {
				records[x.Warmup]++
			}
		},
	})
	c := &r.Series[0].Counts
	if c.Succeeded != 70 || r.Warmed.Succeeded != 30 || r.Series[0].Done.Count() != 70 || records[true] != 30 || records[false] != 70 {
		t.Errorf("%d counted, %d not; records %v", c.Succeeded, r.Warmed.Succeeded, records)
	}
	if got := r.Arriving(); got != 700*time.Millisecond {
		t.Errorf("70 operations arrived in %v", got)
	}
}

// TestKindsOfOperations gives each kind its share, its requests and its series.
func TestKindsOfOperations(t *testing.T) {
	var exports, reindexes atomic.Int64
	server := operations(t, func(_ http.ResponseWriter, r *http.Request) bool {
		switch {
		case r.URL.Path == "/export":
			exports.Add(1)
		case r.URL.Path == "/reindex":
			reindexes.Add(1)
		}
		return false
	})
	r := carryOut(t, loadtest.Plan{Load: loadtest.Load{Rate: 500, Operations: 100}, Kinds: []loadtest.Kind{
		{Name: "export", Weight: 9, Request: lro.Request{URL: server.URL + "/export"}},
		{Name: "reindex", Request: lro.Request{URL: server.URL + "/reindex"}},
	}})
	if len(r.Series) != 2 || r.Series[0].Counts.Succeeded != 90 || r.Series[1].Counts.Succeeded != 10 || exports.Load() != 90 || reindexes.Load() != 10 {
		t.Errorf("%d exports, %d reindexes, %+v", exports.Load(), reindexes.Load(), r.Series)
	}
	threshold, err := judge.ParseThreshold("succeeded{reindex}==10")
	if err != nil {
		t.Fatal(err)
	}
	if got := threshold.Judge(r); len(got) != 1 || !got[0].Met || got[0].Strategy != "reindex server" {
		t.Errorf("%+v", got)
	}
}

// TestForeignCarriesWhatIsNotForTheTarget sends the results of another origin by the other transport.
func TestForeignCarriesWhatIsNotForTheTarget(t *testing.T) {
	store := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { fmt.Fprint(w, "42") }))
	defer store.Close()
	server := operations(t, func(w http.ResponseWriter, r *http.Request) bool {
		if r.Method == http.MethodGet {
			http.Redirect(w, r, store.URL+"/result", http.StatusSeeOther)
			return true
		}
		return false
	})
	home, foreign := &tallying{}, &tallying{}
	r := carryOut(t, loadtest.Plan{Request: lro.Request{URL: server.URL}, Transport: home, Foreign: foreign})
	if c := &r.Series[0].Counts; c.Succeeded != 20 || home.n.Load() != 40 || foreign.n.Load() != 20 {
		t.Errorf("%d by the one, %d by the other; %+v", home.n.Load(), foreign.n.Load(), *c)
	}
}

type tallying struct{ n atomic.Int64 }

func (c *tallying) RoundTrip(req *http.Request) (*http.Response, error) {
	c.n.Add(1)
	return http.DefaultTransport.RoundTrip(req)
}

// TestAnswersCountWhenTheyAreWhole: what an answer says is known with its last byte, and a hint counts
// from there.
func TestAnswersCountWhenTheyAreWhole(t *testing.T) {
	const drip = 150 * time.Millisecond
	var mu sync.Mutex
	whole := map[string]time.Time{} // when the answer to a submit was, by the status URL
	var n, early int
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		mu.Lock()
		defer mu.Unlock()
		url, status, body := r.URL.Path, http.StatusOK, `{"status":"succeeded"}`
		if r.Method == http.MethodPost {
			n++
			url, status, body = fmt.Sprintf("/s/%d", n), http.StatusAccepted, "{}"
			w.Header().Set("Location", url)
			w.Header().Set("Retry-After", "1")
		} else if time.Since(whole[url]) < time.Second {
			early++
		}
		w.Header().Set("Content-Length", strconv.Itoa(len(body)))
		w.WriteHeader(status)
		w.(http.Flusher).Flush()
		mu.Unlock()
		time.Sleep(drip)
		mu.Lock()
		whole[url] = time.Now()
		_, _ = io.WriteString(w, body)
	}))
	defer server.Close()
	r := carryOut(t, loadtest.Plan{Request: lro.Request{URL: server.URL}})
	s := &r.Series[0]
	if s.Counts.Succeeded != 20 || s.Accept.Quantile(0.01) < drip || s.Poll.Quantile(0.01) < drip || s.Done.Quantile(0.01) < 2*drip+time.Second {
		t.Errorf("%d succeeded; at least: accept %v, poll %v, done %v", s.Counts.Succeeded, s.Accept.Quantile(0.01), s.Poll.Quantile(0.01), s.Done.Quantile(0.01))
	}
	if early > 0 {
		t.Errorf("%d polls were early", early)
	}
}
