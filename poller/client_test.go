package poller_test

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/asyncctl/asyncctl/poller"
	"github.com/asyncctl/asyncctl/poller/dialect"
	"github.com/asyncctl/asyncctl/poller/lro"
)

// inProcess answers requests with a handler, without a network: under synctest an hour of polls
// takes no time.
type inProcess struct{ http.Handler }

func (p inProcess) RoundTrip(req *http.Request) (*http.Response, error) {
	if err := req.Context().Err(); err != nil {
		return nil, err
	}
	if req.Body == nil {
		req.Body = http.NoBody // as a server sees it
	}
	rec := httptest.NewRecorder()
	p.ServeHTTP(rec, req)
	res := rec.Result()
	res.Request = req
	return res, nil
}

// broken fails every request.
type broken struct{ err error }

func (b broken) RoundTrip(*http.Request) (*http.Response, error) { return nil, b.err }

// script answers with its steps, one a request, the last one again and again.
type script struct {
	mu    sync.Mutex
	steps []http.HandlerFunc
	seen  []*http.Request
	at    []time.Time
}

func (s *script) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	s.mu.Lock()
	step := s.steps[min(len(s.seen), len(s.steps)-1)]
	s.seen = append(s.seen, r)
	s.at = append(s.at, time.Now())
	s.mu.Unlock()
	step(w, r)
}

func (s *script) count() int {
	s.mu.Lock()
	defer s.mu.Unlock()
	return len(s.seen)
}

func answer(status int, header, body string) http.HandlerFunc {
	return func(w http.ResponseWriter, _ *http.Request) {
		for _, line := range strings.Split(header, "\n") {
			if name, value, ok := strings.Cut(line, ": "); ok {
				w.Header().Add(name, value)
			}
		}
		w.WriteHeader(status)
		io.WriteString(w, body)
	}
}

func accepted(retryAfter string) http.HandlerFunc {
	header := "Location: /operations/1"
	if retryAfter != "" {
		header += "\nRetry-After: " + retryAfter
	}
	return answer(202, header, "")
}

var submit = lro.Request{Method: "POST", URL: "https://api.example.com/reports"}

// do runs one submit to its end under virtual time, with a deadline.
func do(t *testing.T, client *poller.Client, timeout time.Duration) (body string, op lro.Operation, err error) {
	t.Helper()
	synctest.Test(t, func(t *testing.T) {
		ctx, cancel := context.WithTimeout(t.Context(), timeout)
		defer cancel()
		var res *poller.Result
		if res, err = client.Do(ctx, submit); err != nil {
			var failed *poller.Error
			if !errors.As(err, &failed) {
				t.Fatalf("error %v is no *poller.Error", err)
			}
			op = failed.Operation
			return
		}
		defer res.Body.Close()
		content, readErr := io.ReadAll(res.Body)
		if readErr != nil {
			t.Fatal(readErr)
		}
		body, op = string(content), res.Operation
	})
	return body, op, err
}

