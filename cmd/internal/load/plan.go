package load

import (
	"errors"
	"fmt"
	"net/http"
	neturl "net/url"
	"slices"
	"strings"
	"time"

	"github.com/spf13/pflag"

	"github.com/asyncctl/asyncctl/cmd/internal/app"
	"github.com/asyncctl/asyncctl/cmd/internal/curl"
	"github.com/asyncctl/asyncctl/cmd/internal/render"
	"github.com/asyncctl/asyncctl/cmd/internal/shard"
	"github.com/asyncctl/asyncctl/loadtest"
	"github.com/asyncctl/asyncctl/poller/lro"
)

// prepare makes the plan from the flags, for a URL that may be a mock's.
func (l *Command) prepare(url string, fs *pflag.FlagSet) error {
	if lro.Origin(url) == "" {
		return app.Usagef("%q is not a URL to load: write http://host, https://host or mock:", url)
	}
	l.in = &curl.Input{Stdin: l.World.Stdin}
	if err := l.Profile.Check(url); err != nil {
		return err
	}
	req, err := l.Request.Build(url, l.in)
	if err != nil {
		return app.Misused(err)
	}
	p := &l.plan
	if p.Header, err = l.header(url, &req); err != nil {
		return err
	}
	p.Request = req
	policy, err := l.Waiting.Policy()
	if err != nil {
		return err
	}
	p.Policy = policy
	if p.Dialect, err = l.Waiting.Dialect(); err != nil {
		return err
	}
	if err := l.shape(); err != nil {
		return err
	}
	if err := l.connection(fs); err != nil {
		return err
	}
	if l.until, err = Conditions("threshold", l.Load.thresholds); err != nil {
		return err
	}
	if l.aborts, err = Conditions("abort-on", l.Load.aborts); err != nil {
		return err
	}
	if len(l.chosen) > 0 {
		kinds, err := l.kinds(p.Request, fs)
		if err != nil {
			return err
		}
		if p.Request, p.Kinds = kinds[0].Request, kinds; len(kinds) == 1 {
			p.Kinds = nil
		}
	}
	if err := l.checkConditions(); err != nil {
		return err
	}
	return l.checkPlan()
}

// header returns what every request carries; what is for the submit alone goes into it.
func (l *Command) header(url string, req *lro.Request) (http.Header, error) {
	always, submit, err := l.Header.Build(l.in)
	if err != nil {
		return nil, app.Misused(err)
	}
	credentials, err := l.Header.Credentials(url, curl.World{Env: l.World.Env, Stderr: l.World.Stderr})
	if err != nil {
		return nil, app.Misused(err)
	}
	l.plan.Credentials = credentials
	for name, values := range submit {
		req.Header[name] = values
	}
	for name, values := range always {
		if slices.ContainsFunc(values, func(v string) bool { return strings.Contains(v, "{{") }) {
			req.Header[name] = values // what differs from one operation to the next belongs to its submit
			delete(always, name)
		}
	}
	if err := l.dress(url, always); err != nil {
		return nil, err
	}
	if always.Get("User-Agent") == "" {
		always.Set("User-Agent", "asyncctl/"+strings.Trim(app.VersionText(), "()"))
	}
	return always, nil
}

// shape fills in how much load there is, and how it is polled.
func (l *Command) shape() error {
	f, p := &l.Load, &l.plan
	if err := app.OneOf("--arrivals", f.arrivals, "constant", "poisson"); err != nil {
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
		if p.Shard, p.Shards, err = shard.Parse(f.shard, l.World.Env); err != nil {
			return err
		}
	}
	if p.Strategies, err = f.strategies(); err != nil {
		return err
	}
	if err := l.pace(p.Strategies); err != nil {
		return err
	}
	p.SkipResult, p.MaxErrors, p.Workers, p.Connections, p.Close = f.skipResult, f.maxErrors, f.workers, f.connections, f.close
	p.Run, p.Warmup = f.run, time.Duration(f.warmup)
	if p.StartAt, err = parseStart(f.startAt); err != nil {
		return err
	}
	p.Patience, p.RequestTimeout = time.Duration(f.timeout), time.Duration(l.Waiting.RequestTimeout)
	p.Feed, err = f.words(l.in, p)
	return err
}

