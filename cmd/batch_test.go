package cmd_test

import (
	"bufio"
	"bytes"
	"encoding/json"
	"flag"
	"fmt"
	"math/rand/v2"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"sync"
	"testing"
	"time"

	"github.com/asyncctl/asyncctl/mockserver"
)

var (
	batchLines = flag.Int("batch.lines", 200, "lines of the batch that is killed again and again")
	batchKills = flag.Int("batch.kills", 8, "how often it is killed")
)

// unreliable is a mock whose answers get lost, and which is sometimes overloaded. It dice by a seed.
type unreliable struct {
	mock *mockserver.Server
	mu   sync.Mutex
	dice *rand.Rand
}

func (u *unreliable) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	u.mu.Lock()
	n := u.dice.IntN(100)
	u.mu.Unlock()
	switch {
	case n < 5: // done, but nobody hears of it
		u.mock.ServeHTTP(httptest.NewRecorder(), r)
		panic(http.ErrAbortHandler)
	case n < 8:
		panic(http.ErrAbortHandler)
	case n < 10:
		w.Header().Set("Retry-After", "0")
		w.WriteHeader(http.StatusTooManyRequests)
	case n < 12:
		w.WriteHeader(http.StatusServiceUnavailable)
	default:
		u.mock.ServeHTTP(w, r)
	}
}

// A batch that is killed at any instant, again and again, submits each line exactly once and has
// each result exactly once, on a server that loses answers.
func TestBatchSurvivesKill(t *testing.T) {
	seed := rand.Uint64()
	t.Logf("seed %d", seed)
	dice := rand.New(rand.NewPCG(seed, 1))
	server := httptest.NewUnstartedServer(nil)
	mock := &mockserver.Server{Scenario: mockserver.Scenario{Duration: 20 * time.Millisecond, RetryAfter: mockserver.RetryAfter{Form: mockserver.RetrySeconds, Delay: mockserver.AtOnce}}}
	server.Config.Handler = &unreliable{mock: mock, dice: rand.New(rand.NewPCG(seed, 2))}
	server.Start()
	defer server.Close()

	list := filepath.Join(t.TempDir(), "list.ndjson")
	var text bytes.Buffer
	for i := range *batchLines {
		fmt.Fprintf(&text, `{"id":"line-%d","url":"%s/orders","json":{"n":%d}}`+"\n", i+1, server.URL, i+1)
	}
	if err := os.WriteFile(list, text.Bytes(), 0o600); err != nil {
		t.Fatal(err)
	}
	args := []string{"batch", list, "--idempotency-key", "auto", "--concurrency", "32", "--interval", "5ms", "--poll-retries", "50", "--progress", "none"}
	for range *batchKills {
		c := exec.Command("asyncctl", args...)
		if err := c.Start(); err != nil {
			t.Fatal(err)
		}
		time.Sleep(time.Duration(dice.IntN(120)+5) * time.Millisecond)
		c.Process.Kill()
		c.Wait()
	}
	out := runToTheEnd(t, args)
	checkRecords(t, out, *batchLines)

	keys := map[string]int{}
	for _, op := range mock.Operations() {
		keys[op.Key]++
	}
	if got := int(mock.Stats().Submits); got != *batchLines || len(keys) != *batchLines {
		t.Errorf("the server accepted %d operations under %d keys, want %d", got, len(keys), *batchLines)
	}
	if early := mock.Stats().EarlyPolls; early != 0 {
		t.Errorf("the server counted %d early polls", early)
	}
}

// runToTheEnd repeats the command until it has nothing left to do: a server like this one may use
// up the retries of a submit.
func runToTheEnd(t *testing.T, args []string) []byte {
	t.Helper()
	var out []byte
	for range 20 {
		var err error
		var stderr bytes.Buffer
		c := exec.Command("asyncctl", args...)
		c.Stderr = &stderr
		if out, err = c.Output(); err == nil {
			return out
		}
		t.Logf("%v: %s", err, stderr.Bytes())
	}
	t.Fatal("the batch does not come to an end")
	return nil
}

func checkRecords(t *testing.T, out []byte, want int) {
	t.Helper()
	seen := map[int]int{}
	for s := bufio.NewScanner(bytes.NewReader(out)); s.Scan(); {
		var r struct {
			Line    int
			Outcome string
			Result  struct {
				JSON struct {
					Request struct{ Body struct{ N int } }
				}
			}
		}
		if err := json.Unmarshal(s.Bytes(), &r); err != nil {
			t.Fatalf("%v in %s", err, s.Text())
		}
		if r.Outcome != "succeeded" || r.Result.JSON.Request.Body.N != r.Line {
			t.Errorf("line %d: %s", r.Line, s.Text())
		}
		seen[r.Line]++
	}
	for line := 1; line <= want; line++ {
		if seen[line] != 1 {
			t.Errorf("line %d has %d records, want 1", line, seen[line])
		}
	}
}
