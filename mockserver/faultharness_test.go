package mockserver_test

import (
	"context"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/asyncctl/asyncctl/mockserver"
)

// A caller talks to a server over loopback connections, a new one for each
// request, and follows nothing.
type caller struct {
	*mock
	url      string
	stranger string
	client   *http.Client
	answers  sync.RWMutex // held for reading by the requests that are being served
}

// called serves a mock with faults, and the other origin beside it.
func called(t *testing.T, server *mockserver.Server, faults ...string) *caller {
	t.Helper()
	c := &caller{mock: newMock(t, server)}
	for _, text := range faults {
		f, err := mockserver.ParseFault(text)
		if err != nil {
			t.Fatal(err)
		}
		server.Faults = append(server.Faults, f)
	}
	if server.Seed == 0 {
		server.Seed = 1
	}
	stranger := httptest.NewServer(server.StrangerHandler())
	t.Cleanup(stranger.Close)
	server.Stranger, c.stranger = stranger.URL, stranger.URL
	if err := server.Check(); err != nil {
		t.Fatal(err)
	}
	home := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		c.answers.RLock()
		defer c.answers.RUnlock()
		server.ServeHTTP(w, r)
	}))
	t.Cleanup(home.Close)
	c.url = home.URL
	c.client = &http.Client{
		Transport:     &http.Transport{DisableKeepAlives: true, Proxy: nil},
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
	}
	return c
}

// settled waits for the requests that are being served.
func (c *caller) settled() {
	c.answers.Lock()
	//lint:ignore SA2001 whoever serves holds the lock: to get it is to have waited
	c.answers.Unlock()
}

// ask sends one request. An error is of the connection, at any time of the answer.
func (c *caller) ask(method, path string, lines ...string) (reply, error) {
	c.t.Helper()
	if strings.HasPrefix(path, "/") {
		path = c.url + path
	}
	request, err := http.NewRequest(method, path, nil)
	if err != nil {
		c.t.Fatal(err)
	}
	for _, line := range lines {
		name, value, _ := strings.Cut(line, ": ")
		request.Header.Add(name, value)
	}
	response, err := c.client.Do(request)
	if err != nil {
		return reply{}, err
	}
	defer response.Body.Close()
	body, err := io.ReadAll(response.Body)
	return reply{code: response.StatusCode, header: response.Header, text: string(body)}, err
}

// get is ask for an answer that must come whole.
func (c *caller) get(path string, lines ...string) reply {
	c.t.Helper()
	r, err := c.ask("GET", path, lines...)
	if err != nil {
		c.t.Fatalf("GET %s: %v", path, err)
	}
	return r
}

// submit starts an operation and returns the whole answer.
func (c *caller) submit(lines ...string) reply {
	c.t.Helper()
	r, err := c.ask("POST", "/operations", lines...)
	if err != nil {
		c.t.Fatalf("POST: %v", err)
	}
	return r.want(c.t, 202)
}

// begin starts an operation and returns its status URL.
func (c *caller) begin(lines ...string) string {
	c.t.Helper()
	return c.submit(lines...).header.Get("Location")
}

// finished starts an operation and waits for its end.
func (c *caller) finished() string {
	c.t.Helper()
	path := c.begin()
	c.after(10 * time.Second)
	return path
}

// path is the status path of the only operation.
func (c *caller) path() string {
	c.t.Helper()
	records := c.Operations()
	if len(records) != 1 {
		c.t.Fatalf("got %d operations, want 1", len(records))
	}
	return "/operations/" + records[0].ID
}

// says checks that the body has a text.
func (r reply) says(t *testing.T, text string) reply {
	t.Helper()
	if !strings.Contains(r.text, text) {
		t.Errorf("got %.200q, want it to say %q", r.text, text)
	}
	return r
}

// cancelled is the context of a client that is gone.
func cancelled() context.Context {
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	return ctx
}
