package batch

import (
	"context"
	"errors"
	"net"
	"net/http"
	"net/http/httptest"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/asyncctl/asyncctl/cmd/internal/render"
	"github.com/asyncctl/asyncctl/poller"
	"github.com/asyncctl/asyncctl/poller/lro"
)

// rig is a run against a handler; it returns the records, in the order of their lines.
type rig struct {
	journal string
	handler http.HandlerFunc
	deliver error
	setup   func(*Run)
}

func (r rig) run(t *testing.T, lines ...string) ([]Record, error) {
	t.Helper()
	server := httptest.NewServer(r.handler)
	defer server.Close()
	var records []Record
	client := &poller.Client{Policy: lro.Policy{Resends: -1, Misses: -1}, Pace: lro.Pace{Min: 1, Growth: 1}}
	run := &Run{
		Many: &poller.Many{Client: client}, Dialect: lro.Generic{},
		Deliver: func(_ Line, res *poller.Result) (*render.Content, error) {
			res.Body.Close()
			return &render.Content{}, r.deliver
		},
		Emit: func(rec Record) { records = append(records, rec) },
	}
	if r.journal != "" {
		run.Journal = open(t, r.journal)
		defer run.Journal.Close()
	}
	if r.setup != nil {
		r.setup(run)
	}
	err := run.Do(t.Context(), (Source{URL: server.URL, Given: "the same"}).Lines(strings.NewReader(strings.Join(lines, "\n"))))
	slices.SortFunc(records, func(a, b Record) int { return a.Line - b.Line })
	return records, err
}

func status(code int, header ...string) http.HandlerFunc {
	return func(w http.ResponseWriter, _ *http.Request) {
		for i := 0; i+1 < len(header); i += 2 {
			w.Header().Set(header[i], header[i+1])
		}
		w.WriteHeader(code)
	}
}

// What a second run does depends on how the first one ended.
func TestSecondRun(t *testing.T) {
	cut := func(http.ResponseWriter, *http.Request) { panic(http.ErrAbortHandler) }
	for _, c := range []struct {
		name          string
		first         rig
		line          string
		outcome       string // after the first run
		second        string // after the second, which always succeeds if it asks
		asked         bool   // whether the second run sends anything
		secondRequest func(*Run)
	}{
		{"succeeded", rig{handler: status(200)}, `{}`, "succeeded", "succeeded", false, nil},
		{"refused", rig{handler: status(400)}, `{}`, "refused", "refused", false, nil},
		{"refused, and run again", rig{handler: status(400)}, `{}`, "refused", "succeeded", true, func(r *Run) { r.Again = true }},
		{"nothing to poll", rig{handler: status(202)}, `{}`, "lost", "lost", false, nil},
		{"broken, without a key", rig{handler: cut}, `{}`, "lost", Unknown, false, nil},
		{"broken, with a key", rig{handler: cut}, `{"idempotency_key":"k"}`, "lost", "succeeded", true, nil},
		{"broken, taken for lost", rig{handler: cut}, `{}`, "lost", "succeeded", true, func(r *Run) { r.Assume = AssumeLost }},
		{"broken, taken for accepted", rig{handler: cut}, `{}`, "lost", "lost", false, func(r *Run) { r.Assume = AssumeTaken }},
		{"the result did not arrive", rig{handler: status(200), deliver: errors.New("cut off")}, `{}`, "lost", Unknown, false, nil},
	} {
		t.Run(c.name, func(t *testing.T) {
			path := filepath.Join(t.TempDir(), "journal")
			c.first.journal = path
			records, err := c.first.run(t, c.line)
			if err != nil || len(records) != 1 || records[0].Outcome != c.outcome {
				t.Fatalf("first run: %+v, %v; want %s", records, err, c.outcome)
			}
			asked := false
			second := rig{journal: path, setup: c.secondRequest, handler: func(w http.ResponseWriter, _ *http.Request) { asked = true }}
			records, err = second.run(t, c.line)
			if err != nil || len(records) != 1 || records[0].Outcome != c.second || asked != c.asked {
				t.Errorf("second run: %+v, asked %v, %v; want %s, asked %v", records, asked, err, c.second, c.asked)
			}
		})
	}
}

// What has been sent is told apart from what has not when a run is interrupted.
func TestInterruptedRunTellsWhatGoesOn(t *testing.T) {
	path := filepath.Join(t.TempDir(), "journal")
	var submits atomic.Int32
	handler := func(stop context.CancelFunc) http.HandlerFunc {
		return func(w http.ResponseWriter, r *http.Request) {
			switch {
			case r.Method != "POST" && stop != nil:
				stop()
				w.WriteHeader(202)
			case r.Method == "POST":
				submits.Add(1)
				w.Header().Set("Location", "/op/"+r.URL.Path[1:])
				w.Header().Set("Retry-After", "0")
				w.WriteHeader(202)
			}
		}
	}
	lines := []string{`{"url":"URL/1"}`, `{"url":"URL/2"}`, `{"url":"URL/3"}`}
	run := func(ctx context.Context, h http.HandlerFunc) []Record {
		server := httptest.NewUnstartedServer(h)
		server.Listener.Close()
		server.Listener = listener(t)
		server.Start()
		defer server.Close()
		var records []Record
		journal := open(t, path)
		defer journal.Close()
		r := &Run{
			Many: &poller.Many{Client: &poller.Client{Pace: lro.Pace{Min: time.Millisecond}}, InFlight: 1}, Dialect: lro.Generic{}, Journal: journal,
			Deliver: func(_ Line, res *poller.Result) (*render.Content, error) { return &render.Content{}, res.Body.Close() },
			Emit:    func(rec Record) { records = append(records, rec) },
		}
		list := strings.ReplaceAll(strings.Join(lines, "\n"), "URL", server.URL)
		if err := r.Do(ctx, (Source{}).Lines(strings.NewReader(list))); err != nil {
			t.Fatal(err)
		}
		return records
	}
	ctx, stop := context.WithCancel(t.Context())
	records := run(ctx, handler(stop))
	if len(records) != 1 || records[0].Outcome != Pending || records[0].Reason != lro.Interrupted || len(records[0].Handle) == 0 {
		t.Fatalf("the interrupted run: %+v; want one pending operation with its handle", records)
	}
	records = run(t.Context(), handler(nil))
	if len(records) != 3 || submits.Load() != 3 {
		t.Errorf("the second run: %d records after %d submits, want 3 and 3", len(records), submits.Load())
	}
	for _, r := range records {
		if r.Outcome != lro.Succeeded.String() {
			t.Errorf("line %d: %+v", r.Line, r)
		}
	}
}

