package load

import (
	"fmt"
	"strconv"
	"strings"
	"time"

	"github.com/spf13/pflag"

	"github.com/asyncctl/asyncctl/cmd/internal/app"
	"github.com/asyncctl/asyncctl/cmd/internal/curl"
	"github.com/asyncctl/asyncctl/loadtest"
	"github.com/asyncctl/asyncctl/loadtest/judge"
)

// loadFlags say how much load there is, and how it is polled.
type loadFlags struct {
	rate        ratePerSecond
	stages      string
	arrivals    string
	seed        uint64
	concurrency int
	operations  int64
	duration    curl.Seconds
	maxInFlight int
	drain       curl.Seconds
	timeout     curl.Seconds
	skipResult  bool

	strategy string
	compare  []string
	feed     string

	connections int
	given       bool // --connections was
	workers     int
	close       bool
	shard       string
	startAt     string
	run         string
	warmup      curl.Seconds
	records     string

	allow      []string
	maxErrors  int64
	thresholds []string
	aborts     []string
}

func (f *loadFlags) Bind(fs *pflag.FlagSet) {
	fs.Var(&f.rate, "rate", "operations that arrive in a second, as in 50/s, 600/m or 0.5/s (default 10/s)")
	fs.StringVar(&f.stages, "stages", "", "change the rate in straight lines: `DURATION:RATE,...`, as in 30s:50/s,2m:50/s,10s:0; a duration of 0 jumps")
	fs.StringVar(&f.arrivals, "arrivals", "constant", "`constant`, or poisson: arrivals that do not know of each other")
	fs.Uint64Var(&f.seed, "seed", 1, "make arrivals and jitter repeatable")
	fs.IntVar(&f.concurrency, "concurrency", 0, "keep so many operations in flight instead of a rate: the end of one begins the next")
	fs.Int64Var(&f.operations, "operations", 0, "end the arrivals after so many operations")
	fs.Var(&f.duration, "duration", "end the arrivals after so long (`seconds` or 1m30s; default 10s where there is no other end)")
	fs.IntVar(&f.maxInFlight, "max-in-flight", 0, "limit of concurrent operations; arrivals beyond it are counted as shed (default 1000000)")
	fs.Var(&f.drain, "drain", "let pending operations end for so long after the last arrival; 0 for not at all (default 1m)")
	fs.Var(&f.timeout, "operation-timeout", "give up an operation after so long (default 10m)")
	fs.BoolVar(&f.skipResult, "skip-result", false, "do not fetch results: an operation is over once its end is known")
	fs.StringVar(&f.strategy, "strategy", "server", "how to poll: `server` (its hint is a floor), exact (its hint is the interval; at once for 0), fixed:1s, exponential:1s,2,30s, decorrelated:1s,30s")
	fs.StringArrayVar(&f.compare, "compare", nil, "poll by several strategies in turn on the same server: `server,fixed:1s,exponential,decorrelated`; repeat the flag for those with a comma in them")
	fs.StringVar(&f.feed, "feed", "", "`file` of NDJSON or CSV (by its name): operation i takes line i; - for NDJSON on stdin")
	fs.IntVar(&f.connections, "connections", 0, "at most so many connections (default 1000, or what the process may open)")
	fs.IntVar(&f.workers, "workers", 0, "goroutines that share the work (default one for each CPU)")
	fs.BoolVar(&f.close, "close", false, "use each connection for one request")
	fs.StringVar(&f.shard, "shard", "", "run part `i/n` of the plan, i from 0; auto[/n] where an engine numbers its tasks. loadtest merge puts the results together")
	fs.StringVar(&f.startAt, "start-at", "", "begin at this `time` (2026-03-14T09:30:00Z or Unix seconds), the same for all parts; arrivals before are counted as missed")
	fs.StringVar(&f.run, "run-id", "", "`name` of the run, the same for all parts: results of other runs cannot be merged with it")
	fs.Var(&f.warmup, "warmup", "do not count the operations of the first so long (`seconds` or 1m30s)")
	fs.StringVar(&f.records, "records", "", "write what became of each operation to this `file`, one line of JSON each")
	fs.StringArrayVar(&f.allow, "allow-target", nil, "`ORIGIN` (https://host[:port]) that may be loaded besides this machine: it has to be yours")
	fs.Int64Var(&f.maxErrors, "max-errors", 0, "end the run after so many operations that went wrong in another way than by the server's word")
	fs.StringArrayVar(&f.thresholds, "threshold", nil, "`condition` that has to be met, or the exit code is 1: 'p99(done)<30s'")
	fs.StringArrayVar(&f.aborts, "abort-on", nil, "`condition` that ends the run when it becomes true: 'rate(lost)>10%'")
}

