package conformance_test

import (
	"context"
	"net/http"
	"sync"
	"testing"
	"testing/synctest"

	"github.com/asyncctl/asyncctl/conformance"
	"github.com/asyncctl/asyncctl/mockserver"
)

// Credentials are for the origin of the slow submit: another that the target names gets the content of
// its submits and their own fields, and nothing else.
func TestOtherOriginsOfATargetGetNoCredentials(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		world := inMemory()
		var mu sync.Mutex
		asked, leaked := 0, 0
		mock := &mockserver.Server{}
		var serving sync.WaitGroup
		defer serving.Wait()
		urls := map[string]string{}
		for _, name := range []string{"home.test", "other.test"} {
			l, host, err := world.Listen(name)
			if err != nil {
				t.Fatal(err)
			}
			server := &http.Server{Handler: http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
				mu.Lock()
				if name == "other.test" {
					asked++
					if r.Header.Get("Authorization") != "" || r.Header.Get("X-Tenant") != "" {
						leaked++
					}
				}
				mu.Unlock()
				mock.ServeHTTP(w, r)
			})}
			serving.Go(func() { server.Serve(l) })
			defer server.Close()
			urls[name] = "http://" + host + "/operations?" + mockserver.ControlPrefix + "duration=2s"
		}
		conformance.Suite{
			Transport: world.Transport, Foreign: world.Transport, Header: http.Header{"X-Tenant": {"tenant-of-a-test"}},
			Credentials: func(context.Context, bool) (http.Header, error) {
				return http.Header{"Authorization": {"Bearer a-token-of-a-test"}}, nil
			},
		}.Run(t.Context(), conformance.Target{
			Slow: &conformance.Submit{URL: urls["home.test"]}, Fast: &conformance.Submit{URL: urls["other.test"]}, Cancel: conformance.Supported,
		})
		if asked == 0 || leaked > 0 {
			t.Errorf("%d of %d requests to the other origin carried credentials", leaked, asked)
		}
	})
}
