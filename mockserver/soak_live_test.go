package mockserver_test

import (
	"context"
	"flag"
	"fmt"
	"io"
	"math/rand/v2"
	"net/http"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/asyncctl/asyncctl/mockserver"
)

var soak = flag.Duration("soak", 0, "how long TestSoak goes on; 0 skips it")

// A soaker is one of many clients that do whatever comes to their mind, over
// real connections.
type soaker struct {
	mock   *mockserver.Live
	client *http.Client
	dice   *rand.Rand
	known  []string // paths of operations that were accepted
	sum    *soakSum
}

// soakSum is what all of them saw.
type soakSum struct {
	mu                          sync.Mutex
	accepted                    map[string]bool // ids, as the clients were told
	sent, answered, severed     atomic.Int64
	switched, intervened, polls atomic.Int64
}

// send sends a request and returns the answer, as far as it came.
func (c *soaker) send(method, url, body string) (int, http.Header, string) {
	ctx, cancel := context.WithTimeout(context.Background(), 3*time.Second)
	defer cancel()
	request, err := http.NewRequestWithContext(ctx, method, url, strings.NewReader(body))
	if err != nil {
		return 0, nil, "" // a Location that is none
	}
	c.sum.sent.Add(1)
	response, err := c.client.Do(request)
	if err != nil {
		c.sum.severed.Add(1)
		return 0, nil, ""
	}
	defer response.Body.Close()
	text, err := io.ReadAll(io.LimitReader(response.Body, 1<<20))
	if err != nil {
		c.sum.severed.Add(1)
	} else {
		c.sum.answered.Add(1)
	}
	return response.StatusCode, response.Header, string(text)
}

// step does one thing.
func (c *soaker) step() {
	admin := c.mock.AdminURL + mockserver.AdminPrefix
	switch n := c.dice.IntN(100); {
	case n < 10 || len(c.known) == 0:
		code, _, text := c.send("POST", c.mock.URL+fmt.Sprintf("/operations?asyncctl.duration=%dms", c.dice.IntN(3000)), `{"n":1}`)
		_, rest, _ := strings.Cut(text, `"id":"`)
		if id, _, found := strings.Cut(rest, `"`); found && code == 202 {
			c.known = append(c.known, "/operations/"+id)
			c.sum.mu.Lock()
			c.sum.accepted[id] = true
			c.sum.mu.Unlock()
		}
	case n < 85:
		c.send("GET", c.mock.URL+c.known[c.dice.IntN(len(c.known))], "")
		c.sum.polls.Add(1)
	case n < 92:
		c.send("GET", c.mock.URL+c.known[c.dice.IntN(len(c.known))]+"/result", "")
	case n < 94:
		c.send("DELETE", c.mock.URL+c.known[c.dice.IntN(len(c.known))], "")
	case n < 96:
		verb := []string{"complete", "fail", "freeze", "thaw"}[c.dice.IntN(4)]
		c.send("POST", admin+strings.TrimPrefix(c.known[c.dice.IntN(len(c.known))], "/")+"/"+verb, "")
		c.sum.intervened.Add(1)
	case n < 98:
		c.send("GET", admin+[]string{"stats", "operations?limit=20&order=newest", "requests?limit=50", "metrics", "faults"}[c.dice.IntN(5)], "")
	case n < 99:
		all := mockserver.Faults()
		name := all[c.dice.IntN(len(all))].Name
		c.send("DELETE", admin+"faults/"+name, "")
		c.send("PUT", admin+"faults/"+name, soakFault(name).String()[len(name)+1:])
		c.sum.switched.Add(1)
	default:
		c.send("POST", admin+"clock", `{"advance": "1s"}`)
	}
}

// soakFault is a fault that leaves time for others.
func soakFault(name string) mockserver.Fault {
	f := mockserver.Fault{Name: name, P: 0.04}
	switch name {
	case "body-gigantic":
		f.Bytes = 1 << 20
	case "timeout", "body-stalled", "latency", "slow_close":
		f.P, f.Delay = 0.01, 50*time.Millisecond
	case "bandwidth":
		f.Bytes = 64 << 10
	}
	return f
}

// TestSoak lets many clients at a server with all faults on, for as long as
// -soak says, best with -race. No operation may be lost: each that a client was
// told of is there at the end, and ends.
func TestSoak(t *testing.T) {
	if *soak == 0 {
		t.Skip("it takes -soak DURATION")
	}
	server := &mockserver.Server{
		Workers: 50, Journal: 500, MaxOperations: 1 << 20, Seed: 1,
		Scenario: mockserver.Scenario{Distribution: mockserver.Distribution{Curve: mockserver.CurveExponential}},
	}
	for _, info := range mockserver.Faults() {
		server.Faults = append(server.Faults, soakFault(info.Name))
	}
	mock := mockserver.NewServer(t, server)
	sum := &soakSum{accepted: map[string]bool{}}
	end := time.Now().Add(*soak)
	var wg sync.WaitGroup
	for i := range 16 {
		wg.Go(func() {
			c := &soaker{mock: mock, client: &http.Client{Transport: &http.Transport{}}, dice: rand.New(rand.NewPCG(uint64(i), 1)), sum: sum}
			for time.Now().Before(end) {
				c.step()
			}
			c.client.CloseIdleConnections()
		})
	}
	wg.Wait()
	if err := mock.SetFaults(nil); err != nil {
		t.Fatal(err)
	}
	truths := mock.Truths()
	stats := mock.Stats()
	if int64(len(truths)) != stats.Submits || stats.Stored != stats.Submits || stats.Submits < int64(len(sum.accepted)) {
		t.Errorf("%d operations are listed, %d stored, %d were accepted, of %d the clients know", len(truths), stats.Stored, stats.Submits, len(sum.accepted))
	}
	there := map[string]bool{}
	for _, truth := range truths {
		there[truth.ID] = true
		mock.Thaw(truth.ID)
	}
	for id := range sum.accepted {
		if !there[id] {
			t.Errorf("operation %s was accepted, and is lost", id)
		}
	}
	c := &soaker{mock: mock, client: mock.Client(), sum: sum}
	for range 20 { // a queue of many hours
		c.send("POST", mock.AdminURL+mockserver.AdminPrefix+"clock", `{"advance": "1h"}`)
	}
	unfinished := 0
	for _, truth := range mock.Truths() {
		if !truth.Status.Done() {
			unfinished++
		}
	}
	if unfinished > 0 {
		t.Errorf("%d of %d operations never end", unfinished, len(truths))
	}
	t.Logf("%d requests (%d answered whole, %d severed), %d operations, %d polls, %d interventions, %d switchings of faults; 0 lost",
		sum.sent.Load(), sum.answered.Load(), sum.severed.Load(), stats.Submits, sum.polls.Load(), sum.intervened.Load(), sum.switched.Load())
}
