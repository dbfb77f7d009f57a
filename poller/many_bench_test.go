package poller

import (
	"container/heap"
	"context"
	"fmt"
	"io"
	"net/http"
	"runtime"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/asyncctl/asyncctl/poller/lro"
)

// What one more pending operation costs: an entry in the queue, and what is remembered of it.
func BenchmarkPendingOperation(b *testing.B) {
	client := &Client{}
	op, err := lro.Resume("https://api.example.com/operations/5f0c3b1e")
	if err != nil {
		b.Fatal(err)
	}
	var q timers
	b.ReportAllocs()
	for i := range b.N {
		heap.Push(&q, &entry{v: client.converse(op), due: time.Unix(int64(i), 0)})
	}
}

// canned answers every poll with the same 202.
type canned struct{ header http.Header }

func (c canned) RoundTrip(req *http.Request) (*http.Response, error) {
	return &http.Response{StatusCode: 202, Header: c.header, Body: http.NoBody, Request: req}, nil
}

// What one poll costs beside what the transport does.
func BenchmarkPoll(b *testing.B) {
	op, err := lro.Resume("https://api.example.com/operations/5f0c3b1e")
	if err != nil {
		b.Fatal(err)
	}
	client := &Client{
		Transport: canned{http.Header{"Retry-After": {"5"}}},
		Header:    http.Header{"Authorization": {"Bearer token"}},
	}
	v := client.converse(op)
	b.ReportAllocs()
	for b.Loop() {
		v.step(b.Context()).discard()
	}
}

// works answers a submit with 202, the first poll with 200 and "running", the next with the result; the headers and
// bodies are as large as those of real servers.
type works struct{ n atomic.Int64 }

func (w *works) RoundTrip(req *http.Request) (*http.Response, error) {
	if req.Body != nil {
		req.Body.Close()
	}
	h := http.Header{
		"Content-Type": {"application/json"}, "Date": {"Fri, 27 Nov 2026 12:00:00 GMT"}, "Server": {"example/1.0"},
		"X-Request-Id": {"0d5c9f38-2fbc-4d87-8e7c-8ba0c3ff7d5a"}, "Cache-Control": {"no-store"},
	}
	res := &http.Response{StatusCode: 200, Header: h, Request: req, ContentLength: -1}
	body := `{"rows":[1,2,3]}`
	switch {
	case req.Method == "POST":
		res.StatusCode = 202
		h.Set("Location", fmt.Sprintf("/operations/%d?n=0", w.n.Add(1)))
		h.Set("Retry-After", "0")
		body = `{"status":"accepted"}`
	case strings.HasSuffix(req.URL.RawQuery, "n=0"):
		res.StatusCode = 202
		h.Set("Location", strings.TrimSuffix(req.URL.String(), "0")+"1")
		h.Set("Retry-After", "1")
		body = `{"status":"running","percentComplete":50,"message":"half of it"}`
	}
	res.Body = io.NopCloser(strings.NewReader(body))
	return res, nil
}

// BenchmarkMany follows operations of a second each, on a transport that costs nothing: what is measured is the
// time on the processor for an operation, which must not grow with how many are in flight.
func BenchmarkMany(b *testing.B) {
	for _, inFlight := range []int{20, 500, 5_000, 50_000} {
		b.Run(fmt.Sprintf("in-flight=%d", inFlight), func(b *testing.B) {
			client := &Client{Transport: &works{}, Pace: lro.Pace{Min: time.Millisecond, Growth: 1, Max: time.Millisecond}}
			b.ReportAllocs()
			done := 0
			start := cpu()
			for b.Loop() {
				n := max(inFlight, 2_000)
				if inFlight < 100 {
					n = 3 * inFlight // they take a second each
				}
				done += n
				(&Many{Client: client, InFlight: inFlight}).Run(context.Background(), func(yield func(Task) bool) {
					for i := range n {
						op := lro.Begin(lro.Generic{}, lro.Request{Method: "POST", URL: "https://api.example.com/reports", Body: []byte("{}")})
						if !yield(Task{Number: i, Operation: op, Done: func(r *Result, err error) {
							if err != nil {
								b.Error(err)
								return
							}
							r.Body.Close()
						}}) {
							return
						}
					}
				})
			}
			b.ReportMetric(float64((cpu()-start).Microseconds())/float64(done), "µs-cpu/op")
			b.ReportMetric(0, "ns/op")
		})
	}
}

// BenchmarkManyInFlight tells how much memory an operation takes that waits.
func BenchmarkManyInFlight(b *testing.B) {
	const n = 20_000
	for b.Loop() {
		var before, after runtime.MemStats
		runtime.GC()
		runtime.ReadMemStats(&before)
		ctx, cancel := context.WithCancel(context.Background())
		accepted := atomic.Int64{}
		go (&Many{Client: &Client{Transport: waits{}}}).Run(ctx, func(yield func(Task) bool) {
			for i := range n {
				op := lro.Begin(lro.Generic{}, lro.Request{Method: "POST", URL: "https://api.example.com/reports", Body: []byte("{}")})
				if !yield(Task{Number: i, Operation: op, Accepted: func(lro.Operation) { accepted.Add(1) }}) {
					return
				}
			}
		})
		for accepted.Load() < n {
			time.Sleep(10 * time.Millisecond)
		}
		runtime.GC()
		runtime.ReadMemStats(&after)
		b.ReportMetric(float64(after.HeapInuse+after.StackInuse-before.HeapInuse-before.StackInuse)/n, "B/in-flight")
		cancel()
	}
}

// waits accepts and asks for an hour.
type waits struct{}

func (waits) RoundTrip(req *http.Request) (*http.Response, error) {
	h := http.Header{"Location": {"/operations/5f0c3b1e-2fbc-4d87-8e7c-8ba0c3ff7d5a"}, "Retry-After": {"3600"}, "Content-Type": {"application/json"}, "Date": {"Fri, 27 Nov 2026 12:00:00 GMT"}}
	return &http.Response{StatusCode: 202, Header: h, Request: req, ContentLength: -1, Body: io.NopCloser(strings.NewReader(`{"status":"accepted","id":"5f0c3b1e"}`))}, nil
}
