package loadtest

import (
	"bytes"
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/asyncctl/asyncctl/internal/measure"
	"github.com/asyncctl/asyncctl/poller/lro"
)

// planned is everything that is decided about an operation before it is sent.
type planned struct {
	index    int64
	at       int64
	bytes    string
	kind     uint8
	strategy uint8
	jitter   float64
}

// plannedBy lists what the workers of one shard would submit.
func plannedBy(t *testing.T, p *Plan, workers int) (all []planned) {
	t.Helper()
	for k := range workers {
		made, err := newSubmits(p)
		if err != nil {
			t.Fatal(err)
		}
		made = made.clone()
		strategies, kinds, source := p.strategyDeck(), p.kindDeck(), newSource(p, k, workers)
		for a, ok := source.next(0); ok; a, ok = source.next(0) {
			req := made.at(a.index)
			strategy, _ := strategies.at(a.index)
			kind, _ := kinds.at(a.index)
			all = append(all, planned{
				a.index, a.at, fmt.Sprint(req.Method, req.URL, req.Header, string(req.Body)), kind, strategy, chance(p.Load.Seed, a.index, 3),
			})
		}
	}
	slices.SortFunc(all, func(a, b planned) int { return int(a.index - b.index) })
	return all
}

// TestShardsMakeTheWhole checks, for 1 to 7 shards with any number of workers each, that together they
// submit exactly what one process would have: the same operations at the same moments with the same
// bytes, strategies and jitter.
func TestShardsMakeTheWhole(t *testing.T) {
	var lines strings.Builder
	for i := range 17 {
		fmt.Fprintf(&lines, "{\"word\":\"w%d\"}\n", i)
	}
	feed, err := ReadNDJSON(strings.NewReader(lines.String()))
	if err != nil {
		t.Fatal(err)
	}
	request := lro.Request{URL: "http://127.0.0.1/{{.Index}}", Body: []byte(`{"key":"{{.UUID}}","word":"{{.word}}"}`)}
	dice := rand.New(rand.NewPCG(7, 7))
	for _, l := range []Load{
		{Rate: 100, Operations: 211, Poisson: true, Seed: 3},
		{Stages: []Stage{{2 * time.Second, 200}, {time.Second, 0}}, Seed: 4},
		{Concurrency: 20, Operations: 123},
	} {
		plan := Plan{Load: l, Kinds: []Kind{{Name: "a", Weight: 3, Request: request, Feed: feed}, {Name: "b", Request: request, Feed: feed}}, Strategies: make([]Strategy, 3)}
		whole := plannedBy(t, &plan, 1)
		for shards := 1; shards <= 7; shards++ {
			var parts []planned
			part := plan
			part.Shards = shards
			for part.Shard = range shards {
				parts = append(parts, plannedBy(t, &part, 1+dice.IntN(5))...)
			}
			slices.SortFunc(parts, func(a, b planned) int { return int(a.index - b.index) })
			if !slices.Equal(parts, whole) {
				t.Errorf("%v in %d shards: %d operations, in one %d, or they differ", l, shards, len(parts), len(whole))
			}
		}
	}
}

// TestBoundsAreDivided adds the bounds of all shards up to those of the plan.
func TestBoundsAreDivided(t *testing.T) {
	plan := Plan{Connections: 23, MaxErrors: 11, Load: Load{Concurrency: 17, Operations: 1000, MaxInFlight: 19}}
	for plan.Shards = 1; plan.Shards <= 7; plan.Shards++ {
		connections, errors, flight := 0, int64(0), 0
		for plan.Shard = range plan.Shards {
			connections, errors, flight = connections+plan.connections(), errors+plan.maxErrors(), flight+plan.inFlight()
		}
		if connections != 23 || errors != 11 || flight != 17 {
			t.Errorf("%d shards: %d connections, %d errors, %d in flight", plan.Shards, connections, errors, flight)
		}
	}
	plan.Request.URL = "http://127.0.0.1/"
	for bound, change := range map[string]func(*Plan){
		"connections": func(p *Plan) { p.Connections = 6 }, "errors": func(p *Plan) { p.MaxErrors = 6 },
		"concurrency": func(p *Plan) { p.Load.Concurrency = 6 }, "in flight": func(p *Plan) { p.Load.MaxInFlight = 6 },
	} {
		p := plan
		p.Shard, p.Shards = 0, 7
		if err := p.Check(); err != nil {
			t.Fatal(err)
		}
		if change(&p); p.Check() == nil || !strings.Contains(p.Check().Error(), bound) {
			t.Errorf("6 for 7 shards: %v", p.Check())
		}
	}
}

// TestMergedIsTheWhole runs a plan in one process and in three, against the same server, and compares
// the files: what was measured is the same to the last byte.
func TestMergedIsTheWhole(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		start := time.Now()
		run := func(shard, shards int) *Result {
			p := Plan{
				Load: Load{Rate: 50, Operations: 400, Poisson: true, Seed: 9}, Shard: shard, Shards: shards,
				Strategies: []Strategy{Server, {kind: fixedKind, min: 500 * time.Millisecond}}, SameClock: true,
			}
			r := runFake(t, p, &fakeSender{work: 1700 * time.Millisecond, answer: 3 * time.Millisecond, retry: "1"})
			r.Started, r.Part.Parts[0].Started = start, start
			return r
		}
		whole := run(0, 1)
		merged, err := Merge(MergeOptions{}, run(2, 3), run(0, 3), run(1, 3))
		if err != nil {
			t.Fatal(err)
		}
		if len(merged.Part.Parts) != 3 || merged.Part.Of != 3 || len(merged.Warnings) > 0 {
			t.Errorf("parts %+v, warnings %+v", merged.Part, merged.Warnings)
		}
		merged.Part = whole.Part // which part it is, and when it began, is all that may differ
		var a, b bytes.Buffer
		for to, r := range map[*bytes.Buffer]*Result{&a: whole, &b: merged} {
			e := json.NewEncoder(to)
			e.SetIndent("", " ")
			if err := e.Encode(r); err != nil {
				t.Fatal(err)
			}
		}
		if a.String() != b.String() {
			x, y := strings.Split(a.String(), "\n"), strings.Split(b.String(), "\n")
			for i := range min(len(x), len(y)) {
				if x[i] != y[i] {
					t.Fatalf("line %d is\n%.200s\nin the whole, merged it is\n%.200s", i+1, x[i], y[i])
				}
			}
		}
	})
}

