package loadtest

import (
	"crypto/tls"
	"errors"
	"fmt"
	"net/http"
	"net/netip"
	"net/url"
	"slices"
	"strings"
	"time"

	"github.com/asyncctl/asyncctl/loadtest/internal/engine"
	"github.com/asyncctl/asyncctl/loadtest/internal/wire"
	"github.com/asyncctl/asyncctl/loadtest/measure"
	"github.com/asyncctl/asyncctl/poller/lro"
)

// Plan says what to load, how, and with what care. Request.URL and one of Load.Rate, Load.Stages and
// Load.Concurrency are needed; the zero value of everything else is its default. It is not changed
// by a run, and must not be changed during one.
type Plan struct {
	// Request is the submit; its method defaults to POST. With Feed it is a template: see [Feed].
	Request lro.Request
	// Feed, if not nil, gives each submit words of its own.
	Feed *Feed
	// Header is sent with every request to the origin of Request and to those in Policy.Trust; a field
	// that Request has too is taken from here. There are no placeholders in it.
	Header http.Header
	// Dialect reads the replies. Nil: [lro.Generic].
	Dialect lro.Dialect
	// Policy is how patient and how trusting the protocol is. Nil: the default.
	Policy *lro.Policy

	// Load is how many operations, and when.
	Load Load
	// Strategies are how to poll; operation i takes the i-th, in turn, so that they meet the same
	// server at the same time. None: [Server] alone.
	Strategies []Strategy
	// Shard of Shards is the part of the plan that this process runs, from 0: every Shards-th
	// operation. Shards 0 means 1.
	Shard, Shards int

	// Workers is how many goroutines share the work. 0: one for each CPU that Go uses.
	Workers int
	// Connections bounds those that are open at a time. 0: 128.
	Connections int
	// Close gives each request a connection of its own.
	Close bool
	// Timeout bounds a request, from its connection on. 0: 30 s.
	Timeout time.Duration
	// Patience bounds an operation, from its planned moment on; then it counts as timed out. 0: 10 min.
	Patience time.Duration
	// Drain bounds the time after the last arrival in which pending operations may end. 0: 1 min;
	// negative: none.
	Drain time.Duration
	// SkipResult leaves out the request for the result: an operation is over once its end is known.
	SkipResult bool
	// MaxBody bounds what of an answer is looked at; the rest is read and dropped. 0: 64 KiB.
	MaxBody int

	// Allow lists origins (https://host[:port]) that may be loaded. Loopback addresses always may;
	// any other origin is refused, also where a server leads there.
	Allow []string
	// MaxErrors ends the run after so many operations that did not succeed by the server's word or
	// for want of it (failed ones are the server's word and do not count). 0: no bound.
	MaxErrors int64

	// TLS is for https targets. Nil: the default.
	TLS *tls.Config
	// Protocols is what is spoken. The zero value: HTTP/1.1. With HTTP2, https targets are offered
	// HTTP/2, and HTTP/1.1 too if HTTP1 is set; with UnencryptedHTTP2, http targets are spoken to in
	// HTTP/2 without asking.
	Protocols http.Protocols
	// HTTP, if not nil, carries all requests, for proxies. Nil: a client of our own, which costs a
	// fraction.
	HTTP http.RoundTripper

	// SameClock says that the server reads this process' clock, as one inside it does. Otherwise the
	// server's clock is estimated from its Date fields.
	SameClock bool

	// Observe, if not nil, is called with live figures, from one goroutine, every Every. It may take
	// its time: the load does not wait for it.
	Observe func(Snapshot)
	// Every is how often. 0: each second.
	Every time.Duration
}

const (
	defaultConnections = 128
	defaultTimeout     = 30 * time.Second
	defaultPatience    = 10 * time.Minute
	defaultDrain       = time.Minute
	defaultMaxBody     = 64 << 10
)

// Snapshot is a run while it goes on.
type Snapshot struct {
	Elapsed time.Duration
	// Draining says that there are no more arrivals: what is pending may end.
	Draining bool
	InFlight int64
	// Waiting is the requests that wait for a connection, and Connections those that are open.
	Waiting, Connections int64
	// Series are the counts so far, one entry a strategy, in the order of the plan.
	Series []Live
	// Sample is what happened since the snapshot before.
	Sample measure.Sample
	// Done, Lag, Poll and Late are of the whole run so far, over all strategies, within 6 %. Lag is
	// empty while the server's clock is not known.
	Done, Lag, Poll, Late measure.Histogram
	// Target is how many operations the plan has, and Until how long its arrivals go on; 0 where it
	// does not say.
	Target int64
	Until  time.Duration
}

