package loadtest

import (
	"fmt"
	"net/http"
	"testing"
	"testing/synctest"
	"time"

	"github.com/asyncctl/asyncctl/internal/measure"
	"github.com/asyncctl/asyncctl/loadtest/internal/engine"
	"github.com/asyncctl/asyncctl/loadtest/internal/http1"
	"github.com/asyncctl/asyncctl/loadtest/internal/pending"
	"github.com/asyncctl/asyncctl/loadtest/internal/wire"
	"github.com/asyncctl/asyncctl/poller/lro"
)

// fakeSender answers out of nothing: operation i works for a while, counted from its submit, and each
// answer takes a while too. Time is that of synctest.
type fakeSender struct {
	w      *worker
	work   time.Duration
	answer time.Duration
	slower time.Duration // by which each second of the run makes the work longer
	retry  string
	begun  map[string]int64
	queue  []*engine.Exchange
	calls  int
}

func (f *fakeSender) Send(id uint32, _ *wire.Origin) {
	now := f.w.now()
	req, _ := f.w.Request(id, now)
	f.calls++
	x := &engine.Exchange{Id: id, Sent: now, First: now + int64(f.answer), Last: now + int64(f.answer), Status: 200}
	header := http.Header{}
	switch begun, ok := f.begun[req.URL]; {
	case req.Method == "POST":
		status := fmt.Sprintf("http://127.0.0.1:1/s/%d", len(f.begun))
		f.begun[status] = now
		x.Status = 202
		header.Set("Location", status)
		header.Set("Retry-After", f.retry)
	case !ok: // the result
		x.Body = []byte("42")
	case now-begun >= int64(f.work)+int64(float64(f.slower)*time.Duration(begun).Seconds()):
		x.Status = 303
		header.Set("Location", req.URL+"/result")
	default:
		header.Set("Retry-After", f.retry)
		x.Body = []byte(`{"status":"running"}`)
	}
	x.Head = header
	f.queue = append(f.queue, x)
}

func (f *fakeSender) Wait(until int64) {
	next := until
	for _, x := range f.queue {
		next = min(next, x.First)
	}
	if left := next - f.w.now(); left > 0 {
		time.Sleep(time.Duration(left))
	}
	now := f.w.now()
	var later []*engine.Exchange
	ready := f.queue
	f.queue = nil
	for _, x := range ready {
		if x.First > now {
			later = append(later, x)
			continue
		}
		f.w.Finish(x)
	}
	f.queue = append(f.queue, later...)
}

func (f *fakeSender) Load() (waiting, open int) { return 0, len(f.queue) }

func (f *fakeSender) Close() {}

// runFake runs a plan with one worker over the fake, in no time.
func runFake(t *testing.T, p Plan, f *fakeSender) *Result {
	t.Helper()
	p.Request, p.Workers = lro.Request{URL: "http://127.0.0.1:1/jobs"}, 1
	workers, shared, err := p.hire(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	w := workers[0]
	w.sender.Close()
	f.w, f.begun, w.sender = w, map[string]int64{}, f
	w.Start = time.Now()
	w.work()
	_ = shared
	r, err := p.conclude(workers, "")
	if err != nil {
		t.Fatal(err)
	}
	return r
}

// closeTo allows for what the ticks of the queue and the histogram round.
func closeTo(got, want time.Duration) bool {
	return (got - want).Abs() <= want/500+600*time.Microsecond
}

// none is a pace without chance.
func none() lro.Pace { return lro.Pace{Jitter: -1} }

// TestEngine runs whole plans under synctest and checks figures that can be computed by hand.
func TestEngine(t *testing.T) {
	for _, test := range []struct {
		name     string
		plan     Plan
		fake     fakeSender
		n, polls int64 // operations, and polls of each
		done     time.Duration
	}{
		{"open", Plan{Load: Load{Rate: 100, Duration: time.Minute}, Strategies: []Strategy{ServerPace(none())}},
			fakeSender{work: 4500 * time.Millisecond, answer: 10 * time.Millisecond, retry: "2"}, 6000, 3, 10*time.Millisecond + 3*2010*time.Millisecond},
		{"closed", Plan{Load: Load{Concurrency: 10, Operations: 100}, Strategies: []Strategy{ServerPace(none())}},
			fakeSender{work: time.Second, retry: "1"}, 100, 1, time.Second},
		{"fixed", Plan{Load: Load{Rate: 10, Operations: 50}, Strategies: []Strategy{{kind: fixedKind, min: time.Second}}},
			fakeSender{work: 5 * time.Second, retry: "30"}, 50, 5, 5 * time.Second},
		{"exponential", Plan{Load: Load{Rate: 10, Operations: 50}, Strategies: []Strategy{{kind: exponentialKind, min: time.Second, max: time.Minute, factor: 2}}},
			fakeSender{work: 6500 * time.Millisecond, retry: "1"}, 50, 3, 7 * time.Second},
	} {
		t.Run(test.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				r := runFake(t, test.plan, &test.fake)
				s := &r.Series[0]
				if s.Counts.Succeeded != test.n || s.Counts.PollsSent != test.n*test.polls || s.Counts.PollsWasted != test.n*(test.polls-1) {
					t.Errorf("%+v", s.Counts)
				}
				if got := s.Done.Quantile(0.5); !closeTo(got, test.done+time.Duration(test.polls)*131*time.Microsecond) {
					t.Errorf("done after %v, want %v", got, test.done)
				}
				if late := s.Late.Max(); late > time.Millisecond {
					t.Errorf("%v late", late)
				}
				if early := s.Counts.PollsEarly; (early > 0) != (test.name == "fixed") {
					t.Errorf("%d early polls", early)
				}
			})
		})
	}
}