func TestDoEnds(t *testing.T) {
	for _, c := range []struct {
		name    string
		steps   []http.HandlerFunc
		outcome lro.Outcome
		reason  lro.Reason
		body    string
	}{
		{"redirect to the result", []http.HandlerFunc{accepted("1"), answer(200, "", `{"status":"Running"}`), answer(303, "Location: /results/1", ""), answer(200, "", "the result")}, lro.Succeeded, "", "the result"},
		{"result at the status URL", []http.HandlerFunc{accepted(""), answer(202, "", ""), answer(200, "", "the result")}, lro.Succeeded, "", "the result"},
		{"a status document that says so", []http.HandlerFunc{accepted(""), answer(200, "", `{"status":"Succeeded"}`)}, lro.Succeeded, "", `{"status":"Succeeded"}`},
		{"answered at once", []http.HandlerFunc{answer(200, "", "at once")}, lro.Succeeded, "", "at once"},
		{"no content", []http.HandlerFunc{accepted(""), answer(204, "", "")}, lro.Succeeded, "", ""},
		{"stored failure", []http.HandlerFunc{accepted(""), answer(422, "Content-Type: application/problem+json", `{"title":"too large"}`)}, lro.Failed, lro.OperationFailed, ""},
		{"refused", []http.HandlerFunc{answer(400, "", "")}, lro.Refused, lro.SubmitRefused, ""},
		{"nothing to poll", []http.HandlerFunc{answer(202, "", "")}, lro.Lost, lro.NoStatusURL, ""},
		{"never completes", []http.HandlerFunc{accepted(""), answer(202, "", "")}, lro.Timeout, lro.DeadlinePassed, ""},
		{"the server asks for more than there is time", []http.HandlerFunc{accepted("7200")}, lro.Timeout, lro.HintBeyondDeadline, ""},
		{"expired", []http.HandlerFunc{accepted(""), answer(410, "", "")}, lro.Gone, lro.Expired, ""},
		{"in trouble, then well again", []http.HandlerFunc{accepted(""), answer(503, "Retry-After: 2", ""), answer(500, "", ""), answer(303, "Location: /r", ""), answer(200, "", "ok")}, lro.Succeeded, "", "ok"},
		{"always in trouble", []http.HandlerFunc{accepted(""), answer(500, "", "")}, lro.Lost, lro.ServerError, ""},
		{"loops", []http.HandlerFunc{accepted(""), answer(302, "Location: /a", ""), answer(302, "Location: /operations/1", "")}, lro.Lost, lro.RedirectLoop, ""},
		{"bad Location on a redirect", []http.HandlerFunc{accepted(""), answer(303, "Location: http://[::1", "")}, lro.Lost, lro.BadURL, ""},
	} {
		t.Run(c.name, func(t *testing.T) {
			client := &poller.Client{Transport: inProcess{&script{steps: c.steps}}}
			body, op, err := do(t, client, 10*time.Minute)
			if op.Outcome != c.outcome || op.Reason != c.reason || body != c.body {
				t.Errorf("got %v %q %q, want %v %q %q (error: %v)", op.Outcome, op.Reason, body, c.outcome, c.reason, c.body, err)
			}
		})
	}
}

// An hour of polls, each compared with the floor that the answer before it set.
func TestNeverAnEarlyPoll(t *testing.T) {
	hints := []string{"30", "", "5", "0", "120", "1.5", "-1", "Thu, 01 Jan 1970 00:00:00 GMT", "45"}
	synctest.Test(t, func(t *testing.T) {
		var floors, polls []time.Time
		last := time.Duration(0)
		handler := http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			now := time.Now()
			if r.Method == "GET" {
				polls = append(polls, now)
			}
			hint := hints[len(polls)%len(hints)]
			w.Header().Set("Location", "/operations/1")
			if hint != "" {
				w.Header().Set("Retry-After", hint)
			}
			if seconds, err := time.ParseDuration(hint + "s"); err == nil && seconds >= 0 {
				last = seconds
			}
			floors = append(floors, now.Add(last))
			w.WriteHeader(202)
		})
		ctx, cancel := context.WithTimeout(t.Context(), time.Hour)
		defer cancel()
		early := -1
		client := &poller.Client{Transport: inProcess{handler}, Observe: func(e poller.Event) {
			if e.End != nil {
				early = e.End.Early
			}
		}}
		_, err := client.Do(ctx, submit)
		var failed *poller.Error
		if !errors.As(err, &failed) || failed.Operation.Outcome != lro.Timeout {
			t.Fatalf("got %v, want the deadline", err)
		}
		if len(polls) < 40 {
			t.Fatalf("only %d polls in an hour", len(polls))
		}
		for i, at := range polls {
			if at.Before(floors[i]) {
				t.Errorf("poll %d came %v early", i+1, floors[i].Sub(at))
			}
		}
		if early != 0 {
			t.Errorf("the client counted %d early polls, want 0", early)
		}
	})
}

func TestLastPollLandsOnTheDeadline(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := &script{steps: []http.HandlerFunc{accepted(""), answer(202, "", "")}}
		ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
		defer cancel()
		start := time.Now()
		client := &poller.Client{Transport: inProcess{s}}
		if _, err := client.Do(ctx, submit); err == nil {
			t.Fatal("no error")
		}
		last := s.at[len(s.at)-1].Sub(start)
		if last < 59*time.Second || last > time.Minute {
			t.Errorf("the last poll came after %v, want just before the deadline of 1m", last)
		}
	})
}

