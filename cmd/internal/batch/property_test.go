package batch

import (
	"bytes"
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"math/rand/v2"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/asyncctl/asyncctl/cmd/internal/render"
	"github.com/asyncctl/asyncctl/poller"
	"github.com/asyncctl/asyncctl/poller/lro"
)

var histories = flag.Int("batch.histories", 60, "how many random histories a batch is tried in")

// shop is a server in this process that honours the Idempotency-Key, loses answers and is at times
// overloaded.
type shop struct {
	mu       sync.Mutex
	dice     *rand.Rand
	calm     bool
	orders   map[string]int    // key -> number of the order
	contents map[string]string // key -> content of its submit
	ready    map[string]time.Time
	wrong    []string
}

func (s *shop) RoundTrip(req *http.Request) (*http.Response, error) {
	if err := sleep(req.Context(), s.delay()); err != nil {
		return nil, err
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	n := s.dice.IntN(100)
	switch {
	case s.calm:
	case n < 4:
		return nil, errors.New("connection reset on the way there")
	case n < 7:
		return s.say(req, 503, ""), nil
	case n < 10:
		return s.say(req, 429, "", "Retry-After", "1"), nil
	}
	res := s.serve(req)
	if !s.calm && n >= 92 {
		return nil, errors.New("connection reset on the way back")
	}
	return res, nil
}

func (s *shop) delay() time.Duration {
	s.mu.Lock()
	defer s.mu.Unlock()
	return time.Duration(s.dice.IntN(500)) * time.Millisecond
}

func (s *shop) serve(req *http.Request) *http.Response {
	if req.Method == "GET" {
		if time.Now().Before(s.ready[req.URL.Path]) {
			return s.say(req, 202, "", "Retry-After", "1")
		}
		return s.say(req, 200, "the result of "+req.URL.Path)
	}
	key := req.Header.Get("Idempotency-Key")
	content, _ := io.ReadAll(req.Body)
	if key == "" {
		s.wrong = append(s.wrong, "a submit without a key")
	}
	if before, known := s.contents[key]; known && before != string(content) {
		s.wrong = append(s.wrong, fmt.Sprintf("the key %s came with %q and with %q", key, before, content))
	}
	s.contents[key] = string(content)
	if s.orders[key] == 0 {
		s.orders[key] = len(s.orders) + 1
		s.ready[fmt.Sprintf("/op/%d", s.orders[key])] = time.Now().Add(time.Duration(s.dice.IntN(8)) * time.Second)
	}
	return s.say(req, 202, "", "Location", fmt.Sprintf("/op/%d", s.orders[key]))
}

func (s *shop) say(req *http.Request, status int, body string, header ...string) *http.Response {
	h := http.Header{}
	for i := 0; i+1 < len(header); i += 2 {
		h.Set(header[i], header[i+1])
	}
	return &http.Response{StatusCode: status, Header: h, Body: io.NopCloser(strings.NewReader(body)), ContentLength: int64(len(body)), Request: req}
}

func sleep(ctx context.Context, d time.Duration) error {
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-timer.C:
		return nil
	case <-ctx.Done():
		return context.Cause(ctx)
	}
}

// history is a batch that is run again and again.
type history struct {
	t     *testing.T
	shop  *shop
	dice  *rand.Rand
	path  string
	lines int
	keyed bool // the list has keys of its own; else they are made up
}

func (h *history) list() string {
	var list strings.Builder
	for i := range h.lines {
		key := ""
		if h.keyed {
			key = fmt.Sprintf(`,"idempotency_key":"k%d"`, i+1)
		}
		fmt.Fprintf(&list, `{"url":"http://shop.example/orders","body":"line %d"%s}`+"\n", i+1, key)
	}
	return list.String()
}