// TestExact takes the server at its word: at once for 0, and for 2 s after 2 s and nothing more.
func TestExact(t *testing.T) {
	for _, test := range []struct {
		retry string
		polls int64 // of an operation of 1 s, whose answers take 10 ms
		done  time.Duration
	}{
		{"0", 100, 1010 * time.Millisecond},
		{"2", 1, 2020 * time.Millisecond},
	} {
		synctest.Test(t, func(t *testing.T) {
			p := Plan{Load: Load{Concurrency: 4, Operations: 8}, Strategies: []Strategy{Exact}}
			r := runFake(t, p, &fakeSender{work: time.Second, answer: 10 * time.Millisecond, retry: test.retry})
			s := &r.Series[0]
			if s.Counts.Succeeded != 8 || s.Counts.PollsSent != 8*test.polls || s.Counts.PollsEarly != 0 || !closeTo(s.Done.Max(), test.done) {
				t.Errorf("Retry-After: %s: %d polls, done after %v, %+v", test.retry, s.Counts.PollsSent, s.Done.Max(), s.Counts)
			}
		})
	}
}

// TestExactEnds gives up an operation that is asked for at once again and again.
func TestExactEnds(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		p := Plan{Load: Load{Concurrency: 2, Operations: 2}, Strategies: []Strategy{Exact}, Patience: time.Second}
		r := runFake(t, p, &fakeSender{work: time.Hour, answer: 10 * time.Millisecond, retry: "0"})
		if c := r.Series[0].Counts; c.TimedOut != 2 || r.Elapsed > 2*time.Second {
			t.Errorf("%v, %+v", r.Elapsed, c)
		}
	})
}

// TestDrain bounds what an operation that never ends can hold up.
func TestDrain(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		p := Plan{Load: Load{Rate: 10, Operations: 20}, Drain: 30 * time.Second}
		r := runFake(t, p, &fakeSender{work: time.Hour, retry: "5"})
		if c := r.Series[0].Counts; c.Pending != 20 || r.Elapsed > 33*time.Second {
			t.Errorf("%v, %+v", r.Elapsed, c)
		}
		p.Drain, p.Patience = time.Hour, 10*time.Second
		r = runFake(t, p, &fakeSender{work: time.Hour, retry: "5"})
		if c := r.Series[0].Counts; c.TimedOut != 20 || r.Elapsed > 13*time.Second {
			t.Errorf("%v, %+v", r.Elapsed, c)
		}
	})
}

// TestShed counts arrivals for which there is no room.
func TestShed(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		p := Plan{Load: Load{Rate: 100, Operations: 500, MaxInFlight: 50}}
		r := runFake(t, p, &fakeSender{work: 2 * time.Second, retry: "2"})
		if c := r.Series[0].Counts; c.Shed == 0 || c.Succeeded != c.Submitted || c.Planned != 500 {
			t.Errorf("%+v", c)
		}
	})
}

// TestStrategiesTakeTurns gives each of several strategies its share of the same run.
func TestStrategiesTakeTurns(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		p := Plan{Load: Load{Rate: 100, Operations: 300}, Strategies: []Strategy{
			Server, {kind: fixedKind, min: 500 * time.Millisecond}, {kind: decorrelatedKind, min: 100 * time.Millisecond, max: 5 * time.Second},
		}}
		r := runFake(t, p, &fakeSender{work: 3 * time.Second, retry: "1"})
		for _, s := range r.Series {
			if s.Counts.Succeeded != 100 || s.Truth != measure.TruthBounded {
				t.Errorf("%s: %+v", s.Strategy, s.Counts)
			}
		}
		if p := r.Series[1].Polls; p.Quantile(0.5) != 6 {
			t.Errorf("%d polls every half second in 3 s", p.Quantile(0.5))
		}
		if d := r.Series[2].Counts; d.PollsSent < 300 || d.PollsSent > 2500 {
			t.Errorf("%d polls of the decorrelated", d.PollsSent)
		}
	})
}

