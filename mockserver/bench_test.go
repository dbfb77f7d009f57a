package mockserver_test

import (
	"io"
	"net/http"
	"net/http/httptest"
	"strconv"
	"strings"
	"testing"

	"github.com/asyncctl/asyncctl/mockserver"
)

// discard is a ResponseWriter that costs nothing, so that only the handler is measured.
type discard struct{ header http.Header }

func (d *discard) Header() http.Header         { return d.header }
func (d *discard) Write(p []byte) (int, error) { return len(p), nil }
func (d *discard) WriteHeader(int)             {}

// bare is the least that a handler which answers like a poll has to do.
var bare = http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
	h := w.Header()
	h.Set("Content-Type", "application/json")
	h.Set("Cache-Control", "no-store")
	h.Set("Retry-After", "1")
	h.Set("Etag", `"Running-0"`)
	w.WriteHeader(200)
	io.WriteString(w, `{"id":"0","status":"Running","createdAt":"2026-01-01T00:00:00.000Z","lastUpdatedAt":"2026-01-01T00:00:00.000Z","percentComplete":0}`)
})

// pendingMock returns a server with n operations that stay pending, and their paths.
func pendingMock(tb testing.TB, n int) (*mockserver.Server, []string) {
	tb.Helper()
	mock := &mockserver.Server{Scenario: mockserver.Scenario{Duration: mockserver.MaxDuration}, MaxOperations: n, Seed: 1}
	return mock, pendingOn(tb, mock, n)
}

// journalOf returns a server with the operations of mock, and a journal.
func journalOf(tb testing.TB, mock *mockserver.Server, n int) *mockserver.Server {
	tb.Helper()
	journaled := &mockserver.Server{Scenario: mock.Scenario, MaxOperations: n, Seed: mock.Seed, Journal: 1000}
	pendingOn(tb, journaled, n)
	return journaled
}

func pendingOn(tb testing.TB, mock *mockserver.Server, n int) []string {
	tb.Helper()
	paths := make([]string, n)
	for i := range paths {
		recorder := httptest.NewRecorder()
		mock.ServeHTTP(recorder, httptest.NewRequest("POST", "/operations", nil))
		if paths[i] = recorder.Header().Get("Location"); paths[i] == "" {
			tb.Fatalf("submit %d: %d %s", i, recorder.Code, recorder.Body)
		}
	}
	return paths
}

// BenchmarkPoll measures the handler alone: ns and allocations of one poll.
func BenchmarkPoll(b *testing.B) {
	mock, paths := pendingMock(b, 1000)
	requests := make([]*http.Request, len(paths))
	for i, path := range paths {
		requests[i] = httptest.NewRequest("GET", path, nil)
	}
	journaled := journalOf(b, mock, len(paths))
	for _, test := range []struct {
		name    string
		handler http.Handler
	}{{"bare", bare}, {"mock", mock}, {"journal", journaled}} {
		b.Run(test.name, func(b *testing.B) {
			b.ReportAllocs()
			w := &discard{header: http.Header{}}
			for i := 0; b.Loop(); i++ {
				clear(w.header)
				test.handler.ServeHTTP(w, requests[i%len(requests)])
			}
		})
		b.Run(test.name+"-parallel", func(b *testing.B) {
			b.ReportAllocs()
			b.RunParallel(func(pb *testing.PB) {
				w := &discard{header: http.Header{}}
				for i := 0; pb.Next(); i++ {
					clear(w.header)
					test.handler.ServeHTTP(w, requests[i%len(requests)])
				}
			})
		})
	}
}

// BenchmarkPollHTTP is the same over a loopback connection, client included.
func BenchmarkPollHTTP(b *testing.B) {
	mock, paths := pendingMock(b, 1000)
	for _, test := range []struct {
		name    string
		handler http.Handler
	}{{"bare", bare}, {"mock", mock}, {"journal", journalOf(b, mock, len(paths))}} {
		b.Run(test.name, func(b *testing.B) {
			server := httptest.NewServer(test.handler)
			defer server.Close()
			b.ReportAllocs()
			for i := 0; b.Loop(); i++ {
				response, err := server.Client().Get(server.URL + paths[i%len(paths)])
				if err != nil {
					b.Fatal(err)
				}
				io.Copy(io.Discard, response.Body)
				response.Body.Close()
			}
		})
	}
}

// BenchmarkPollStateless is a poll of an operation that only its id remembers.
func BenchmarkPollStateless(b *testing.B) {
	mock := &mockserver.Server{Stateless: true, Scenario: mockserver.Scenario{Duration: mockserver.MaxDuration}}
	request := httptest.NewRequest("GET", pendingOn(b, mock, 1)[0], nil)
	w := &discard{header: http.Header{}}
	b.ReportAllocs()
	for b.Loop() {
		clear(w.header)
		mock.ServeHTTP(w, request)
	}
}

// BenchmarkSubmit measures what it costs to store an operation.
func BenchmarkSubmit(b *testing.B) {
	mock := &mockserver.Server{MaxOperations: 1 << 30}
	w := &discard{header: http.Header{}}
	b.ReportAllocs()
	for i := 0; b.Loop(); i++ {
		clear(w.header)
		r := httptest.NewRequest("POST", "/operations", strings.NewReader(`{"n":`+strconv.Itoa(i)+`}`))
		mock.ServeHTTP(w, r)
	}
}

func TestPollAllocatesLittle(t *testing.T) {
	mock, paths := pendingMock(t, 1)
	request := httptest.NewRequest("GET", paths[0], nil)
	w := &discard{header: http.Header{}}
	got := testing.AllocsPerRun(1000, func() {
		clear(w.header)
		mock.ServeHTTP(w, request)
	})
	if limit := 5.0; got > limit {
		t.Errorf("a poll allocates %v times, want at most %v", got, limit)
	}
}