// run runs the list for as long as it is let, and returns the records.
func (h *history) run(limit time.Duration) []Record {
	ctx, cancel := context.WithTimeoutCause(h.t.Context(), limit, errors.New("the crash"))
	defer cancel()
	journal := open(h.t, h.path)
	defer journal.Close()
	var records []Record
	client := &poller.Client{Transport: h.shop, Policy: lro.Policy{Resends: 3, Misses: 5}}
	run := &Run{
		Many: &poller.Many{Client: client, Requests: 1 + h.dice.IntN(8), InFlight: 1 + h.dice.IntN(10)}, Dialect: lro.Generic{}, Journal: journal, Keys: !h.keyed,
		Deliver: func(l Line, res *poller.Result) (*render.Content, error) {
			defer res.Body.Close()
			body, err := io.ReadAll(res.Body)
			return render.NewContent("text/plain", body), err
		},
		Emit: func(r Record) { records = append(records, r) },
	}
	if err := run.Do(ctx, (Source{}).Lines(strings.NewReader(h.list()))); err != nil {
		h.t.Fatal(err)
	}
	return records
}

// crash leaves the journal as a crash may. Marks are on the disk before anything is sent, so only
// what was being written is torn; where the lines have keys of their own, more may be missing.
func (h *history) crash() {
	whole, err := os.ReadFile(h.path)
	if err != nil {
		h.t.Fatal(err)
	}
	if h.keyed {
		whole = whole[:h.dice.IntN(len(whole)+1)]
	} else {
		torn := []byte(`{"line":1,"stage":"done","record":{"outcome":"succeeded"}}`)
		whole = append(whole, torn[:h.dice.IntN(len(torn)+1)]...)
	}
	if err := os.WriteFile(h.path, whole, 0o600); err != nil {
		h.t.Fatal(err)
	}
}

// However often a batch dies, and wherever its journal breaks off: each line is accepted exactly once,
// each has exactly one record in a run, and each has its own result in the end.
func TestBatchInRandomHistories(t *testing.T) {
	for seed := range uint64(*histories) {
		t.Run(fmt.Sprint(seed), func(t *testing.T) {
			path := filepath.Join(t.TempDir(), "journal")
			synctest.Test(t, func(t *testing.T) { inHistory(t, seed, path) })
		})
	}
}

func inHistory(t *testing.T, seed uint64, path string) {
	dice := rand.New(rand.NewPCG(seed, 11))
	s := &shop{dice: rand.New(rand.NewPCG(seed, 13)), orders: map[string]int{}, contents: map[string]string{}, ready: map[string]time.Time{}}
	h := &history{t: t, shop: s, dice: dice, path: path, lines: 1 + dice.IntN(25), keyed: dice.IntN(2) == 0}
	for range dice.IntN(6) {
		h.once(h.run(time.Duration(dice.IntN(10000)) * time.Millisecond))
		h.crash()
	}
	s.calm = true
	records := h.run(time.Hour)
	h.once(records)
	if len(records) != h.lines {
		t.Errorf("%d records, want %d", len(records), h.lines)
	}
	results := map[string]int{}
	for _, r := range records {
		if r.Outcome != "succeeded" || r.Result == nil {
			t.Errorf("line %d: %+v", r.Line, r)
			continue
		}
		if before := results[r.Result.Text]; before != 0 {
			t.Errorf("lines %d and %d have the same result", before, r.Line)
		}
		results[r.Result.Text] = r.Line
	}
	if len(s.orders) != h.lines || len(s.wrong) > 0 {
		t.Errorf("the server accepted %d orders for %d lines; %q", len(s.orders), h.lines, s.wrong)
	}
	// A run after the last one sends nothing and says the same.
	s.calm, s.dice = true, nil
	var again, before bytes.Buffer
	for _, r := range records {
		fmt.Fprintln(&before, r.Line, r.Outcome, r.Result.Text)
	}
	last := map[int]Record{}
	for _, r := range h.run(time.Hour) {
		last[r.Line] = r
	}
	for _, r := range records {
		fmt.Fprintln(&again, r.Line, last[r.Line].Outcome, last[r.Line].Result.Text)
	}
	if again.String() != before.String() {
		t.Errorf("run again:\n%swant:\n%s", again.String(), before.String())
	}
}

// once checks that no line has two records in one run.
func (h *history) once(records []Record) {
	seen := map[int]bool{}
	for _, r := range records {
		if seen[r.Line] {
			h.t.Errorf("line %d has two records in one run", r.Line)
		}
		seen[r.Line] = true
	}
}