// The last poll is as late as it can be and never before the server's hint, unless that is longer than the caller lets
// any wait be.
func TestLastPollWithAHint(t *testing.T) {
	tests := []struct {
		name              string
		hint              string
		limit, deadline   time.Duration
		from, to, atLeast time.Duration // of the last poll, and between two
	}{
		{"the hint divides the time", "1", 0, 4 * time.Second, 3900 * time.Millisecond, 4 * time.Second, time.Second},
		{"the hint is as long as the limit", "1", time.Second, 4 * time.Second, 3900 * time.Millisecond, 4 * time.Second, time.Second},
		{"the hint is longer than the limit", "7200", time.Second, 4 * time.Second, 3900 * time.Millisecond, 4 * time.Second, 0},
		{"the hint is over just before the deadline", "3", 0, 3020 * time.Millisecond, 3 * time.Second, 3020 * time.Millisecond, 3 * time.Second},
		{"the limit leaves no time either", "7200", time.Hour, time.Minute, 0, 0, 0},
		{"a long hint is no reason to wait for the deadline", "300", 0, 10 * time.Minute, 300 * time.Second, 306 * time.Second, 300 * time.Second},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			s := &script{steps: []http.HandlerFunc{accepted(test.hint), answer(202, "Retry-After: "+test.hint, "")}}
			early := 0
			client := &poller.Client{Transport: inProcess{s}, Policy: lro.Policy{MaxHint: test.limit}, Observe: func(e poller.Event) {
				if e.End != nil {
					early = e.End.Early
				}
			}}
			if _, _, err := do(t, client, test.deadline); !errors.Is(err, context.DeadlineExceeded) {
				t.Fatalf("got %v", err)
			}
			if last := s.at[len(s.at)-1].Sub(s.at[0]); last < test.from || last > test.to || early != 0 {
				t.Errorf("the last poll came after %v (%d early), want %v to %v", last, early, test.from, test.to)
			}
			for i := range s.at[1:] {
				if gap := s.at[i+1].Sub(s.at[i]); gap < test.atLeast {
					t.Errorf("poll %d came after %v, want at least %v", i+1, gap, test.atLeast)
				}
			}
		})
	}
}

func TestHintBeyondTheDeadlineEndsAtOnce(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		ctx, cancel := context.WithTimeout(t.Context(), 10*time.Minute)
		defer cancel()
		start := time.Now()
		client := &poller.Client{Transport: inProcess{&script{steps: []http.HandlerFunc{accepted("7200")}}}}
		_, err := client.Do(ctx, submit)
		if waited := time.Since(start); waited > time.Second {
			t.Errorf("waited %v for an answer that cannot come (%v)", waited, err)
		}
	})
}

// A hint from before the trouble is not why it ends.
func TestDeadlineWhileTheServerIsInTrouble(t *testing.T) {
	client := &poller.Client{Transport: inProcess{&script{steps: []http.HandlerFunc{accepted("2"), answer(500, "", "")}}}}
	_, op, err := do(t, client, 9*time.Second)
	if op.Reason != lro.DeadlinePassed || op.Misses < 2 {
		t.Errorf("got %q after %d misses (%v), want %q", op.Reason, op.Misses, err, lro.DeadlinePassed)
	}
}

func TestInterruptedWait(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		ctx, cancel := context.WithCancel(t.Context())
		client := &poller.Client{Transport: inProcess{&script{steps: []http.HandlerFunc{accepted("60"), answer(202, "", "")}}}}
		time.AfterFunc(90*time.Second, cancel)
		start := time.Now()
		_, err := client.Do(ctx, submit)
		var failed *poller.Error
		if !errors.As(err, &failed) || failed.Operation.Reason != lro.Interrupted || failed.Operation.StatusURL == "" {
			t.Fatalf("got %v, want an interrupted operation with a status URL", err)
		}
		if took := time.Since(start); took != 90*time.Second {
			t.Errorf("it took %v to stop, want at once", took)
		}
	})
}

