package poller

import (
	"container/heap"
	"net/http"
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