// ratePerSecond is a flag: 50/s, 600/m, 50.
type ratePerSecond float64

func (r *ratePerSecond) String() string {
	if *r == 0 {
		return ""
	}
	return strconv.FormatFloat(float64(*r), 'g', -1, 64) + "/s"
}

func (r *ratePerSecond) Type() string { return "rate" }

func (r *ratePerSecond) Set(text string) error {
	rate, err := parseRate(text)
	if err == nil && rate == 0 {
		err = fmt.Errorf("at %q no operation ever arrives", text)
	}
	*r = ratePerSecond(rate)
	return err
}

// parseRate reads 50, 50/s, 600/m, 1/10s.
func parseRate(text string) (float64, error) {
	number, per, given := strings.Cut(text, "/")
	n, err := strconv.ParseFloat(number, 64)
	if err != nil || !(n >= 0 && n <= 1e9) {
		return 0, fmt.Errorf("%q is no rate: write 50/s, 600/m or 1/10s", text)
	}
	if !given {
		return n, nil
	}
	if per == "s" || per == "m" || per == "h" {
		per = "1" + per
	}
	d, err := time.ParseDuration(per)
	if err != nil || d <= 0 {
		return 0, fmt.Errorf("%q is no rate: write 50/s, 600/m or 1/10s", text)
	}
	return n / d.Seconds(), nil
}

// parseStages reads 30s:50/s,2m:50/s,10s:0.
func parseStages(text string) ([]loadtest.Stage, error) {
	var stages []loadtest.Stage
	for i, part := range strings.Split(text, ",") {
		length, rate, ok := strings.Cut(strings.TrimSpace(part), ":")
		if !ok {
			return nil, app.Usagef("--stages: part %d, %q, is not DURATION:RATE, as in 30s:50/s", i+1, part)
		}
		d, err := curl.ParseDuration(length)
		if err != nil {
			return nil, app.Usagef("--stages: part %d: %v", i+1, err)
		}
		r, err := parseRate(rate)
		if err != nil {
			return nil, app.Usagef("--stages: part %d: %v", i+1, err)
		}
		stages = append(stages, loadtest.Stage{Duration: d, Rate: r})
	}
	return stages, nil
}

// strategies reads --strategy and --compare. A comma separates two strategies where what follows it
// is the name of one, and else belongs to the strategy before it.
func (f *loadFlags) strategies() ([]loadtest.Strategy, error) {
	texts := []string{f.strategy}
	if len(f.compare) > 0 {
		texts = nil
		for _, list := range f.compare {
			for _, part := range strings.Split(list, ",") {
				if name, _, _ := strings.Cut(part, ":"); len(texts) > 0 && name != "" && (name[0] >= '0' && name[0] <= '9' || name[0] == '.') {
					texts[len(texts)-1] += "," + part
					continue
				}
				texts = append(texts, part)
			}
		}
	}
	var list []loadtest.Strategy
	seen := map[string]bool{}
	for _, text := range texts {
		s, err := loadtest.ParseStrategy(text)
		if err != nil {
			return nil, app.Misused(err)
		}
		if seen[s.String()] {
			return nil, app.Usagef("--compare: %s is there twice", s)
		}
		seen[s.String()] = true
		list = append(list, s)
	}
	return list, nil
}

// Conditions reads --threshold or --abort-on.
func Conditions(flag string, texts []string) ([]judge.Threshold, error) {
	var list []judge.Threshold
	for _, text := range texts {
		t, err := judge.ParseThreshold(text)
		if err != nil {
			return nil, app.Usagef("--%s: %v", flag, err)
		}
		if why := t.Live(); flag == "abort-on" && why != "" {
			return nil, app.Usagef("--abort-on %s: %s", t, why)
		}
		list = append(list, t)
	}
	return list, nil
}