func TestSubmitIsNotSentTwiceByAccident(t *testing.T) {
	cut := func(w http.ResponseWriter, _ *http.Request) { panic(http.ErrAbortHandler) }
	for _, c := range []struct {
		name   string
		req    lro.Request
		policy lro.Policy
		first  http.HandlerFunc
		want   int
	}{
		{"POST, connection cut", submit, lro.Policy{}, cut, 1},
		{"POST, 503", submit, lro.Policy{}, answer(503, "", ""), 1},
		{"POST, 429", submit, lro.Policy{}, answer(429, "", ""), 2},
		{"POST with a key, connection cut", lro.Request{Method: "POST", Header: http.Header{"Idempotency-Key": {`"k"`}}}, lro.Policy{}, cut, 2},
		{"PUT, connection cut", lro.Request{Method: "PUT"}, lro.Policy{}, cut, 2},
		{"POST, connection cut, at the person's risk", submit, lro.Policy{ResendUnsafe: true}, cut, 2},
		{"PUT, never again", lro.Request{Method: "PUT"}, lro.Policy{Resends: -1}, answer(503, "", ""), 1},
	} {
		t.Run(c.name, func(t *testing.T) {
			s := &script{steps: []http.HandlerFunc{c.first, answer(200, "", "done")}}
			server := httptest.NewServer(s)
			defer server.Close()
			transport := &http.Transport{DisableKeepAlives: true}
			c.req.URL = server.URL
			client := &poller.Client{Transport: transport, Policy: c.policy, Pace: lro.Pace{Min: time.Millisecond, Growth: 1}}
			res, err := client.Do(t.Context(), c.req)
			if err == nil {
				res.Body.Close()
			}
			if got := s.count(); got != c.want {
				t.Errorf("the server saw %d submits, want %d (%v)", got, c.want, err)
			}
		})
	}
}

func TestConditionalPolls(t *testing.T) {
	s := &script{steps: []http.HandlerFunc{
		accepted("1"), answer(200, `ETag: "a"`, `{"status":"Running"}`), answer(304, "", ""), answer(304, "", ""), answer(200, "", `{"status":"Succeeded"}`),
	}}
	_, op, err := do(t, &poller.Client{Transport: inProcess{s}}, time.Minute)
	if err != nil || op.Polls != 4 {
		t.Fatalf("got %v after %d polls, want success after 4", err, op.Polls)
	}
	if got := s.seen[2].Header.Get("If-None-Match"); got != `"a"` {
		t.Errorf("If-None-Match = %q, want the ETag", got)
	}
	if got := s.seen[1].Header.Get("If-None-Match"); got != "" {
		t.Errorf("the first poll carries If-None-Match %q", got)
	}
}

func TestCredentialsAreRenewedOnce(t *testing.T) {
	token := 0
	client := &poller.Client{Credentials: func(_ context.Context, renew bool) (http.Header, error) {
		if renew {
			token++
		}
		return http.Header{"Authorization": {fmt.Sprintf("Bearer %d", token)}}, nil
	}}
	valid := "Bearer 0"
	polls := 0
	client.Transport = inProcess{http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.Header.Get("Authorization") != valid {
			w.WriteHeader(401)
			return
		}
		if r.Method == "POST" {
			accepted("1")(w, r)
			return
		}
		if polls++; polls == 2 {
			valid = "Bearer 1" // the token expires while we wait
		}
		if polls < 5 {
			w.WriteHeader(202)
			return
		}
		io.WriteString(w, "done")
	})}
	body, _, err := do(t, client, time.Minute)
	if err != nil || body != "done" || token != 1 {
		t.Errorf("got %q, %v after %d renewals, want the result after 1", body, err, token)
	}
	valid, polls = "nothing will do", 0
	_, op, _ := do(t, client, time.Minute)
	if op.Reason != lro.Unauthorized || token != 2 {
		t.Errorf("got %q after %d renewals, want unauthorized after one more", op.Reason, token)
	}
}

func TestPollAsksOnce(t *testing.T) {
	for _, c := range []struct {
		name  string
		steps []http.HandlerFunc
		want  lro.Phase
		err   bool
		asked int
	}{
		{"running", []http.HandlerFunc{answer(202, "", "")}, lro.Polling, false, 1},
		{"done elsewhere", []http.HandlerFunc{answer(303, "Location: /r", "")}, lro.Fetching, false, 1},
		{"moved", []http.HandlerFunc{answer(308, "Location: /new", ""), answer(202, "", "")}, lro.Polling, false, 2},
		{"failed", []http.HandlerFunc{answer(422, "", "")}, lro.Ended, true, 1},
		{"in trouble", []http.HandlerFunc{answer(500, "", "")}, lro.Polling, true, 1},
	} {
		t.Run(c.name, func(t *testing.T) {
			s := &script{steps: c.steps}
			op, err := lro.Resume("https://api.example.com/operations/1")
			if err != nil {
				t.Fatal(err)
			}
			client := &poller.Client{Transport: inProcess{s}}
			op, err = client.Poll(t.Context(), op)
			if op.Phase != c.want || (err != nil) != c.err || len(s.seen) != c.asked {
				t.Errorf("got phase %v, error %v, %d requests; want %v, %v, %d", op.Phase, err, len(s.seen), c.want, c.err, c.asked)
			}
		})
	}
}