// byNetHTTP are the flags that our own client does not know.
var byNetHTTP = []string{"proxy", "resolve", "unix-socket"}

// connection decides which client carries the requests.
func (l *Command) connection(fs *pflag.FlagSet) error {
	transport, err := l.Connection.Transport()
	if err != nil {
		return app.Misused(err)
	}
	for _, origin := range l.Load.allow {
		if lro.Origin(origin) == "" || strings.TrimSuffix(strings.ToLower(origin), "/") != lro.Origin(origin) {
			return app.Usagef("--allow-target %q: an origin is https://host or https://host:port", origin)
		}
		l.plan.Allow = append(l.plan.Allow, lro.Origin(origin))
	}
	if fs.Changed("drain") {
		if l.plan.Drain = time.Duration(l.Load.drain); l.plan.Drain == 0 {
			l.plan.Drain = -1
		}
	}
	l.plan.TLS = transport.TLSClientConfig
	l.Load.given = fs.Changed("connections")
	if transport.Protocols != nil {
		l.plan.Protocols = *transport.Protocols
	}
	byNet, err := l.leadsElsewhere(transport, fs)
	if err != nil || !byNet {
		return err
	}
	transport.MaxIdleConnsPerHost, transport.MaxIdleConns = 10_000, 0
	transport.DisableKeepAlives = l.Load.close
	l.plan.Transport = transport
	return nil
}

// leadsElsewhere reports whether requests take another way than that to the address of their URL: then
// net/http carries them. Such a way may not lead a test of this machine to another one, unless the
// person allowed the origin to be loaded.
func (l *Command) leadsElsewhere(transport *http.Transport, fs *pflag.FlagSet) (bool, error) {
	home := lro.Origin(l.plan.Request.URL)
	allowed := slices.Contains(l.plan.Allow, home)
	if flag := l.Connection.Reroutes(l.plan.Request.URL); flag == "--resolve" && !allowed {
		return true, app.Usagef("--resolve leads %s elsewhere: if the server there is yours, add --allow-target %s", home, home)
	}
	proxy := (*neturl.URL)(nil)
	if req, err := http.NewRequest(http.MethodGet, home+"/", nil); err == nil && transport.Proxy != nil {
		if proxy, err = transport.Proxy(req); err != nil {
			return true, app.Usagef("the proxy: %v", err)
		}
	}
	if proxy != nil && !allowed {
		return true, app.Usagef("%s would be loaded through a proxy, which decides where that is: if the server there is yours, add --allow-target %s", home, home)
	}
	for _, name := range byNetHTTP {
		if fs.Changed(name) {
			return true, nil
		}
	}
	return proxy != nil, nil
}

// checkConditions finds thresholds that ask for a strategy or a kind that does not run.
func (l *Command) checkConditions() error {
	strategies := l.plan.Strategies
	if len(strategies) == 0 {
		strategies = []loadtest.Strategy{loadtest.Server}
	}
	var known []string
	for _, s := range strategies {
		known = append(known, s.String())
		for _, k := range l.plan.Kinds {
			known = append(known, k.Name+" "+s.String())
		}
	}
	for _, k := range l.plan.Kinds {
		known = append(known, k.Name)
	}
	for _, t := range slices.Concat(l.until, l.aborts) {
		if name := t.Series(); name != "" && !slices.Contains(known, name) {
			return app.Usagef("--threshold %s: %q does not run; there are %s", t, name, strings.Join(known, ", "))
		}
	}
	return nil
}

// checkPlan finds out what cannot be run, and says why in the words of the flags.
func (l *Command) checkPlan() error {
	if l.Load.connections < 1 && l.Load.given {
		return app.Usagef("--connections is at least 1")
	}
	err := l.plan.Check()
	var forbidden *loadtest.ForbiddenTargetError
	if errors.As(err, &forbidden) {
		return app.Usagef("%v: --allow-target %s", err, forbidden.Origin)
	}
	if err != nil {
		return app.Misused(err)
	}
	return nil
}

// stateBounds says what the run can come to, before anything is sent.
func (l *Command) stateBounds() string {
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