// TestMergeInAnyOrder: parts that begin at one moment, as those of an array do, give the same file in
// whatever order they are named.
func TestMergeInAnyOrder(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		start := time.Now()
		var parts []*Result
		for i := range 3 {
			p := Plan{Load: Load{Rate: 50, Operations: 60}, Shard: i, Shards: 3, SameClock: true}
			r := runFake(t, p, &fakeSender{work: time.Second, retry: "1"})
			r.Started = start
			r.Warnings = append(r.Warnings, Warning{Code: WarnLate, Text: fmt.Sprint("of part ", i)})
			parts = append(parts, r)
		}
		var first []byte
		for _, order := range [][]int{{0, 1, 2}, {2, 0, 1}, {1, 2, 0}} {
			merged, err := Merge(MergeOptions{}, parts[order[0]], parts[order[1]], parts[order[2]])
			if err != nil {
				t.Fatal(err)
			}
			file, err := json.Marshal(merged)
			if err != nil {
				t.Fatal(err)
			}
			if first == nil {
				first = file
			}
			if !bytes.Equal(file, first) {
				t.Errorf("the order %v gives another file", order)
			}
		}
	})
}

// TestMergeFindsWhatIsNoWhole refuses what would count twice, and says what is missing.
func TestMergeFindsWhatIsNoWhole(t *testing.T) {
	part := func(shard int, change func(*Result)) *Result {
		r := &Result{Schema: Schema, Started: time.Unix(1000, 0), Part: Part{Plan: "p", Of: 3, Parts: []Shard{{Shard: shard, Started: time.Unix(1000, 0)}}}}
		r.Series = []measure.Series{{Strategy: "server"}}
		if change != nil {
			change(r)
		}
		return r
	}
	late := func(by time.Duration) func(*Result) {
		return func(r *Result) { r.Part.Parts[0].Started = r.Part.Parts[0].Started.Add(by) }
	}
	for _, test := range []struct {
		name    string
		parts   []*Result
		options MergeOptions
		error   string
		warning string // "": none
	}{
		{"all", []*Result{part(0, nil), part(1, nil), part(2, nil)}, MergeOptions{}, "", ""},
		{"twice", []*Result{part(0, nil), part(1, nil), part(1, nil)}, MergeOptions{}, "part 1 of 3 is there twice", ""},
		{"another plan", []*Result{part(0, nil), part(1, func(r *Result) { r.Part.Plan = "q" })}, MergeOptions{}, "different plans", ""},
		{"another number of parts", []*Result{part(0, nil), part(1, func(r *Result) { r.Part.Of = 4 })}, MergeOptions{}, "different plans", ""},
		{"another run", []*Result{part(0, nil), part(1, func(r *Result) { r.Part.Run = "q" })}, MergeOptions{}, "different runs", ""},
		{"missing", []*Result{part(0, nil), part(2, nil)}, MergeOptions{}, "", "part 1 of 3 missing"},
		{"missing, allowed", []*Result{part(0, nil), part(2, nil)}, MergeOptions{AllowMissing: true}, "", ""},
		{"late", []*Result{part(0, nil), part(1, late(1001*time.Millisecond)), part(2, nil)}, MergeOptions{}, "", "part 1 began 1.001s after the first"},
		{"not too late", []*Result{part(0, nil), part(1, late(time.Second)), part(2, nil)}, MergeOptions{}, "", ""},
		{"late, allowed", []*Result{part(0, nil), part(1, late(3*time.Hour)), part(2, nil)}, MergeOptions{AllowSkew: 4 * time.Hour}, "", ""},
		{"ended", []*Result{part(0, nil), part(1, func(r *Result) { r.Part.Parts[0].Stopped = "interrupted" }), part(2, nil)}, MergeOptions{}, "", "part 1 was ended"},
		{"one that reached nothing", []*Result{part(0, func(r *Result) { r.Dialect = "azure" }), part(1, nil), part(2, nil)}, MergeOptions{}, "", ""},
		{"two dialects", []*Result{part(0, func(r *Result) { r.Dialect = "azure" }), part(1, func(r *Result) { r.Dialect = "generic" })}, MergeOptions{}, "different dialects", ""},
	} {
		merged, err := Merge(test.options, test.parts...)
		if got := fmt.Sprint(err); (test.error == "") != (err == nil) || !strings.Contains(got, test.error) {
			t.Errorf("%s: error %v, want %q", test.name, err, test.error)
		}
		if merged == nil {
			continue
		}
		said := ""
		for _, w := range merged.Warnings {
			if w.Code == WarnParts {
				said += w.Text
			}
		}
		if (test.warning == "") != (said == "") || !strings.Contains(said, test.warning) {
			t.Errorf("%s: warnings %q, want %q", test.name, said, test.warning)
		}
	}
}
