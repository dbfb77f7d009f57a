package follow

import (
	"context"
	"net/http"
	"strings"
	"time"

	"github.com/spf13/pflag"

	"github.com/asyncctl/asyncctl/cmd/internal/app"
	"github.com/asyncctl/asyncctl/cmd/internal/curl"
	"github.com/asyncctl/asyncctl/poller/lro"
)

// Waiting say how long to wait, how often to ask, and whom to trust.
type Waiting struct {
	Timeout        Deadline
	interval       curl.Seconds
	maxInterval    curl.Seconds
	RequestTimeout curl.Seconds
	pollRetries    int
	grace          curl.Seconds
	trust          []string
	allowDowngrade bool
	SuccessWhen    []string
	FailureWhen    []string
	onInterrupt    string
	dialectName    string
	named          lro.Dialect // what dialectName stands for, once it was read
	resultFrom     string
	allowPartial   bool
	longPoll       curl.Seconds
	carry          []string
	repeat         []string
}

func (f *Waiting) Bind(fs *pflag.FlagSet) {
	f.Timeout.after = 10 * time.Minute
	fs.Var(&f.Timeout, "timeout", "bound the whole command; none for no bound (`seconds` or 1m30s)")
	fs.VarP(&f.Timeout, "max-time", "m", "alias of --timeout")
	fs.Lookup("max-time").DefValue = ""
	fs.Var(&f.interval, "interval", "shortest wait between polls where the server does not say (default 1s)")
	fs.Var(&f.maxInterval, "max-interval", "longest wait between polls, even if the server asks for a longer one (default 30s where it does not say)")
	f.BindPatience(fs)
	f.BindQuestion(fs)
	fs.StringVar(&f.onInterrupt, "on-interrupt", "keep", "what Ctrl-C does to the operation: `keep` it running, or cancel it")
	fs.StringVar(&f.resultFrom, "result-from", "auto", "where the result is, if the API leaves it open: the last `status`, where location led, at the original URL, or none")
	fs.BoolVar(&f.allowPartial, "allow-partial", false, "take an operation that did a part of its work for a success")
	fs.Var(&f.longPoll, "long-poll", "let the server hold each answer so long, until there is something to say")
	fs.StringArrayVar(&f.SuccessWhen, "success-when", nil, "a state `WORD` (or /pointer=WORD) that means success, besides the known ones")
	fs.StringArrayVar(&f.FailureWhen, "failure-when", nil, "a state `WORD` (or /pointer=WORD) that means failure, besides the known ones")
}

// BindPaces binds how long to watch, how often to ask and whom to trust, for a command that tells the
// dialect by itself.
func (f *Waiting) BindPaces(fs *pflag.FlagSet) {
	f.Timeout.after, f.dialectName, f.resultFrom, f.onInterrupt, f.pollRetries = 10*time.Minute, "auto", "auto", "keep", 10
	fs.Var(&f.Timeout, "timeout", "bound the whole command; none for no bound (`seconds` or 1m30s)")
	fs.Var(&f.interval, "interval", "shortest wait between polls where the server does not say (default 1s)")
	fs.Var(&f.RequestTimeout, "request-timeout", "give up a single request after so long without an answer (default 60s)")
	fs.StringArrayVar(&f.trust, "trust-origin", nil, "`ORIGIN` (https://host[:port]) that may see your headers, credentials and content too")
}

// BindPatience binds what an operation is forgiven that is polled until its end.
func (f *Waiting) BindPatience(fs *pflag.FlagSet) {
	fs.IntVar(&f.pollRetries, "poll-retries", 10, "consecutive transient poll failures to tolerate (5xx, 429, no connection)")
	fs.Var(&f.grace, "grace", "how long a 404 right after the submit means \"not yet\" (default 30s)")
}