// Live is one strategy of a [Snapshot].
type Live struct {
	Strategy string
	Counts   measure.Counts
}

// Check returns what is wrong with the plan, and nil if it can be run.
func (p *Plan) Check() error {
	if p.Request.URL == "" {
		return errors.New("the plan names no URL to submit to")
	}
	if _, err := lro.Resolve(p.Request.URL, p.Request.URL); err != nil {
		return fmt.Errorf("the submit URL cannot be used: %w", err)
	}
	if err := p.Load.check(); err != nil {
		return err
	}
	if p.Shard < 0 || p.Shard >= p.shards() {
		return fmt.Errorf("shard %d of %d: they count from 0 to %d", p.Shard, p.shards(), p.shards()-1)
	}
	for _, bad := range []struct {
		name string
		n    int64
	}{
		{"workers", int64(p.Workers)}, {"connections", int64(p.Connections)}, {"the timeout", int64(p.Timeout)},
		{"the patience", int64(p.Patience)}, {"the largest body", int64(p.MaxBody)}, {"the largest number of errors", p.MaxErrors},
	} {
		if bad.n < 0 {
			return fmt.Errorf("%s must not be negative", bad.name)
		}
	}
	for _, origin := range p.Allow {
		if lro.Origin(origin) != origin {
			return fmt.Errorf("%q is not an origin: write https://host or https://host:port", origin)
		}
	}
	if origin := lro.Origin(p.Request.URL); !p.allows(origin) {
		return &ForbiddenTargetError{Origin: origin}
	}
	return p.descriptors()
}

// ForbiddenTargetError says that a plan would load a server that nobody allowed to be loaded.
type ForbiddenTargetError struct{ Origin string }

// Error says what would allow it.
func (e *ForbiddenTargetError) Error() string {
	return e.Origin + " is not on this machine, and a load test of somebody else's server is an attack: allow that origin if it is yours"
}

// allows says whether requests to an origin may be sent.
func (p *Plan) allows(origin string) bool {
	if slices.Contains(p.Allow, origin) {
		return true
	}
	u, err := url.Parse(origin)
	if err != nil {
		return false
	}
	host := u.Hostname()
	if host == "localhost" || strings.HasSuffix(host, ".localhost") { // RFC 6761, section 6.3
		return true
	}
	address, err := netip.ParseAddr(host)
	return err == nil && address.Unmap().IsLoopback()
}

// sending is what a sender with so many connections has to know.
func (p *Plan) sending(connections int) engine.SenderConfig {
	return engine.SenderConfig{
		Connections: connections, Timeout: p.timeout(), MaxBody: p.maxBody(), Closes: p.Close, TLS: p.TLS, Protocols: p.Protocols,
		HTTP: p.HTTP,
	}
}

// reach is where requests may go.
func (p *Plan) reach() wire.Targets {
	t := wire.Targets{Home: lro.Origin(p.Request.URL), Allow: p.Allow, Header: p.Header, Closes: p.Close, Resolves: p.HTTP == nil}
	if p.Policy != nil {
		t.Trust = p.Policy.Trust
	}
	return t
}

func (p *Plan) dialect() lro.Dialect {
	if p.Dialect == nil {
		return lro.Generic{}
	}
	return p.Dialect
}

func (p *Plan) strategies() []Strategy {
	if len(p.Strategies) == 0 {
		return []Strategy{Server}
	}
	return p.Strategies
}

func (p *Plan) shards() int { return max(p.Shards, 1) }

func (p *Plan) connections() int { return orElse(p.Connections, defaultConnections) }

func (p *Plan) timeout() time.Duration { return orElse(p.Timeout, defaultTimeout) }

func (p *Plan) patience() time.Duration { return orElse(p.Patience, defaultPatience) }

func (p *Plan) drain() time.Duration { return max(orElse(p.Drain, defaultDrain), 0) }

func (p *Plan) maxBody() int { return orElse(p.MaxBody, defaultMaxBody) }

func (p *Plan) every() time.Duration { return max(orElse(p.Every, time.Second), 10*time.Millisecond) }

// orElse returns n, and the default where it is 0.
func orElse[T int | int64 | time.Duration](n, fallback T) T {
	if n == 0 {
		return fallback
	}
	return n
}