// listener listens at the same place in all runs of a test.
func listener(t *testing.T) net.Listener {
	t.Helper()
	places.Lock()
	defer places.Unlock()
	address := places.of[t.Name()]
	if address == "" {
		address = "127.0.0.1:0"
	}
	l, err := net.Listen("tcp", address)
	if err != nil {
		t.Fatal(err)
	}
	places.of[t.Name()] = l.Addr().String()
	return l
}

var places = struct {
	sync.Mutex
	of map[string]string
}{of: map[string]string{}}

// What never reached a server is not lost: the same command begins it.
func TestNotSent(t *testing.T) {
	path := filepath.Join(t.TempDir(), "journal")
	run := func(handler http.HandlerFunc, line string) Record {
		t.Helper()
		records, err := rig{journal: path, handler: handler}.run(t, line)
		if err != nil || len(records) != 1 {
			t.Fatalf("%+v, %v", records, err)
		}
		return records[0]
	}
	closed := httptest.NewServer(nil)
	closed.Close()
	line := `{"url":"` + closed.URL + `/x"}`
	if got := run(status(200), line); got.Outcome != lro.NotSent.String() || got.Reason != lro.Unreachable {
		t.Errorf("got %+v, want not-sent", got)
	}
	if got := run(status(200), line); got.Outcome != lro.NotSent.String() {
		t.Errorf("again: got %+v, want not-sent", got)
	}
}

// The server's answer is kept where there is nothing to ask for, and a key that was made up is told.
func TestRecordKeepsWhatWasSaid(t *testing.T) {
	handler := func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "application/json")
		w.WriteHeader(202)
		w.Write([]byte(`{"job":"4711"}`))
	}
	records, _ := rig{handler: handler, setup: func(r *Run) { r.Keys = true }}.run(t, `{}`, `{"idempotency_key":"own"}`)
	for i, r := range records {
		if r.LastResponse == nil || r.LastResponse.Status != 202 || !strings.Contains(string(r.LastResponse.Content.JSON), "4711") {
			t.Errorf("line %d: the answer is lost: %+v", i+1, r.LastResponse)
		}
		if made := r.IdempotencyKey != ""; made != (i == 0) {
			t.Errorf("line %d: the key %q is told", i+1, r.IdempotencyKey)
		}
	}
}

// A line that was accepted is gone on with, even after its submit is long gone.
func TestSecondRunGoesOnWithHandles(t *testing.T) {
	path := filepath.Join(t.TempDir(), "journal")
	var server *httptest.Server
	submits := 0
	broken := true
	server = httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		switch {
		case r.Method == "POST":
			submits++
			w.Header().Set("Location", "/op/1")
			w.Header().Set("Retry-After", "0")
			w.WriteHeader(202)
		case broken:
			w.WriteHeader(503)
		}
	}))
	defer server.Close()
	line := `{"url":"` + server.URL + `/x"}`
	records, err := rig{journal: path}.run(t, line)
	if err != nil || records[0].Outcome != "lost" || len(records[0].Handle) == 0 {
		t.Fatalf("first run: %+v, %v; want a lost operation with a handle", records, err)
	}
	broken = false
	records, err = rig{journal: path}.run(t, line)
	if err != nil || records[0].Outcome != "succeeded" || submits != 1 {
		t.Errorf("second run: %+v, %v, %d submits; want success and one submit", records, err, submits)
	}
}

// wrong is a list without an end, of lines that are wrong.
type wrong struct{ read func() }

func (w wrong) Read(p []byte) (int, error) {
	w.read()
	return copy(p, "no object\n"), nil
}

func TestAnInterruptedRunReadsNoFurther(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	n := 0
	run := &Run{Many: &poller.Many{Client: &poller.Client{}}, Dialect: lro.Generic{}, Emit: func(Record) {
		if n++; n == 3 {
			cancel()
		}
	}}
	reads := 0
	if err := run.Do(ctx, Source{}.Lines(wrong{func() {
		if reads++; reads > 100000 {
			t.Fatal("it reads on and on")
		}
	}})); err != nil || n != 3 {
		t.Errorf("%d records, %v; want 3", n, err)
	}
}

func TestStopIsCalledAtTheFirstThatDoesNotSucceed(t *testing.T) {
	stopped := 0
	rig{handler: status(400), setup: func(r *Run) { r.Stop = func() { stopped++ } }}.run(t, `{}`)
	rig{handler: status(200), setup: func(r *Run) { r.Stop = func() { stopped++ } }}.run(t, `{}`)
	if stopped != 1 {
		t.Errorf("stopped %d times, want 1", stopped)
	}
}
