package loadtest

import (
	"context"
	"crypto/tls"
	"fmt"
	"net/http"
	"slices"
	"time"

	"github.com/asyncctl/asyncctl/internal/measure"
	"github.com/asyncctl/asyncctl/internal/reach"
	"github.com/asyncctl/asyncctl/loadtest/internal/engine"
	"github.com/asyncctl/asyncctl/loadtest/internal/wire"
	"github.com/asyncctl/asyncctl/poller/lro"
)

// Plan says what to load, how, and with what care. Request.URL (or Kinds) and one of Load.Rate,
// Load.Stages and Load.Concurrency are needed; the zero value of everything else is its default. It is
// not changed by a run, and must not be changed during one.
type Plan struct {
	// Request is the submit; its method defaults to POST. It is a template: see [Feed].
	Request lro.Request
	// Feed, if not nil, gives each submit words of its own.
	Feed *Feed
	// Kinds, if there are any, are several kinds of operations in one run; then Request and Feed are
	// not used. All kinds are submitted to one origin.
	Kinds []Kind
	// Header is sent with every request to the origin of the submits and to those in Policy.Trust; a
	// field that Request has too is taken from here. There are no placeholders in it.
	Header http.Header
	// Credentials returns header fields to be added to the same requests as Header. It is asked before
	// the run, and with renew set after a 401; then that request is sent again. It may take its time:
	// the load goes on meanwhile. Nil: none.
	Credentials func(ctx context.Context, renew bool) (http.Header, error)
	// Dialect reads the replies. Nil: [lro.Generic].
	Dialect lro.Dialect
	// Policy is how patient and how trusting the protocol is.
	Policy lro.Policy

	// Load is how many operations, and when.
	Load Load
	// Strategies are how to poll. Operations take them in blocks, each block in an order of its own
	// made by Load.Seed, so that all meet the same server at the same time. None: [Server] alone.
	Strategies []Strategy
	// Warmup is how long after the start operations are submitted and not counted.
	Warmup time.Duration

	// Shard of Shards is the part of the plan that this process runs, from 0: every Shards-th
	// operation. Shards 0 means 1. Bounds that the plan gives are for all shards together.
	Shard, Shards int
	// Run names the run that all its shards belong to. Empty: none.
	Run string
	// StartAt is when the run begins, the same moment for all shards. What lies in the past by then is
	// not submitted and counted as missed. Zero: now.
	StartAt time.Time

	// Workers is how many goroutines share the work. 0: one for each CPU that Go uses. Nothing that is
	// submitted depends on it.
	Workers int
	// Connections bounds those that are open at a time. 0: 1,000, or what the process may have.
	Connections int
	// Close gives each request a connection of its own.
	Close bool
	// RequestTimeout bounds a request, from its connection on. 0: 30 s.
	RequestTimeout time.Duration
	// Patience bounds an operation, from its planned moment on; then it counts as timed out. 0: 10 min.
	Patience time.Duration
	// Drain bounds the time after the last arrival in which pending operations may end. 0: 1 min;
	// negative: none.
	Drain time.Duration
	// SkipResult leaves out the request for the result: an operation is over once its end is known.
	SkipResult bool
	// MaxBody bounds what of an answer is looked at; the rest is read and dropped. 0: 64 KiB.
	MaxBody int64

	// Allow lists origins (https://host[:port]) that may be loaded. Loopback addresses always may;
	// any other origin is refused, also where a server leads there.
	Allow []string
	// Target is what the result calls the target. Empty: the submit URL without what may be secret.
	Target string
	// MaxErrors ends the run after so many operations that did not succeed by the server's word or
	// for want of it (failed ones are the server's word and do not count). 0: no bound.
	MaxErrors int64

	// TLS is for https targets. Other origins than those that get Header see no client certificate, and skip no
	// checks. Nil: the default.
	TLS *tls.Config
	// Protocols is what is spoken. The zero value: https targets are offered HTTP/2 and HTTP/1.1, as by
	// other clients, and http targets are spoken to in HTTP/1.1. HTTP1 and HTTP2 set what is offered to
	// https targets; with UnencryptedHTTP2, http targets are spoken to in HTTP/2 without asking.
	Protocols http.Protocols
	// Transport, if not nil, carries all requests, for proxies. Nil: clients of our own, which cost a
	// fraction.
	Transport http.RoundTripper
	// Foreign, if not nil, carries the requests to other origins than those that get Header, beside
	// Transport. Nil: a Transport of package net/http without client certificates, leave to skip TLS checks and
	// dialers of its own; any other one as it is.
	Foreign http.RoundTripper

	// SameClock says that the server reads this process' clock, as one inside it does. Otherwise the
	// server's clock is estimated from its Date fields.
	SameClock bool

	// Observe, if not nil, is called with what happens, from one goroutine. It may take its time: the
	// load does not wait for it.
	Observe func(Event)
	// Every is how often Observe gets a snapshot. 0: each second.
	Every time.Duration
	// Records has Observe called with a record of each operation that is over.
	Records bool

	made time.Time // when the process was ready to begin
}

// Kind is one kind of operation of a mix.
type Kind struct {
	// Name tells the kind apart in results and thresholds.
	Name string
	// Weight is its share among those of all kinds: 9 and 1 are nine of ten and one of ten. 0: 1.
	Weight int
	// Request and Feed are as those of [Plan].
	Request lro.Request
	Feed    *Feed
}

const (
	defaultConnections = 1000
	defaultTimeout     = 30 * time.Second
	defaultPatience    = 10 * time.Minute
	defaultDrain       = time.Minute
	defaultMaxBody     = 64 << 10
)

// Event is something that happened in a run. Exactly one field is set.
type Event struct {
	Snapshot *Snapshot
	// Records are operations that are over, in no order.
	Records []Record
}

