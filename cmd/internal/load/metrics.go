package load

import (
	"context"
	"fmt"
	"net"
	"net/http"
	"strings"
	"sync"
	"time"

	"github.com/asyncctl/asyncctl/cmd/internal/app"
	"github.com/asyncctl/asyncctl/cmd/internal/mock"
	report "github.com/asyncctl/asyncctl/cmd/internal/report/load"
	"github.com/asyncctl/asyncctl/loadtest"
)

// followed is the figures of a run that goes on, for those who ask while it does and once after its
// end.
type followed struct {
	labels string

	mu      sync.Mutex
	follow  loadtest.Follow
	final   *loadtest.Result // once the run is over
	asked   []time.Time      // the last two times
	told    chan struct{}    // closed when somebody has got the final figures
	serving bool
}

// observe takes a snapshot in and returns what is known so far.
func (f *followed) observe(s loadtest.Snapshot) *loadtest.Result {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.follow.Observe(s)
	return f.follow.Result()
}

// finish puts the result in the place of what was known before.
func (f *followed) finish(r *loadtest.Result) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.final, f.told = r, make(chan struct{})
}

// mostLinger bounds how long the figures stay after the end.
const mostLinger = time.Minute

// linger waits until a scraper that had come before has come once more, so that it knows the end: for
// as long as two of its intervals, at most a minute.
func (f *followed) linger(ctx context.Context) {
	f.mu.Lock()
	if !f.serving || len(f.asked) == 0 || f.final == nil {
		f.mu.Unlock()
		return
	}
	interval := 30 * time.Second
	if len(f.asked) == 2 {
		interval = 2 * f.asked[1].Sub(f.asked[0])
	}
	told := f.told
	f.mu.Unlock()
	timer := time.NewTimer(min(interval+time.Second, mostLinger))
	defer timer.Stop()
	select {
	case <-told:
	case <-timer.C:
	case <-ctx.Done():
	}
}

// ServeHTTP answers with Prometheus' text format.
func (f *followed) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	if r.URL.Path != "/metrics" {
		http.NotFound(w, r)
		return
	}
	f.mu.Lock()
	result, told := f.final, f.told
	if result == nil {
		result = f.follow.Result()
	}
	if f.asked = append(f.asked, time.Now()); len(f.asked) > 2 {
		f.asked = f.asked[1:]
	}
	f.mu.Unlock()
	w.Header().Set("Content-Type", "text/plain; version=0.0.4; charset=utf-8")
	report.View{Result: result, Labels: f.labels}.Prometheus(w) // who asked and left needs no answer
	if told != nil {
		f.mu.Lock()
		defer f.mu.Unlock()
		select {
		case <-told:
		default:
			close(told)
		}
	}
}

// labelsOf tell the runs and the parts of one run apart.
func labelsOf(p *loadtest.Plan) string {
	labels := ""
	if p.Run != "" {
		labels += ",run=" + report.Label(p.Run)
	}
	if p.Shards > 1 {
		labels += fmt.Sprintf(",shard=\"%d\"", p.Shard)
	}
	return labels
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
	f.serving = true
	fmt.Fprintf(l.World.Stderr, "metrics at %s/metrics\n", base)
	return servers.Close, nil
}
