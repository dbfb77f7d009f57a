package mockserver_test

import (
	"flag"
	"io"
	"math/rand/v2"
	"net/http"
	"net/http/httptest"
	"runtime"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/asyncctl/asyncctl/mockserver"
)

var million = flag.Int("million", 0, "how many pending operations TestMillion makes; 0 skips it")

// heap is the live heap in bytes.
func heap() uint64 {
	runtime.GC()
	runtime.GC()
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	return m.HeapAlloc
}

// a crowd is a server with many pending operations, and what they cost.
type crowd struct {
	name   string
	server *mockserver.Server
	paths  []string
	bytes  float64 // of live heap for each operation, without its path here
	live   *mockserver.Live
	took   []time.Duration
}

// gather submits n operations, with a body that the result repeats.
func (c *crowd) gather(t *testing.T, n int) {
	w := &discard{header: http.Header{}}
	before := heap()
	size := 0
	for range n {
		clear(w.header)
		c.server.ServeHTTP(w, httptest.NewRequest("POST", "/operations", strings.NewReader(`{"order":7}`)))
		c.paths = append(c.paths, w.header.Get("Location"))
		size += len(c.paths[len(c.paths)-1])
	}
	kept := float64(heap()) - float64(before) - float64(cap(c.paths)*16+size)
	c.bytes = kept / float64(n)
	c.live = mockserver.NewServer(t, c.server)
}

// poll asks for one of them, any one, over a connection that stays open.
func (c *crowd) poll(t *testing.T, dice *rand.Rand) {
	start := time.Now()
	response, err := c.live.Client().Get(c.live.URL + c.paths[dice.IntN(len(c.paths))])
	if err != nil {
		t.Fatal(err)
	}
	io.Copy(io.Discard, response.Body)
	response.Body.Close()
	c.took = append(c.took, time.Since(start))
	if response.StatusCode != 200 {
		t.Fatalf("%s: a poll is answered %d", c.name, response.StatusCode)
	}
}

func (c *crowd) quantile(q float64) time.Duration {
	slices.Sort(c.took)
	return c.took[int(q*float64(len(c.took)-1))]
}

// TestMillion measures what a pending operation costs, and whether a poll among
// many is slower than with one. The polls of the servers take turns.
func TestMillion(t *testing.T) {
	if *million == 0 {
		t.Skip("it takes -million NUMBER")
	}
	pending := mockserver.Scenario{Duration: mockserver.MaxDuration}
	crowds := []*crowd{
		{name: "stored, one", server: &mockserver.Server{Scenario: pending, Seed: 1}},
		{name: "stored, many", server: &mockserver.Server{Scenario: pending, Seed: 1, MaxOperations: *million}},
		{name: "stateless, one", server: &mockserver.Server{Scenario: pending, Seed: 1, Stateless: true}},
		{name: "stateless, many", server: &mockserver.Server{Scenario: pending, Seed: 1, Stateless: true}},
	}
	for i, c := range crowds {
		c.gather(t, []int{1, *million}[i%2])
	}
	dice := rand.New(rand.NewPCG(1, 1))
	const rounds = 20_000
	for i := range rounds {
		for _, c := range crowds {
			if c.poll(t, dice); i == rounds/20 {
				c.took = c.took[:0] // the beginning is for warming up
			}
		}
	}
	for _, c := range crowds {
		t.Logf("%-16s %8d pending: poll median %v, 99 %% %v", c.name, len(c.paths), c.quantile(0.5), c.quantile(0.99))
	}
	t.Logf("live heap for each of %d pending operations: stored %.0f bytes, stateless %.2f bytes", *million, crowds[1].bytes, crowds[3].bytes)
}
