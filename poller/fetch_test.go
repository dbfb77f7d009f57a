package poller_test

import (
	"context"
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/asyncctl/asyncctl/poller"
	"github.com/asyncctl/asyncctl/poller/lro"
)

// TestFetchOfFiles: each file that a result names is fetched with what its origin may see, also one whose
// content looks like the status of a failure.
func TestFetchOfFiles(t *testing.T) {
	seen := map[string]string{}
	serve := func(w http.ResponseWriter, r *http.Request) {
		seen[r.URL.Path] = r.Method + " " + r.Header.Get("Authorization")
		switch r.URL.Path {
		case "/start":
			w.Header().Set("Content-Type", "application/json")
			io.WriteString(w, `{"output": []}`)
		case "/moved":
			http.Redirect(w, r, "/files/b", http.StatusFound)
		case "/gone":
			http.Error(w, "gone", http.StatusGone)
		default:
			w.Header().Set("Content-Type", "application/json")
			io.WriteString(w, `{"status": "failed", "error": "`+r.URL.Path+`"}`)
		}
	}
	home, other := httptest.NewServer(http.HandlerFunc(serve)), httptest.NewServer(http.HandlerFunc(serve))
	defer home.Close()
	defer other.Close()
	ends := 0
	c := &poller.Client{Header: http.Header{"Authorization": {"Bearer s3cret"}}, Observe: func(e poller.Event) {
		if e.End != nil {
			ends++
		}
	}}
	manifest, err := c.Do(context.Background(), lro.Request{Method: "POST", URL: home.URL + "/start"})
	if err != nil {
		t.Fatal(err)
	}
	manifest.Body.Close()
	for _, tt := range []struct{ ref, path, want string }{
		{"files/a", "/files/a", "GET Bearer s3cret"},
		{home.URL + "/moved", "/files/b", "GET Bearer s3cret"},
		{other.URL + "/files/c", "/files/c", "GET "},
	} {
		res, err := c.Fetch(context.Background(), manifest, tt.ref)
		if err != nil {
			t.Errorf("%s: %v", tt.ref, err)
			continue
		}
		text, _ := io.ReadAll(res.Body)
		res.Body.Close()
		if seen[tt.path] != tt.want || !strings.Contains(string(text), tt.path) {
			t.Errorf("%s: asked with %q, want %q; got %s", tt.ref, seen[tt.path], tt.want, text)
		}
	}
	var failed *poller.Error
	if _, err := c.Fetch(context.Background(), manifest, "/gone"); !errors.As(err, &failed) || failed.Operation.Outcome != lro.Gone {
		t.Errorf("gone: %v", err)
	}
	for _, ref := range []string{"ftp://example.com/a", "http://user:pw@example.com/a", "file:///etc/passwd"} {
		if _, err := c.Fetch(context.Background(), manifest, ref); !errors.As(err, &failed) || failed.Operation.Reason != lro.ForbiddenHop {
			t.Errorf("%s: %v", ref, err)
		}
	}
	if ends != 1 {
		t.Errorf("%d ends were observed, of one operation", ends)
	}
}
