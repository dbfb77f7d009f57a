package poller_test

import (
	"bytes"
	"io"
	"net/http"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/asyncctl/asyncctl/poller"
	"github.com/asyncctl/asyncctl/poller/lro"
)

// held answers after a while, as servers do that wait until there is something to say.
func held(d time.Duration, next http.HandlerFunc) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		time.Sleep(d)
		next(w, r)
	}
}

func TestAServerThatHoldsTheAnswerIsAskedAgainAtOnce(t *testing.T) {
	running := answer(200, "Content-Type: application/json", `{"status":"running"}`)
	s := &script{steps: []http.HandlerFunc{accepted(""), held(25*time.Second, running), held(25*time.Second, running), running, answer(200, "", `{"status":"succeeded"}`)}}
	// The requests take longer than RequestTimeout alone would let them.
	client := &poller.Client{Transport: inProcess{s}, RequestTimeout: 10 * time.Second, Policy: lro.Policy{LongPoll: 20 * time.Second}, Pace: lro.Pace{Min: 5 * time.Second, Growth: 1, Jitter: -1}}
	if _, op, err := do(t, client, time.Hour); err != nil || op.Polls != 4 {
		t.Fatalf("got %+v, %v", op, err)
	}
	if got := s.seen[1].Header.Get("Prefer"); got != "wait=20" {
		t.Errorf("Prefer: got %q", got)
	}
	for i, want := range []time.Duration{5 * time.Second, 25*time.Second + 100*time.Millisecond, 25*time.Second + 100*time.Millisecond, 5 * time.Second} {
		if got := s.at[i+1].Sub(s.at[i]); got != want {
			t.Errorf("request %d came %v after the one before, want %v", i+1, got, want)
		}
	}
}

// byPost polls by POST, with a header field and content of its own.
type byPost struct{ lro.Generic }

func (byPost) Ask(op lro.Operation) lro.Request {
	return lro.Request{Method: "POST", URL: op.StatusURL, Header: http.Header{"X-Version": {"2"}, "Accept": {"a/b"}, "Content-Type": {"text/plain"}}, Body: []byte("job 7")}
}

// recorded keeps the contents of the requests.
type recorded struct {
	*script
	bodies []string
}

func (r *recorded) ServeHTTP(w http.ResponseWriter, req *http.Request) {
	body, _ := io.ReadAll(req.Body)
	r.bodies = append(r.bodies, string(body))
	r.script.ServeHTTP(w, req)
}

func TestPollsAsTheDialectWantsThem(t *testing.T) {
	s := &recorded{script: &script{steps: []http.HandlerFunc{accepted("0"), answer(202, "", ""), answer(200, "", "x")}}}
	client := &poller.Client{Transport: inProcess{s}, Dialect: byPost{}, Header: http.Header{"Accept": {"mine/1"}, "X-Key": {"k"}}}
	if body, _, err := do(t, client, time.Minute); err != nil || body != "x" {
		t.Fatalf("got %q, %v", body, err)
	}
	for i, r := range s.seen[1:] {
		if r.Method != "POST" || s.bodies[i+1] != "job 7" || r.Header.Get("X-Version") != "2" || r.Header.Get("X-Key") != "k" {
			t.Errorf("poll %d: %s %v %q", i+1, r.Method, r.Header, s.bodies[i+1])
		}
		if r.Header.Get("Accept") != "mine/1" {
			t.Errorf("poll %d: what the caller asks for goes before the dialect: %v", i+1, r.Header["Accept"])
		}
	}
}

// A handle names no origin: credentials are withheld, but the dialect's own words are sent.
func TestPollsByPostFromAHandle(t *testing.T) {
	s := &recorded{script: &script{steps: []http.HandlerFunc{answer(202, "", ""), answer(202, "Location: https://other.example/op", ""), answer(200, "", "x")}}}
	client := &poller.Client{Transport: inProcess{s}, Foreign: inProcess{s}, Dialect: byPost{}, Header: http.Header{"X-Key": {"k"}}}
	op, err := lro.Resume("https://api.example.com/op")
	if err != nil {
		t.Fatal(err)
	}
	op.Home = ""
	synctest.Test(t, func(t *testing.T) { _, err = client.Wait(t.Context(), op) })
	if err == nil || !strings.Contains(err.Error(), "https://other.example, another origin, and would be asked by POST") {
		t.Errorf("got %v", err)
	}
	if s.count() != 2 || s.bodies[0] != "job 7" || s.seen[0].Header.Get("X-Version") != "2" || s.seen[0].Header.Get("X-Key") != "" {
		t.Errorf("got %d requests, %v, %q", s.count(), s.seen[0].Header, s.bodies)
	}
}

