package conformance_test

import (
	"net"
	"net/http"
	"strings"
	"testing"

	"github.com/asyncctl/asyncctl/conformance"
)

// A server that was met on the loopback interface may name other places there, but none in another
// private network: nobody may make the suite knock at doors that it could not reach itself.
func TestNoKnockingAtOtherDoors(t *testing.T) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	server := &http.Server{Handler: http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Location", "http://169.254.169.254/latest/meta-data")
		w.WriteHeader(http.StatusAccepted)
	})}
	go server.Serve(l)
	defer server.Close()
	only := func(r conformance.Rule) bool { return r.ID == "status-url-resolves" }
	report := conformance.Suite{Select: only}.Run(t.Context(), conformance.Target{Slow: &conformance.Submit{URL: "http://" + l.Addr().String() + "/reports"}})
	for _, r := range report.Results {
		if r.ID == "status-url-resolves" && (r.Outcome != conformance.Fail || !strings.Contains(r.Reason, "a link-local address")) {
			t.Errorf("got %s: %s", r.Outcome, r.Reason)
		}
	}
}
