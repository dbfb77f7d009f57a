package cmd

import (
	"errors"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"time"

	"github.com/spf13/pflag"

	"github.com/asyncctl/asyncctl/cmd/internal/curl"
	"github.com/asyncctl/asyncctl/cmd/internal/render"
	"github.com/asyncctl/asyncctl/loadtest"
	"github.com/asyncctl/asyncctl/poller/lro"
)

// prepare makes the plan from the flags, for a URL that may be a mock's.
func (l *loadCommand) prepare(url string, fs *pflag.FlagSet) error {
	if lro.Origin(url) == "" {
		return usagef("%q is not a URL to load: write http://host, https://host or mock:", url)
	}
	l.in = &curl.Input{Stdin: l.w.Stdin}
	if err := l.prof.check(url); err != nil {
		return err
	}
	req, err := l.request.Build(url, l.in)
	if err != nil {
		return misused(err)
	}
	p := &l.plan
	if p.Header, err = l.header(url, &req); err != nil {
		return err
	}
	p.Request = req
	policy, err := l.wait.policy()
	if err != nil {
		return err
	}
	p.Policy = &policy
	if p.Dialect, err = l.wait.dialect(); err != nil {
		return err
	}
	if err := l.shape(); err != nil {
		return err
	}
	if err := l.connection(fs); err != nil {
		return err
	}
	if l.until, err = conditions("threshold", l.load.thresholds); err != nil {
		return err
	}
	if l.aborts, err = conditions("abort-on", l.load.aborts); err != nil {
		return err
	}
	return l.checkPlan()
}

// header returns what every request carries; what is for the submit alone goes into it. A token is
// asked for once: a run that outlives it is told so by its 401s.
func (l *loadCommand) header(url string, req *lro.Request) (http.Header, error) {
	always, submit, err := l.head.Build(l.in)
	if err != nil {
		return nil, misused(err)
	}
	credentials, err := l.head.Credentials(url, curl.World{Env: l.w.Env, Stderr: l.w.Stderr})
	if err != nil {
		return nil, misused(err)
	}
	if credentials != nil {
		secret, err := credentials(l.ctx, false)
		if err != nil {
			return nil, misused(err)
		}
		for name, values := range secret {
			always[name] = values
		}
	}
	for name, values := range submit {
		req.Header[name] = values
	}
	for name, values := range always {
		if slices.ContainsFunc(values, func(v string) bool { return strings.Contains(v, "{{") }) {
			req.Header[name] = values // what differs from one operation to the next belongs to its submit
			delete(always, name)
		}
	}
	if always.Get("User-Agent") == "" {
		always.Set("User-Agent", "asyncctl/"+strings.Trim(versionText(), "()"))
	}
	return always, nil
}

// shape fills in how much load there is, and how it is polled.
func (l *loadCommand) shape() error {
	f, p := &l.load, &l.plan
	if err := oneOf("--arrivals", f.arrivals, "constant", "poisson"); err != nil {
		return err
	}
	p.Load = loadtest.Load{
		Rate: float64(f.rate), Poisson: f.arrivals == "poisson", Seed: f.seed, Concurrency: f.concurrency,
		Operations: f.operations, Duration: time.Duration(f.duration), MaxInFlight: f.maxInFlight,
	}
	var err error
	if f.stages != "" {
		if p.Load.Stages, err = parseStages(f.stages); err != nil {
			return err
		}
	}
	if p.Load.Rate == 0 && p.Load.Concurrency == 0 && f.stages == "" {
		p.Load.Rate = 10
	}
	if p.Load.Duration == 0 && p.Load.Operations == 0 && f.stages == "" {
		p.Load.Duration = 10 * time.Second
	}
	if f.shard != "" {
		if p.Shard, p.Shards, err = parseShard(f.shard); err != nil {
			return err
		}
	}
	if p.Strategies, err = f.strategies(); err != nil {
		return err
	}
	p.SkipResult, p.MaxErrors, p.Workers, p.Connections, p.Close = f.skipResult, f.maxErrors, f.workers, f.connections, f.close
	p.Patience, p.Timeout = time.Duration(f.timeout), time.Duration(l.wait.requestTimeout)
	p.Feed, err = f.words(l.in)
	return err
}

// byNetHTTP are the flags that our own client does not know.
var byNetHTTP = []string{"proxy", "resolve", "unix-socket", "http2-prior-knowledge", "http2"}

// connection decides which client carries the requests.
func (l *loadCommand) connection(fs *pflag.FlagSet) error {
	transport, err := l.conn.Transport()
	if err != nil {
		return misused(err)
	}
	for _, origin := range l.load.allow {
		if lro.Origin(origin) == "" || strings.TrimSuffix(strings.ToLower(origin), "/") != lro.Origin(origin) {
			return usagef("--allow-target %q: an origin is https://host or https://host:port", origin)
		}
		l.plan.Allow = append(l.plan.Allow, lro.Origin(origin))
	}
	if fs.Changed("drain") {
		if l.plan.Drain = time.Duration(l.load.drain); l.plan.Drain == 0 {
			l.plan.Drain = -1
		}
	}
	l.plan.TLS = transport.TLSClientConfig
	for _, name := range byNetHTTP {
		if fs.Changed(name) {
			transport.MaxConnsPerHost, transport.MaxIdleConnsPerHost, transport.MaxIdleConns = l.load.connections, l.load.connections, l.load.connections
			transport.DisableKeepAlives = l.load.close
			l.plan.HTTP = transport
		}
	}
	return nil
}

// checkPlan finds out what cannot be run, and says why in the words of the flags.
func (l *loadCommand) checkPlan() error {
	if l.load.connections < 1 {
		return usagef("--connections is at least 1")
	}
	err := l.plan.Check()
	var forbidden *loadtest.ForbiddenTargetError
	if errors.As(err, &forbidden) {
		return usagef("%v: --allow-target %s", err, forbidden.Origin)
	}
	if err != nil {
		return misused(err)
	}
	return nil
}

// stateBounds says what the run can come to, before anything is sent.
func (l *loadCommand) stateBounds() string {
	b := l.plan.Bounds()
	operations := "as many operations as fit into it"
	if b.Operations > 0 {
		operations = fmt.Sprintf("at least %s requests", render.Thousands(b.Requests))
		if l.plan.Load.Operations == 0 {
			operations = render.Thousands(b.Operations) + " operations, " + operations
		}
	}
	return fmt.Sprintf("%s: %s; at most %s in flight, %s of memory, %d descriptors",
		l.plan.Load, operations, render.Thousands(int64(b.InFlight)), render.Bytes(b.Memory), b.Descriptors)
}
