package batch

import (
	"errors"
	"net/http"
	"net/http/httptest"
	"path/filepath"
	"slices"
	"strings"
	"testing"

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
	err := run.Do(t.Context(), (Source{URL: server.URL}).Lines(strings.NewReader(strings.Join(lines, "\n"))))
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

func TestStopIsCalledAtTheFirstThatDoesNotSucceed(t *testing.T) {
	stopped := 0
	rig{handler: status(400), setup: func(r *Run) { r.Stop = func() { stopped++ } }}.run(t, `{}`)
	rig{handler: status(200), setup: func(r *Run) { r.Stop = func() { stopped++ } }}.run(t, `{}`)
	if stopped != 1 {
		t.Errorf("stopped %d times, want 1", stopped)
	}
}