func TestCancel(t *testing.T) {
	op, err := lro.Resume("https://api.example.com/operations/1")
	if err != nil {
		t.Fatal(err)
	}
	s := &script{steps: []http.HandlerFunc{answer(202, "", ""), answer(404, "", "")}}
	client := &poller.Client{Transport: inProcess{s}}
	op, got, err := client.Cancel(t.Context(), op)
	if got != lro.CancelAccepted || err != nil || s.seen[0].Method != "DELETE" {
		t.Fatalf("got %v, %v by %s", got, err, s.seen[0].Method)
	}
	_, err = client.Wait(t.Context(), op)
	var failed *poller.Error
	if !errors.As(err, &failed) || failed.Operation.Outcome != lro.Cancelled {
		t.Errorf("a 404 after the cancellation: got %v, want cancelled", err)
	}

	client = &poller.Client{Transport: inProcess{answer(409, "", "")}}
	op, _ = lro.Resume("https://api.example.com/operations/1")
	_, got, err = client.Cancel(t.Context(), op)
	if got != lro.CancelTooLate || err == nil || !strings.Contains(err.Error(), "too late to cancel") {
		t.Errorf("409: got %v, %v", got, err)
	}
	client = &poller.Client{Dialect: cannotCancel{}}
	if _, _, err = client.Cancel(t.Context(), op); !errors.Is(err, poller.ErrNoCancel) {
		t.Errorf("no way to cancel: got %v", err)
	}
	client = &poller.Client{Dialect: dialect.Auto{}}
	if _, _, err = client.Cancel(t.Context(), op); !errors.Is(err, poller.ErrNoCancel) || !strings.Contains(err.Error(), "or is a guess, which cancels nothing; name the dialect") {
		t.Errorf("a dialect that is a guess: got %v", err)
	}
	failed = &poller.Error{Operation: lro.Operation{Phase: lro.Ended, Outcome: lro.Gone, Reason: lro.Expired}}
	if failed.Cancel == lro.CancelAccepted || !strings.Contains(failed.Error(), lro.Expired.Text()) {
		t.Errorf("an error that is not of a cancellation: %q, %v", failed, failed.Cancel)
	}
}

type cannotCancel struct{ lro.Generic }

func (cannotCancel) Cancel(lro.Operation) (lro.Request, bool) { return lro.Request{}, false }

// A server that accepts the connection and says nothing costs one request's patience.
func TestSilentServer(t *testing.T) {
	release := make(chan struct{})
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { <-release }))
	defer server.Close()
	defer close(release)
	client := &poller.Client{RequestTimeout: 500 * time.Millisecond}
	_, err := client.Do(t.Context(), lro.Request{Method: "POST", URL: server.URL})
	var failed *poller.Error
	if !errors.As(err, &failed) || failed.Operation.Reason != lro.SubmitAmbiguous || !strings.Contains(err.Error(), "stopped sending") {
		t.Errorf("got %v, want an ambiguous submit", err)
	}
}

func TestUnreachableServer(t *testing.T) {
	_, op, err := do(t, &poller.Client{Transport: broken{&net.DNSError{Err: "no such host"}}}, time.Minute)
	if op.Outcome != lro.NotSent || op.Reason != lro.Unreachable || !strings.Contains(err.Error(), "no such host") {
		t.Errorf("got %q, %v", op.Reason, err)
	}
	_, op, _ = do(t, &poller.Client{Transport: broken{errors.New("a transport that does not say how far it came")}}, time.Minute)
	if op.Outcome != lro.Lost || op.Reason != lro.SubmitAmbiguous {
		t.Errorf("got %v, %q, want no claim", op.Outcome, op.Reason)
	}
}
