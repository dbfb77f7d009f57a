package reports

import (
	"bufio"
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"log"
	"net"
	"net/http"
	"os"
	"slices"
	"strings"
	"sync"
	"time"
)

// Options are the command line of a server, whatever its store.
type Options struct {
	Roles                   []string // of api, status, worker, sweeper, count
	Listen, Public          string
	RetryAfter, Retention   time.Duration
	Lease                   time.Duration
	Slots, Attempts         int
	MaxQueue, Burst         int
	Rate                    float64
	Tokens                  map[string]string
	Race                    Race
	roles, tokenFile, racer string
}

// Flags declares the options on a flag set. Call [Options.Finish] after it was parsed.
func (o *Options) Flags(f *flag.FlagSet) {
	f.StringVar(&o.roles, "roles", "api,status,worker,sweeper", "what this process does, separated by commas; or count: print what is stored, and end")
	f.StringVar(&o.Listen, "listen", "127.0.0.1:8080", "where to serve orders and status; port 0 is any")
	f.StringVar(&o.Public, "public", "", "what precedes the path in status URLs, as https://api.example.com; empty for relative references")
	f.DurationVar(&o.RetryAfter, "retry-after", time.Second, "the hint for polls")
	f.DurationVar(&o.Retention, "retention", 24*time.Hour, "how long an operation is kept after its end")
	f.DurationVar(&o.Lease, "lease", 10*time.Second, "how long a worker has a message without a sign of life")
	f.IntVar(&o.Slots, "slots", 4, "operations that a worker works on at a time")
	f.IntVar(&o.Attempts, "attempts", 3, "workers that may begin an operation before it counts as failed")
	f.IntVar(&o.MaxQueue, "max-queue", 1000, "queued operations from which on orders are refused with 503")
	f.Float64Var(&o.Rate, "rate", 0, "orders a second for each owner, refused with 429 beyond; 0 is any number")
	f.IntVar(&o.Burst, "burst", 10, "orders that an owner may send at once, with -rate")
	f.StringVar(&o.tokenFile, "tokens", "", "a file of lines OWNER TOKEN; without it everybody may do everything")
	f.StringVar(&o.racer, "race", "", "break one thing: status-late, result-late, unconditional, key-race, expired-signature")
}

// Finish checks the options, and that there are no arguments beside them.
func (o *Options) Finish(arguments []string) error {
	if len(arguments) > 0 {
		return fmt.Errorf("unknown argument %q: there are only flags, see -help", arguments[0])
	}
	for role := range strings.SplitSeq(o.roles, ",") {
		if !slices.Contains([]string{"api", "status", "worker", "sweeper", "count"}, role) {
			return fmt.Errorf("-roles: unknown role %q; there are api, status, worker, sweeper, count", role)
		}
		o.Roles = append(o.Roles, role)
	}
	if o.RetryAfter <= 0 || o.Retention <= 0 || o.Lease < time.Second || o.Slots < 1 || o.Attempts < 1 || o.MaxQueue < 1 || o.Rate < 0 {
		return errors.New("-retry-after, -retention, -slots, -attempts and -max-queue must be positive, -lease at least 1s, -rate not negative")
	}
	var err error
	if o.Race, err = ParseRace(o.racer); err != nil {
		return err
	}
	if o.tokenFile != "" {
		o.Tokens, err = readTokens(o.tokenFile)
	}
	return err
}

func readTokens(path string) (map[string]string, error) {
	f, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	tokens := map[string]string{}
	lines := bufio.NewScanner(io.LimitReader(f, 1<<20))
	for n := 1; lines.Scan(); n++ {
		fields := strings.Fields(lines.Text())
		if len(fields) == 0 {
			continue
		}
		if len(fields) != 2 {
			return nil, fmt.Errorf("%s:%d: want OWNER TOKEN", path, n)
		}
		tokens[fields[1]] = fields[0]
	}
	if len(tokens) == 0 {
		return nil, fmt.Errorf("%s: holds no token", path)
	}
	return tokens, lines.Err()
}

// Run does what the roles say until ctx ends, and then ends in order: no new requests, held ones are
// answered, what workers have goes back into the queue.
func Run(ctx context.Context, o Options, store Store) error {
	var all sync.WaitGroup
	defer all.Wait()
	if slices.Contains(o.Roles, "worker") {
		w := &Worker{Store: store, Slots: o.Slots, Lease: o.Lease, Attempts: o.Attempts, Retention: o.Retention, Race: o.Race}
		all.Go(func() { w.Run(ctx) })
	}
	if slices.Contains(o.Roles, "sweeper") {
		s := &Sweeper{Store: store, Retention: o.Retention, Stale: 3 * o.Lease, Every: min(o.Lease, max(o.Retention/2, time.Second))}
		all.Go(func() { s.Run(ctx) })
	}
	if slices.Contains(o.Roles, "count") {
		return Count(ctx, store, os.Stdout)
	}
	api, status := slices.Contains(o.Roles, "api"), slices.Contains(o.Roles, "status")
	if !api && !status {
		return nil
	}
	a := &API{
		Store: store, Public: strings.TrimSuffix(o.Public, "/"), Tokens: o.Tokens, RetryAfter: o.RetryAfter, MaxQueue: o.MaxQueue,
		Rate: o.Rate, Burst: o.Burst, Retention: o.Retention, MaxWait: 30 * time.Second, Closing: ctx.Done(), Race: o.Race,
	}
	return Serve(ctx, o.Listen, a.Handler(api, status), func(url string) { log.Printf("orders and status: %s", url) })
}

// Serve serves a handler until ctx ends, and calls ready with the URL once it accepts connections.
func Serve(ctx context.Context, listen string, h http.Handler, ready func(url string)) error {
	l, err := net.Listen("tcp", listen)
	if err != nil {
		return err
	}
	server := &http.Server{Handler: h, ReadHeaderTimeout: 5 * time.Second, ReadTimeout: 30 * time.Second, WriteTimeout: time.Minute, IdleTimeout: 2 * time.Minute, MaxHeaderBytes: 32 << 10}
	ready("http://" + l.Addr().String())
	closed := make(chan error, 1)
	go func() {
		<-ctx.Done()
		last, stop := context.WithTimeout(context.WithoutCancel(ctx), 10*time.Second)
		defer stop()
		closed <- server.Shutdown(last)
	}()
	if err := server.Serve(l); !errors.Is(err, http.ErrServerClosed) {
		return err
	}
	return <-closed
}