// boxed takes the content of a 200 for a message.
type boxed struct{ lro.Generic }

func (d boxed) Read(op lro.Operation, r lro.Reply) (lro.Reading, error) {
	if op.Phase == lro.Polling && r.Status == 200 {
		return lro.Reading{State: lro.StateSucceeded, Enclosed: true}, nil
	}
	return d.Generic.Read(op, r)
}

func TestResultWithinAMessage(t *testing.T) {
	long := strings.Repeat("0123456789", 10_000)
	for _, c := range []struct{ name, content, want, kind string }{
		{"short", "HTTP/1.1 201 Created\r\nContent-Type: text/csv\r\n\r\na,b", "a,b", "text/csv"},
		{"with a length", "HTTP/1.1 200 OK\r\nContent-Length: 2\r\nContent-Type: text/csv\r\n\r\nabcd", "ab", "text/csv"},
		{"longer than what is read at first", "HTTP/1.1 200 OK\r\nContent-Type: text/csv\r\n\r\n" + long, long, "text/csv"},
		{"no message", "plain", "plain", "application/http"},
	} {
		t.Run(c.name, func(t *testing.T) {
			s := &script{steps: []http.HandlerFunc{accepted("0"), answer(200, "Content-Type: application/http", c.content)}}
			body, res, err := follow(t, &poller.Client{Dialect: boxed{}, MaxBody: 1000}, s)
			if err != nil || body != c.want || res.Header.Get("Content-Type") != c.kind || res.Length >= 0 && res.Length != int64(len(c.want)) {
				t.Errorf("got %.40q (%v), %v; want %.40q", body, res, err, c.want)
			}
		})
	}
}

func TestNoResultIsWanted(t *testing.T) {
	s := &script{steps: []http.HandlerFunc{accepted("0"), answer(200, "", "a result")}}
	body, op, err := do(t, &poller.Client{Transport: inProcess{s}, Policy: lro.Policy{ResultFrom: lro.ResultNone}}, time.Minute)
	if err != nil || body != "" || op.Outcome != lro.Succeeded {
		t.Errorf("got %q, %s, %v", body, op.Outcome, err)
	}
}

// waiting is a dialect that knows the place in a queue.
type waiting struct{ lro.Generic }

func (d waiting) Read(op lro.Operation, r lro.Reply) (lro.Reading, error) {
	got, err := d.Generic.Read(op, r)
	if bytes.Contains(r.Body, []byte("queued")) {
		got.Progress.InQueue, got.Progress.Queue = true, 3
	}
	return got, err
}

func TestEventsTellThePlaceInTheQueueAndPartialSuccess(t *testing.T) {
	s := &script{steps: []http.HandlerFunc{accepted("0"), answer(200, "", `{"status":"queued"}`), answer(200, "", `{"status":"running"}`), answer(200, "", `{"status":"partial"}`)}}
	var places []string
	notes := 0
	client := &poller.Client{Transport: inProcess{s}, Dialect: waiting{}, Policy: lro.Policy{AllowPartial: true}, Observe: func(e poller.Event) {
		if e.Reply != nil && e.Reply.Queue != nil {
			places = append(places, e.Reply.Message)
		}
		if e.Note != nil && e.Note.Code == "partial" {
			notes++
		}
	}}
	if _, op, err := do(t, client, time.Minute); err != nil || op.State != lro.StatePartial {
		t.Fatalf("got %s, %v", op.State, err)
	}
	if len(places) != 1 || places[0] != "place 3 in the queue" || notes != 1 {
		t.Errorf("got %q, %d notes", places, notes)
	}
}