// BindQuestion binds what also a single question needs.
func (f *Waiting) BindQuestion(fs *pflag.FlagSet) {
	fs.StringVar(&f.dialectName, "dialect", "auto", "how the API says it: auto tells by the answer to the submit, or a `NAME` (\"asyncctl api list\")")
	fs.StringArrayVar(&f.carry, "carry-query", nil, "query parameter `NAME` of the submit that polls get too, such as api-version")
	fs.StringArrayVar(&f.repeat, "repeat-header", nil, "header `NAME` that -H gives for the submit alone (Prefer, Content-Type, ...) and that polls get too")
	fs.Var(&f.RequestTimeout, "request-timeout", "give up a single request after so long without an answer (default 60s)")
	fs.StringArrayVar(&f.trust, "trust-origin", nil, "`ORIGIN` (https://host[:port]) that may see your headers, credentials and content too")
	fs.BoolVar(&f.allowDowngrade, "allow-downgrade", false, "follow the server from https to http")
}

func (f *Waiting) pace() lro.Pace {
	return lro.Pace{Min: time.Duration(f.interval), Max: time.Duration(f.maxInterval)}
}

func (f *Waiting) Policy() (lro.Policy, error) {
	if err := app.OneOf("--on-interrupt", f.onInterrupt, "", "keep", "cancel"); err != nil {
		return lro.Policy{}, err
	}
	p := lro.Policy{
		Misses: f.pollRetries, Grace: time.Duration(f.grace),
		MaxHint: time.Duration(f.maxInterval), AllowDowngrade: f.allowDowngrade,
	}
	var ok bool
	if p.ResultFrom, ok = lro.ResultFromName(f.resultFrom); !ok && f.resultFrom != "" {
		return p, app.Usagef("--result-from %q: it is auto, status, location, original or none (or Azure's azure-async-operation, operation-location, original-uri)", f.resultFrom)
	}
	if p.LongPoll = time.Duration(f.longPoll); p.LongPoll != 0 && p.LongPoll < time.Second {
		return p, app.Usagef("--long-poll %v: servers count in whole seconds", p.LongPoll)
	}
	p.AllowPartial, p.Carry = f.allowPartial, f.carry
	if p.Misses == 0 {
		p.Misses = -1
	}
	for _, o := range f.trust {
		origin := lro.Origin(o)
		if origin == "" || strings.TrimSuffix(strings.ToLower(o), "/") != origin {
			return p, app.Usagef("--trust-origin %q: an origin is https://host or https://host:port", o)
		}
		p.Trust = append(p.Trust, origin)
	}
	return p, nil
}

// base returns the dialect that was named. A file is read once.
func (f *Waiting) base() (lro.Dialect, error) {
	if f.named == nil {
		var err error
		if f.named, err = namedDialect(f.dialectName); err != nil {
			return nil, err
		}
	}
	return f.named, nil
}

// Dialect returns the dialect that was named, with the words that the person added.
func (f *Waiting) Dialect() (lro.Dialect, error) {
	base, err := f.base()
	if err != nil {
		return nil, err
	}
	var words []lro.Condition
	for _, group := range []struct {
		flag  string
		texts []string
		state lro.State
	}{{"--success-when", f.SuccessWhen, lro.StateSucceeded}, {"--failure-when", f.FailureWhen, lro.StateFailed}} {
		for _, text := range group.texts {
			c := lro.Condition{Word: text, State: group.state}
			if strings.HasPrefix(text, "/") {
				var ok bool
				if c.Pointer, c.Word, ok = strings.Cut(text, "="); !ok {
					return nil, app.Usagef("%s %q: write WORD or /pointer=WORD", group.flag, text)
				}
			}
			if c.Word == "" {
				return nil, app.Usagef("%s %q: the word is missing", group.flag, text)
			}
			words = append(words, c)
		}
	}
	if len(words) == 0 {
		return base, nil
	}
	return lro.Conditions{Dialect: base, Words: words}, nil
}

// context returns the context that ends with --timeout.
func (f *Waiting) context(parent context.Context) (context.Context, context.CancelFunc) {
	if f.Timeout.None {
		return context.WithCancel(parent)
	}
	return context.WithTimeout(parent, f.Timeout.after)
}

// repeatHeader moves header fields of the submit to those of every request.
func (f *Waiting) repeatHeader(always, submit http.Header) error {
	for _, name := range f.repeat {
		values := submit.Values(name)
		if len(values) == 0 {
			values = always.Values(name)
		}
		if len(values) == 0 {
			return app.Usagef("--repeat-header %.40q: there is no -H of that name", name)
		}
		always[http.CanonicalHeaderKey(name)] = values
	}
	return nil
}
