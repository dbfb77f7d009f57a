package poller_test

import (
	"context"
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/asyncctl/asyncctl/poller"
	"github.com/asyncctl/asyncctl/poller/lro"
)

var sentinels = []error{
	poller.ErrFailed, poller.ErrCancelled, poller.ErrRefused, poller.ErrLost, poller.ErrGone, poller.ErrTimeout, poller.ErrUndecided,
	context.DeadlineExceeded, context.Canceled,
}

func TestErrorsIs(t *testing.T) {
	tests := []struct {
		name string
		op   lro.Operation
		want []error
	}{
		{"failed", lro.Operation{Phase: lro.Ended, Outcome: lro.Failed, Reason: lro.OperationFailed}, []error{poller.ErrFailed}},
		{"cancelled", lro.Operation{Phase: lro.Ended, Outcome: lro.Cancelled, Reason: lro.OperationCancelled}, []error{poller.ErrCancelled}},
		{"refused", lro.Operation{Phase: lro.Ended, Outcome: lro.Refused, Reason: lro.SubmitRefused}, []error{poller.ErrRefused}},
		{"gone", lro.Operation{Phase: lro.Ended, Outcome: lro.Gone, Reason: lro.Expired}, []error{poller.ErrGone}},
		{"lost", lro.Operation{Phase: lro.Ended, Outcome: lro.Lost, Reason: lro.NoStatusURL}, []error{poller.ErrLost}},
		{"undecided", lro.Operation{Phase: lro.Ended, Outcome: lro.Lost, Reason: lro.UndecidedAnswer}, []error{poller.ErrLost, poller.ErrUndecided}},
		{"the deadline", lro.Operation{Phase: lro.Ended, Outcome: lro.Timeout, Reason: lro.DeadlinePassed}, []error{poller.ErrTimeout, context.DeadlineExceeded}},
		{"a hint beyond it", lro.Operation{Phase: lro.Ended, Outcome: lro.Timeout, Reason: lro.HintBeyondDeadline}, []error{poller.ErrTimeout, context.DeadlineExceeded}},
		{"an interrupt", lro.Operation{Phase: lro.Ended, Outcome: lro.Lost, Reason: lro.Interrupted}, []error{poller.ErrLost, context.Canceled}},
		{"a question that failed", lro.Operation{Phase: lro.Polling}, nil},
	}
	for _, test := range tests {
		err := error(&poller.Error{Operation: test.op})
		for _, s := range sentinels {
			if got, want := errors.Is(err, s), slices.Contains(test.want, s); got != want {
				t.Errorf("%s: errors.Is(err, %v) is %v, want %v", test.name, s, got, want)
			}
		}
	}
}

// slow is a server whose operation is done when it is told, and that asks for a long pause.
type slow struct {
	*httptest.Server
	done  atomic.Bool
	asked atomic.Int32 // with the key
	hint  string
}

func newSlow(t *testing.T, hint string) *slow {
	s := &slow{hint: hint}
	s.Server = httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.Header.Get("X-Key") == "k" {
			s.asked.Add(1)
		}
		if r.Method == "GET" && s.done.Load() {
			io.WriteString(w, `{"rows":3}`)
			return
		}
		w.Header().Set("Location", "/s")
		w.Header().Set("Retry-After", s.hint)
		w.WriteHeader(202)
	}))
	t.Cleanup(s.Close)
	return s
}

// A wait that a deadline or an interrupt has ended can be gone on with, in the process and through a handle, with
// credentials.
func TestWaitAgain(t *testing.T) {
	for _, through := range []string{"in the process", "through a handle"} {
		for _, hint := range []string{"0", "3600"} {
			t.Run(through+", Retry-After "+hint, func(t *testing.T) {
				s := newSlow(t, hint)
				client := &poller.Client{Origin: s.URL, Header: http.Header{"X-Key": {"k"}}, Pace: lro.Pace{Min: time.Millisecond, Max: time.Millisecond}}
				ctx, cancel := context.WithTimeout(t.Context(), 50*time.Millisecond)
				defer cancel()
				_, err := client.Do(ctx, lro.Request{Method: "POST", URL: s.URL})
				var failed *poller.Error
				if !errors.As(err, &failed) || !errors.Is(err, context.DeadlineExceeded) {
					t.Fatalf("got %v, want the deadline", err)
				}
				op := failed.Operation
				if through != "in the process" {
					text, err := json.Marshal(op)
					if err != nil {
						t.Fatal(err)
					}
					op = lro.Operation{}
					if err := json.Unmarshal(text, &op); err != nil {
						t.Fatal(err)
					}
				}
				s.done.Store(true)
				s.asked.Store(0)
				op.NotBefore = time.Time{} // an hour is not waited for here
				res, err := client.Wait(t.Context(), op)
				if err != nil {
					t.Fatal(err)
				}
				var got struct{ Rows int }
				if err := res.Decode(&got); err != nil || got.Rows != 3 {
					t.Errorf("got %+v, %v", got, err)
				}
				if s.asked.Load() != 1 {
					t.Errorf("it was asked %d times with credentials, want once", s.asked.Load())
				}
			})
		}
	}
}

