package main

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"math/rand/v2"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"
)

// TestKilled kills the whole server again and again, while orders come in and are worked on. Every
// order that was accepted ends, and no order is made twice.
func TestKilled(t *testing.T) {
	const orders, kills = 60, 6
	s := start(t)
	var accepted atomic.Int64
	var all sync.WaitGroup
	ends := make([]string, orders)
	for i := range orders {
		all.Go(func() {
			place := s.submit(t, i)
			accepted.Add(1)
			ends[i] = s.follow(t, place)
		})
	}
	// A kill is worth something while work is under way: after each tenth of the orders, at a random moment.
	for k := range kills {
		for accepted.Load() < int64(k*orders/10) && t.Context().Err() == nil {
			time.Sleep(5 * time.Millisecond)
		}
		time.Sleep(time.Duration(rand.IntN(300)) * time.Millisecond)
		s.restart(t)
	}
	all.Wait()
	seen := map[string]bool{}
	for i, end := range ends {
		if want := fmt.Sprintf(`"pages":%d}`, i); !strings.Contains(end, want) {
			t.Errorf("order %d ended with %s", i, end)
		}
		seen[end] = true
	}
	if len(seen) != orders {
		t.Errorf("%d results for %d orders", len(seen), orders)
	}
	out, err := exec.Command(s.binary, "-dir", s.dir, "-roles", "count").Output()
	if want := fmt.Sprintf("%d operations: 0 not started, 0 running, %d succeeded, 0 failed, 0 cancelled;", orders, orders); err != nil || !strings.HasPrefix(string(out), want) {
		t.Errorf("the store says %s, want %s (%v)", out, want, err)
	}
	t.Logf("%d kills: %s", kills, out)
}

// server is a process over a directory, at an address that stays.
type server struct {
	binary, dir, listen, results string
	process                      *exec.Cmd
}

func start(t *testing.T) *server {
	t.Helper()
	s := &server{binary: filepath.Join(t.TempDir(), "server"), dir: t.TempDir(), listen: free(t), results: free(t)}
	if out, err := exec.Command("go", "build", "-o", s.binary, ".").CombinedOutput(); err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	s.run(t)
	t.Cleanup(func() { s.process.Process.Kill(); s.process.Wait() })
	return s
}

func (s *server) run(t *testing.T) {
	t.Helper()
	s.process = exec.Command(s.binary, "-dir", s.dir, "-listen", s.listen, "-results", s.results, "-lease", "1s", "-attempts", "50", "-slots", "8")
	s.process.Stderr = os.Stderr
	if err := s.process.Start(); err != nil {
		t.Fatal(err)
	}
}

func (s *server) restart(t *testing.T) {
	t.Helper()
	s.process.Process.Kill()
	s.process.Wait()
	s.run(t)
}

// free is an address that was free a moment ago.
func free(t *testing.T) string {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	return l.Addr().String()
}

var client = &http.Client{
	Timeout:       5 * time.Second,
	Transport:     &http.Transport{MaxIdleConnsPerHost: 64},
	CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
}

// submit sends an order, with one key, until it is accepted.
func (s *server) submit(t *testing.T, i int) string {
	for ctx := t.Context(); ; again(ctx) {
		body := fmt.Sprintf(`{"seconds":0.2,"pages":%d}`, i)
		req, _ := http.NewRequestWithContext(ctx, "POST", "http://"+s.listen+"/reports", strings.NewReader(body))
		req.Header.Set("Content-Type", "application/json")
		req.Header.Set("Idempotency-Key", fmt.Sprint("order-", i))
		resp, err := client.Do(req)
		if ctx.Err() != nil {
			return ""
		}
		if err != nil {
			continue
		}
		resp.Body.Close()
		if resp.StatusCode == http.StatusAccepted {
			return resp.Header.Get("Location")
		}
		if resp.StatusCode < 500 {
			t.Errorf("submit: %s", resp.Status)
			return ""
		}
	}
}

// follow polls until there is a result, and returns it.
func (s *server) follow(t *testing.T, place string) string {
	url := "http://" + s.listen + place
	for ctx := t.Context(); ctx.Err() == nil; again(ctx) {
		req, _ := http.NewRequestWithContext(ctx, "GET", url, nil)
		resp, err := client.Do(req)
		if err != nil {
			continue
		}
		content, err := io.ReadAll(resp.Body)
		resp.Body.Close()
		switch {
		case err != nil || resp.StatusCode >= 500:
		case resp.StatusCode == http.StatusSeeOther:
			url = resp.Header.Get("Location")
		case resp.StatusCode != http.StatusOK:
			return resp.Status + " " + string(content)
		case !json.Valid(content) || strings.Contains(string(content), `"report"`):
			return string(content)
		}
	}
	return "cut off"
}

func again(ctx context.Context) {
	select {
	case <-ctx.Done():
	case <-time.After(50 * time.Millisecond):
	}
}
