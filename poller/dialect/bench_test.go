package dialect_test

import (
	"testing"

	"github.com/asyncctl/asyncctl/poller/dialect"
	"github.com/asyncctl/asyncctl/poller/internal/transcript"
	"github.com/asyncctl/asyncctl/poller/lro"
)

// pendingOf returns an operation of the dialect that is being polled, and the last answer of its
// conversation "running" that says "not yet" and changes nothing more.
func pendingOf(tb testing.TB, d lro.Dialect, name string) (lro.Operation, lro.Reply) {
	tb.Helper()
	c, err := transcript.ParseFile("testdata/" + name + "/running.txtar")
	if err != nil {
		tb.Fatal(err)
	}
	op, err := c.Begin(d)
	if err != nil {
		tb.Fatal(err)
	}
	var last lro.Reply
	now := transcript.Start
	for _, s := range c.Steps {
		if op.NotBefore.After(now) {
			now = op.NotBefore
		}
		if s.Cancel || s.Reply.Err != nil {
			continue
		}
		r := s.Reply
		r.At = now
		polling := op.Phase == lro.Polling
		next := lro.Next(d, op, r)
		if next.Done() || next.Phase == lro.Fetching {
			break
		}
		op = next
		if polling && op.Misses == 0 {
			last = r
		}
	}
	if last.Status == 0 {
		tb.Fatalf("%s: no answer in running.txtar says \"not yet\"", name)
	}
	last.At = now
	return lro.Next(d, op, last), last
}

func TestPollsThatSayNotYetAllocateNothing(t *testing.T) {
	for _, name := range dialect.Names()[1:] {
		named, _ := dialect.ByName(name)
		readers := map[string]lro.Dialect{name: named, name + " by auto": dialect.Auto{}}
		if unseen[name] != "" {
			delete(readers, name+" by auto")
		}
		for label, d := range readers {
			op, r := pendingOf(t, d, name)
			if got := testing.AllocsPerRun(100, func() { lro.Next(d, op, r) }); got != 0 {
				t.Errorf("%s: got %v allocations for %d %s", label, got, r.Status, r.Body)
			}
		}
	}
}

func BenchmarkNext(b *testing.B) {
	for _, name := range dialect.Names()[1:] {
		b.Run(name, func(b *testing.B) {
			d, _ := dialect.ByName(name)
			op, r := pendingOf(b, d, name)
			b.ReportAllocs()
			b.SetBytes(int64(len(r.Body)))
			for b.Loop() {
				lro.Next(d, op, r)
			}
		})
	}
}

// BenchmarkAutoSubmit is the price of detection, once an operation.
func BenchmarkAutoSubmit(b *testing.B) {
	for _, name := range []string{"arm-async", "replicate", "ms-graph-monitor"} {
		b.Run(name, func(b *testing.B) {
			c, err := transcript.ParseFile(success(name))
			if err != nil {
				b.Fatal(err)
			}
			op, _ := c.Begin(dialect.Auto{})
			b.ReportAllocs()
			for b.Loop() {
				lro.Next(dialect.Auto{}, op, c.Steps[0].Reply)
			}
		})
	}
}