// loopSender answers every poll at once with the same bytes, read as from a connection.
type loopSender struct {
	w        *worker
	response http1.Response
	wire     []byte
	out      []byte
	id       uint32
}

func (l *loopSender) Send(id uint32, _ *wire.Origin) { l.id = id }
func (l *loopSender) Wait(int64)                     {}
func (l *loopSender) Load() (int, int)               { return 0, 1 }
func (l *loopSender) Close()                         {}

// step is one poll: due, written, answered, folded, measured, due again.
func (l *loopSender) step(now int64) {
	l.out = l.w.Leaves(l.id, now, l.out[:0])
	l.response.Reset()
	if _, done, err := l.response.Feed(l.wire); !done || err != nil {
		panic("the answer is not whole")
	}
	r := &l.response
	l.w.Finish(&engine.Exchange{Id: l.id, Sent: now, First: now, Last: now, Status: r.Status, Head: &r.Head, Body: r.Body})
	for id := uint32(0); id == 0; {
		if id = l.w.wheel.Take(l.w.Slots.At(l.id).Due + 2<<pending.TickShift); id != 0 {
			l.w.dispatchOne(id, l.w.Slots.At(id))
		}
	}
}

func pollLoop(tb testing.TB, answer string) *loopSender {
	tb.Helper()
	p := Plan{Request: lro.Request{URL: "http://127.0.0.1:1/jobs"}, Workers: 1, Load: Load{Rate: 1, Operations: 1}, Patience: 1 << 62}
	workers, _, err := p.hire(tb.Context())
	if err != nil {
		tb.Fatal(err)
	}
	w := workers[0]
	w.sender.Close()
	l := &loopSender{w: w, response: http1.Response{Limit: 1 << 16}}
	w.sender = l
	w.begin(w.arrival)
	l.wire = []byte("HTTP/1.1 202 Accepted\r\nLocation: /operations/0d5c9f38-2fbc-4d87-8e7c\r\nRetry-After: 1\r\nContent-Length: 0\r\n\r\n")
	l.step(0)
	l.wire = []byte(answer)
	for range 3 {
		l.step(l.w.Slots.At(l.id).Due)
	}
	return l
}

const pendingDocument = `{"id":"0d5c9f38-2fbc-4d87-8e7c","status":"running","createdAt":"2026-01-02T11:58:13Z","percentComplete":42}`

// The answers to a poll that says "not yet".
var (
	pendingAnswer = documentAnswer("Date: Fri, 02 Jan 2026 12:00:00 GMT\r\n")
	taggedAnswer  = documentAnswer("Etag: \"running-42\"\r\n")
	emptyAnswer   = "HTTP/1.1 202 Accepted\r\nLocation: /operations/0d5c9f38-2fbc-4d87-8e7c\r\nRetry-After: 1\r\nContent-Length: 0\r\n\r\n"
)

func documentAnswer(header string) string {
	return fmt.Sprintf("HTTP/1.1 200 OK\r\n%sContent-Type: application/json\r\nRetry-After: 1\r\nContent-Length: %d\r\n\r\n%s", header, len(pendingDocument), pendingDocument)
}

// TestPollsAllocateNothing is the promise about the steady state.
func TestPollsAllocateNothing(t *testing.T) {
	for _, answer := range []string{pendingAnswer, taggedAnswer, emptyAnswer} {
		l := pollLoop(t, answer)
		if got := testing.AllocsPerRun(1000, func() { l.step(l.w.Slots.At(l.id).Due) }); got != 0 {
			t.Errorf("%.40q: %v allocations for each poll", answer, got)
		}
		if s := l.w.Slots.At(l.id); s.Stage != pending.Compact || l.w.op.Phase != lro.Polling {
			t.Errorf("%.40q: it is no longer polled: %+v", answer, l.w.op)
		}
	}
}

// BenchmarkPoll is all that a poll costs beside the calls of the kernel.
func BenchmarkPoll(b *testing.B) {
	for name, answer := range map[string]string{"200": pendingAnswer, "200-etag": taggedAnswer, "202": emptyAnswer} {
		b.Run(name, func(b *testing.B) {
			l := pollLoop(b, answer)
			b.ReportAllocs()
			for b.Loop() {
				l.step(l.w.Slots.At(l.id).Due)
			}
		})
	}
}
