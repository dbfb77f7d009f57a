package render

import (
	"bytes"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/asyncctl/asyncctl/poller"
)

func TestPlainGoldens(t *testing.T) {
	for name, events := range streams(t) {
		var out bytes.Buffer
		for _, verbose := range []bool{false, true} {
			p := NewPlain(&out)
			p.Verbose = verbose
			if name == "many" {
				p.Names = NewRoster(orders(26)...)
			}
			if verbose {
				out.WriteString("=== verbose\n")
			}
			for _, e := range events {
				p.Event(e)
			}
			p.Close()
		}
		t.Run(name, func(t *testing.T) { golden(t, name+".plain", out.String()) })
	}
}

// beats returns the lines of a heartbeat with the moments at which they came.
type beats struct {
	began time.Time
	lines []string
}

func (b *beats) Write(p []byte) (int, error) {
	b.lines = append(b.lines, time.Since(b.began).String()+" "+strings.TrimSuffix(string(p), "\n"))
	return len(p), nil
}

func reply(state string, polls int) *poller.Reply {
	return &poller.Reply{Phase: "poll", Status: 200, State: state, Next: "poll", Polls: polls}
}

func TestHeartbeatGrowsFrom15SecondsTo60(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := &beats{began: time.Now()}
		p := NewPlain(b)
		p.Event(poller.Event{At: time.Now(), Request: &poller.Request{Phase: "poll"}})
		p.Event(poller.Event{At: time.Now(), Reply: reply("running", 1)})
		p.Event(poller.Event{At: time.Now(), Wait: &poller.Wait{Until: time.Now().Add(20 * time.Second), Why: "server"}})
		time.Sleep(170 * time.Second)
		p.Event(poller.Event{At: time.Now(), Reply: reply("running", 2)}) // nothing new: no line
		p.Event(poller.Event{At: time.Now(), Reply: reply("waiting", 3)}) // new: the beat starts again
		time.Sleep(16 * time.Second)
		p.Event(poller.Event{At: time.Now(), End: &poller.End{Outcome: "succeeded", Polls: 3}})
		time.Sleep(10 * time.Minute)
		p.Close()
		want := []string{
			"0s running",
			"15s still running after 15s, 1 poll, next in 5s",
			"45s still running after 45s, 1 poll",
			"1m45s still running after 1m45s, 1 poll",
			"2m45s still running after 2m45s, 1 poll",
			"2m50s waiting",
			"3m5s still waiting after 3m5s, 3 polls",
			"3m6s succeeded after 0s: 3 polls, 0 early",
		}
		if got := strings.Join(b.lines, "\n"); got != strings.Join(want, "\n") {
			t.Errorf("got\n%s\nwant\n%s", got, strings.Join(want, "\n"))
		}
	})
}

func TestHeartbeatSumsUpMany(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := &beats{began: time.Now()}
		p := NewPlain(b)
		p.Names = NewRoster(orders(5)...)
		p.Event(poller.Event{At: time.Now(), Op: 0, Reply: reply("running", 1)})
		p.Event(poller.Event{At: time.Now(), Op: 1, Reply: reply("pending", 1)})
		p.Event(poller.Event{At: time.Now(), Op: 2, End: &poller.End{Outcome: "failed", Reason: "operation-failed"}})
		time.Sleep(50 * time.Second)
		p.Close()
		time.Sleep(time.Hour)
		want := []string{
			"0s order-3: failed after 0s: 0 polls, 0 early (operation-failed)",
			"15s still waiting for 4 of 5 after 15s: 1 pending, 1 running, 2 not begun",
			"45s still waiting for 4 of 5 after 45s: 1 pending, 1 running, 2 not begun",
		}
		if got := strings.Join(b.lines, "\n"); got != strings.Join(want, "\n") {
			t.Errorf("got\n%s\nwant\n%s", got, strings.Join(want, "\n"))
		}
	})
}

func TestHeartbeatOfADownload(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := &beats{began: time.Now()}
		p := NewPlain(b)
		p.Event(poller.Event{At: time.Now(), End: &poller.End{Outcome: "succeeded"}})
		for i := range 40 {
			p.Event(poller.Event{At: time.Now(), Transfer: &poller.Transfer{Bytes: int64(i) * 1000, Total: 39000}})
			time.Sleep(700 * time.Millisecond)
		}
		time.Sleep(time.Hour)
		p.Close()
		want := []string{
			"0s succeeded after 0s: 0 polls, 0 early",
			"0s receiving the result: 0 bytes of 39.0 kB",
			"15s still receiving the result: 21.0 kB of 39.0 kB",
			"27.3s receiving the result: 39.0 kB of 39.0 kB",
		}
		if got := strings.Join(b.lines, "\n"); got != strings.Join(want, "\n") {
			t.Errorf("got\n%s\nwant\n%s", got, strings.Join(want, "\n"))
		}
	})
}
