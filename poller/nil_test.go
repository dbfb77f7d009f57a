package poller_test

import (
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"slices"
	"strings"
	"testing"

	"github.com/asyncctl/asyncctl/poller"
	"github.com/asyncctl/asyncctl/poller/lro"
)

// What a caller leaves out has a meaning, and never panics.
func TestZeroValues(t *testing.T) {
	s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { w.Write([]byte("done")) }))
	defer s.Close()
	op, _ := lro.Resume(s.URL)
	var none *poller.Client
	drop(none.Do(t.Context(), lro.Request{Method: "POST", URL: s.URL}))
	drop(none.Wait(t.Context(), op))
	none.Submit(t.Context(), lro.Request{Method: "POST", URL: s.URL})
	none.Poll(t.Context(), op)
	none.Cancel(t.Context(), op)

	(&poller.Many{}).Run(t.Context(), slices.Values([]poller.Task{{Operation: op}, {Operation: lro.Begin(lro.Generic{}, lro.Request{URL: s.URL})}, {}}))
	(&poller.Many{}).Run(t.Context(), slices.Values([]poller.Task(nil)))
	(&poller.Client{}).Wait(t.Context(), lro.Operation{})
}

// A program that has replaced http.DefaultTransport is a process of its own: the shared one is made once.
func TestReplacedDefaultTransport(t *testing.T) {
	if kind := os.Getenv("POLLER_TEST_TRANSPORT"); kind != "" {
		s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { w.Write([]byte("done by " + r.Header.Get("X-By"))) }))
		defer s.Close()
		own := http.DefaultTransport
		http.DefaultTransport = nil
		if kind == "another" {
			http.DefaultTransport = labelled{own}
		}
		res, err := (&poller.Client{}).Do(t.Context(), lro.Request{Method: "POST", URL: s.URL})
		if err != nil {
			t.Fatal(err)
		}
		if want := map[string]string{"another": "done by another", "nil": "done by "}[kind]; string(res.Content) != want {
			t.Errorf("got %q, want %q", res.Content, want)
		}
		res.Body.Close()
		return
	}
	for _, kind := range []string{"another", "nil"} {
		c := exec.Command(os.Args[0], "-test.run=^TestReplacedDefaultTransport$", "-test.v")
		c.Env = append(os.Environ(), "POLLER_TEST_TRANSPORT="+kind)
		if out, err := c.CombinedOutput(); err != nil || !strings.Contains(string(out), "PASS") {
			t.Errorf("%s: %v\n%s", kind, err, out)
		}
	}
}

type labelled struct{ http.RoundTripper }

func (l labelled) RoundTrip(r *http.Request) (*http.Response, error) {
	r = r.Clone(r.Context())
	r.Header.Set("X-By", "another")
	return l.RoundTripper.RoundTrip(r)
}
