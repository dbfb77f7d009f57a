package load

import (
	"fmt"
	"net"
	"net/http"
	"strings"
	"sync"

	"github.com/asyncctl/asyncctl/cmd/internal/app"
	"github.com/asyncctl/asyncctl/cmd/internal/mock"
	report "github.com/asyncctl/asyncctl/cmd/internal/report/load"
	"github.com/asyncctl/asyncctl/loadtest"
)

// followed is the figures of a run that goes on, for those who ask while it does.
type followed struct {
	mu     sync.Mutex
	follow loadtest.Follow
}

// observe takes a snapshot in and returns what is known so far.
func (f *followed) observe(s loadtest.Snapshot) *loadtest.Result {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.follow.Observe(s)
	return f.follow.Result()
}

// ServeHTTP answers with Prometheus' text format.
func (f *followed) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	if r.URL.Path != "/metrics" {
		http.NotFound(w, r)
		return
	}
	f.mu.Lock()
	result := f.follow.Result()
	f.mu.Unlock()
	if n := len(result.Series); n > 1 {
		result.Series = result.Series[:n-1] // a sum beside its parts would be counted twice
	}
	w.Header().Set("Content-Type", "text/plain; version=0.0.4; charset=utf-8")
	report.View{Result: result}.Prometheus(w) // who asked and left needs no answer
}

// serveMetrics serves --listen-metrics, on loopback unless the address names another host.
func (l *Command) serveMetrics(f *followed) (stop func(), err error) {
	if l.Metrics == "" {
		return func() {}, nil
	}
	address := l.Metrics
	if !strings.Contains(address, ":") {
		address = ":" + address
	}
	host, port, err := net.SplitHostPort(address)
	if err != nil {
		return nil, app.Usagef("--listen-metrics %s: %v", l.Metrics, err)
	}
	if host == "" {
		host = "127.0.0.1"
	}
	servers := mock.Listeners{Remote: l.Remote}
	base, err := servers.Serve("--listen-metrics", net.JoinHostPort(host, port), f)
	if err != nil {
		return nil, err
	}
	fmt.Fprintf(l.World.Stderr, "metrics at %s/metrics\n", base)
	return servers.Close, nil
}