// What the server has ended stays over, and so does what has no status URL.
func TestWaitAgainForWhatIsOver(t *testing.T) {
	asked := 0
	s := httptest.NewServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) { asked++ }))
	defer s.Close()
	for _, op := range []lro.Operation{
		{Phase: lro.Ended, Outcome: lro.Failed, Reason: lro.OperationFailed, StatusURL: s.URL, Dialect: "generic"},
		{Phase: lro.Ended, Outcome: lro.Gone, Reason: lro.Expired, StatusURL: s.URL, Dialect: "generic"},
		{Phase: lro.Ended, Outcome: lro.Lost, Reason: lro.UnreadableStatus, StatusURL: s.URL, Dialect: "generic"},
		{Phase: lro.Ended, Outcome: lro.Timeout, Reason: lro.DeadlinePassed, Dialect: "generic"},
	} {
		if _, err := (&poller.Client{}).Wait(t.Context(), op); err == nil || asked > 0 {
			t.Errorf("%v: got %v after %d requests, want an error after none", op.Outcome, err, asked)
		}
	}
}

// Where nothing has left, nothing was started, whatever kept it: no outcome and no sentence says more.
func TestNotSent(t *testing.T) {
	closed := httptest.NewServer(nil)
	closed.Close()
	cut := httptest.NewServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) { panic(http.ErrAbortHandler) }))
	defer cut.Close()
	over, cancel := context.WithCancel(t.Context())
	cancel()
	tests := []struct {
		name string
		ctx  context.Context
		url  string
		want bool
	}{
		{"nobody listens", t.Context(), closed.URL, true},
		{"the connection broke", t.Context(), cut.URL, false},
		{"it was over before", over, cut.URL, true},
		{"no such host", t.Context(), "http://nowhere.invalid/", true},
		{"no URL", t.Context(), "", true},
		{"a URL of something else", t.Context(), "ftp://x", true},
	}
	for _, test := range tests {
		_, err := (&poller.Client{Policy: lro.Policy{Resends: -1}}).Do(test.ctx, lro.Request{Method: "POST", URL: test.url})
		var failed *poller.Error
		if !errors.As(err, &failed) || (failed.Operation.Outcome == lro.NotSent) != test.want || errors.Is(err, poller.ErrNotSent) != test.want {
			t.Errorf("%s: got %v, want not sent: %v", test.name, err, test.want)
		}
		if test.want && (!strings.Contains(err.Error(), "nothing was sent") && !strings.Contains(err.Error(), "before anything was sent") || strings.Contains(err.Error(), "may")) {
			t.Errorf("%s: it says %q", test.name, err)
		}
	}
	op, _ := lro.Resume(closed.URL)
	var failed *poller.Error
	if _, err := (&poller.Client{Policy: lro.Policy{Misses: -1}}).Wait(t.Context(), op); !errors.As(err, &failed) || failed.Operation.Outcome != lro.Lost {
		t.Errorf("an operation that was accepted before: %v", err)
	}
}

func TestDecode(t *testing.T) {
	tests := []struct{ body, want, err string }{
		{`{"a":1}`, "1", ""}, {" {\"a\":1}\n ", "1", ""}, {`{"a":1}{}`, "", "not one JSON document"}, {`{"a":1} x`, "", "not one JSON document"},
		{`<html>`, "", "not the expected JSON"}, {``, "", "not the expected JSON"}, {`{"a":"x"}`, "", "not the expected JSON"},
	}
	for _, test := range tests {
		body := &closing{Reader: strings.NewReader(test.body)}
		res := &poller.Result{Body: body, Response: poller.Response{Header: http.Header{}}}
		var got struct{ A json.Number }
		err := res.Decode(&got)
		if test.err == "" && (err != nil || got.A.String() != test.want) || test.err != "" && (err == nil || !strings.Contains(err.Error(), test.err)) {
			t.Errorf("%q: got %v, %v; want %q, %q", test.body, got, err, test.want, test.err)
		}
		if !body.closed {
			t.Errorf("%q: the body is still open", test.body)
		}
	}
}

type closing struct {
	io.Reader
	closed bool
}

func (c *closing) Close() error { c.closed = true; return nil }

func TestNewRequest(t *testing.T) {
	h, _ := http.NewRequest("PUT", "https://api.example.com/x?y=1", strings.NewReader("content"))
	h.Header.Set("Content-Type", "text/plain")
	h.Host = "other.example"
	got, err := poller.NewRequest(h)
	if err != nil || got.Method != "PUT" || got.URL != "https://api.example.com/x?y=1" || string(got.Body) != "content" ||
		got.Header.Get("Content-Type") != "text/plain" || got.Header.Get("Host") != "other.example" {
		t.Errorf("got %+v, %v", got, err)
	}
	if got, err := poller.NewRequest(&http.Request{URL: h.URL}); err != nil || got.Method != "GET" || got.Header.Get("Host") != "" {
		t.Errorf("a bare one: got %+v, %v", got, err)
	}
	h.Body = io.NopCloser(io.MultiReader(strings.NewReader("a"), brokenReader{}))
	for name, bad := range map[string]*http.Request{"nil": nil, "no URL": {}, "a content that breaks off": h} {
		if _, err := poller.NewRequest(bad); err == nil {
			t.Errorf("%s: no error", name)
		}
	}
}

type brokenReader struct{}

func (brokenReader) Read([]byte) (int, error) { return 0, errors.New("broken") }