// Snapshot is a run while it goes on.
type Snapshot struct {
	Elapsed time.Duration
	// Draining reports whether there are no more arrivals: what is pending may end.
	Draining bool
	InFlight int64
	// Waiting is the requests that wait for a connection, and Connections those that are open.
	Waiting, Connections int64
	// Series are the counts so far, one entry a series, in the order of the result.
	Series []Live
	// Sample is what happened since the snapshot before.
	Sample measure.Sample
	// Done, Lag, Poll and Late are of the whole run so far, over all series, within 6 %. Lag is empty
	// while the server's clock is not known.
	Done, Lag, Poll, Late measure.Histogram
	// Target is how many operations the plan has, and Until how long its arrivals go on; 0 where it
	// does not say.
	Target int64
	Until  time.Duration
	// Requests and RequestErrors are all so far.
	RequestErrors int64
}

// Live is one series of a [Snapshot].
type Live struct {
	Strategy, Kind string
	Counts         measure.Counts
}

// Check returns what is wrong with the plan, and nil if it can be run.
func (p *Plan) Check() error {
	if err := p.checkKinds(); err != nil {
		return err
	}
	if err := p.Load.check(); err != nil {
		return err
	}
	if err := p.checkShards(); err != nil {
		return err
	}
	for _, bad := range []struct {
		name string
		n    int64
	}{
		{"workers", int64(p.Workers)}, {"connections", int64(p.Connections)}, {"the timeout of a request", int64(p.RequestTimeout)},
		{"the patience", int64(p.Patience)}, {"the largest body", p.MaxBody}, {"the largest number of errors", p.MaxErrors},
		{"the warm-up", int64(p.Warmup)},
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
	if origin := p.home(); !p.allows(origin) {
		return &ForbiddenTargetError{Origin: origin}
	}
	return p.descriptors()
}

// checkShards finds bounds that cannot be divided among the shards.
func (p *Plan) checkShards() error {
	if p.Shard < 0 || p.Shard >= p.shards() {
		return fmt.Errorf("shard %d of %d: they count from 0 to %d", p.Shard, p.shards(), p.shards()-1)
	}
	for _, bound := range []struct {
		name string
		n    int64
	}{
		{"the concurrency", int64(p.Load.Concurrency)}, {"the bound on operations in flight", int64(p.Load.MaxInFlight)},
		{"the bound on connections", int64(p.Connections)}, {"the bound on errors", p.MaxErrors},
	} {
		if bound.n > 0 && bound.n < int64(p.shards()) {
			return fmt.Errorf("%s, %d, is for all %d shards together: each needs at least 1", bound.name, bound.n, p.shards())
		}
	}
	return nil
}

// ForbiddenTargetError says that a plan would load a server that nobody allowed to be loaded.
type ForbiddenTargetError struct{ Origin string }

// Error says what would allow it.
func (e *ForbiddenTargetError) Error() string {
	return e.Origin + " is not on this machine, and a load test of somebody else's server is an attack: allow that origin if it is yours"
}

// allows reports whether requests to an origin may be sent.
func (p *Plan) allows(origin string) bool {
	return slices.Contains(p.Allow, origin) || reach.Local(origin)
}

// sending is what a sender with so many connections has to know.
func (p *Plan) sending(connections int) engine.SenderConfig {
	return engine.SenderConfig{
		Connections: connections, Timeout: p.requestTimeout(), MaxBody: p.maxBody(), Closes: p.Close, TLS: p.TLS, Protocols: p.protocols(),
		HTTP: p.transport(),
	}
}

func (p *Plan) protocols() http.Protocols {
	all := p.Protocols
	if all == (http.Protocols{}) {
		all.SetHTTP1(true)
		all.SetHTTP2(true)
	}
	return all
}

// reach is where requests may go.
func (p *Plan) reach() wire.Targets {
	return wire.Targets{
		Home: p.home(), Allow: p.Allow, Trust: p.Policy.Trust, Header: p.Header, Closes: p.Close, Resolves: p.Transport == nil,
	}
}

func (p *Plan) home() string { return lro.Origin(p.kinds()[0].Request.URL) }

func (p *Plan) kinds() []Kind {
	if len(p.Kinds) == 0 {
		return []Kind{{Request: p.Request, Feed: p.Feed}}
	}
	return p.Kinds
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

// connections is how many this process may have open: its part of those of the plan.
func (p *Plan) connections() int {
	if p.Connections == 0 {
		return min(defaultConnections, p.allowedConnections())
	}
	return portion(p.Connections, p.Shard, p.shards())
}

// maxErrors is this process' part of the bound; 0: none.
func (p *Plan) maxErrors() int64 { return int64(portion(int(p.MaxErrors), p.Shard, p.shards())) }

// inFlight is the bound on operations of this process that are not over.
func (p *Plan) inFlight() int {
	l := p.Load
	l.Concurrency = portion(l.Concurrency, p.Shard, p.shards())
	l.MaxInFlight = portion(l.MaxInFlight, p.Shard, p.shards())
	return l.inFlight()
}

func (p *Plan) requestTimeout() time.Duration { return orElse(p.RequestTimeout, defaultTimeout) }

func (p *Plan) patience() time.Duration { return orElse(p.Patience, defaultPatience) }

func (p *Plan) drain() time.Duration { return max(orElse(p.Drain, defaultDrain), 0) }

func (p *Plan) maxBody() int { return int(orElse(p.MaxBody, defaultMaxBody)) }

func (p *Plan) every() time.Duration { return max(orElse(p.Every, time.Second), 10*time.Millisecond) }

// orElse returns n, and the default where it is 0.
func orElse[T int | int64 | time.Duration](n, fallback T) T {
	if n == 0 {
		return fallback
	}
	return n
}
