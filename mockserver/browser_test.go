package mockserver_test

import (
	"encoding/json"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/asyncctl/asyncctl/mockserver"
)

// crossOriginPage submits with a credential, polls as it is told, fetches the
// result, and tells its own origin what it could read.
const crossOriginPage = `<!DOCTYPE html><title>client</title><script type="module">
const said = { hints: [], statuses: [] };
try {
  const mock = new URL(location.href).searchParams.get('mock');
  const headers = { Authorization: 'Bearer token', 'Content-Type': 'application/json', 'Idempotency-Key': 'k1' };
  const submit = await fetch(mock + '/reports', { method: 'POST', headers, body: '{"year":2026}' });
  said.code = submit.status;
  said.location = submit.headers.get('Location');
  let wait = Number(submit.headers.get('Retry-After'));
  for (let i = 0; i < 9; i++) {
    said.hints.push(wait);
    await new Promise((resolve) => setTimeout(resolve, wait * 1000));
    const poll = await fetch(new URL(said.location, mock), { headers: { Authorization: 'Bearer token' } });
    said.statuses.push(poll.status);
    if (poll.redirected) { said.result = await poll.text(); break; }
    wait = Number(poll.headers.get('Retry-After'));
  }
} catch (error) { said.error = String(error); }
await fetch('/done', { method: 'POST', body: JSON.stringify(said) });
</script>`

// TestBrowserCrossOrigin lets a page of another origin follow an operation in a
// browser, where there is one.
func TestBrowserCrossOrigin(t *testing.T) {
	browser := os.Getenv("CHROMIUM")
	if browser == "" {
		var err error
		if browser, err = exec.LookPath("chromium"); err != nil || testing.Short() {
			t.Skip("there is no Chromium")
		}
	}
	for name, allowed := range map[string]bool{"allowed": true, "not allowed": false} {
		t.Run(name, func(t *testing.T) {
			server := &mockserver.Server{
				Scenario: mockserver.Scenario{Duration: 2 * s, Result: "done"},
				Auth:     &mockserver.Auth{Accepts: func(token string) bool { return token == "token" }},
			}
			if allowed {
				server.CORS = []string{"*"}
			}
			l := mockserver.NewServer(t, server)
			done := make(chan string, 1)
			page := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
				if r.Method == http.MethodPost {
					text, _ := io.ReadAll(r.Body)
					done <- string(text)
					return
				}
				w.Header().Set("Content-Type", "text/html")
				io.WriteString(w, crossOriginPage)
			}))
			defer page.Close()
			profile, err := os.MkdirTemp("", "browser")
			if err != nil {
				t.Fatal(err)
			}
			defer os.RemoveAll(profile) // the helpers of the browser may still write there
			c := exec.Command(browser, "--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
				"--user-data-dir="+profile, "--remote-debugging-port=0", page.URL+"/?mock="+l.URL)
			if err := c.Start(); err != nil {
				t.Fatal(err)
			}
			defer c.Wait()
			defer c.Process.Kill()
			var said struct {
				Code            int
				Location, Error string
				Hints, Statuses []int
				Result          string
			}
			select {
			case text := <-done:
				if err := json.Unmarshal([]byte(text), &said); err != nil {
					t.Fatal(err)
				}
			case <-time.After(2 * time.Minute):
				t.Fatal("the page said nothing")
			}
			switch {
			case !allowed && (said.Error == "" || said.Location != "" || l.Stats().Submits != 0):
				t.Errorf("without CORS it read %+v", said)
			case allowed && (said.Code != 202 || !strings.HasPrefix(said.Location, "/operations/") || said.Result != "done" ||
				len(said.Hints) == 0 || slices.Contains(said.Hints, 0)):
				t.Errorf("it read %+v", said)
			case allowed:
				l.WantClean(t)
			}
		})
	}
}
