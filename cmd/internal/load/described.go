package load

import (
	"context"
	"fmt"
	"math"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/spf13/pflag"

	"github.com/asyncctl/asyncctl/cmd/internal/api"
	"github.com/asyncctl/asyncctl/cmd/internal/app"
	"github.com/asyncctl/asyncctl/cmd/internal/mock"
	"github.com/asyncctl/asyncctl/loadtest"
	"github.com/asyncctl/asyncctl/poller/dialect"
	"github.com/asyncctl/asyncctl/poller/lro"
)

// target returns the URL that is loaded: the argument, or that of the API file's first operation.
func (l *Command) target(args []string, fs *pflag.FlagSet) (url string, stop func(), err error) {
	if !l.API.Given() {
		if len(args) == 0 {
			return "", nil, app.Usagef("say what to load: a URL, or --api FILE; \"asyncctl loadtest mock:\" shows one run")
		}
		return mock.Serve(args[0])
	}
	file, err := l.API.Read(l.World, &l.Profile)
	if err != nil {
		return "", nil, err
	}
	if err := l.flagsOf(file, fs); err != nil {
		return "", nil, err
	}
	stop = func() {}
	if strings.HasPrefix(l.API.URL, "mock:") {
		if stop, err = mock.ServeFile(l.World, &l.API); err != nil {
			return "", nil, err
		}
		file = l.API.File()
	}
	if err := l.choose(file, args); err != nil {
		stop()
		return "", nil, err
	}
	req, err := l.chosen[0].Build(context.Background(), "", api.Values{Load: true}, l.API.Secrets())
	if err == nil && lro.Origin(req.URL) == "" {
		err = fmt.Errorf("%s: it has no url: add --url URL, or --url mock: for a mock of the file", file.Path)
	}
	if err != nil {
		stop()
		return "", nil, app.Misused(err)
	}
	return req.URL, stop, nil
}

// choose says which operations are loaded: the one that is named, else those of the mix, else all.
func (l *Command) choose(file *api.File, args []string) error {
	if len(args) > 0 {
		op, err := l.API.Operation(args[0])
		l.chosen = []*api.Operation{op}
		return err
	}
	for _, op := range file.Operations {
		if share, ok := file.Load.Mix[op.Name]; len(file.Load.Mix) == 0 || ok && share > 0 {
			l.chosen = append(l.chosen, op)
		}
	}
	if len(l.chosen) == 0 {
		return app.Usagef("%s: it has no operations to load", file.Path)
	}
	return nil
}

// flagsOf sets the flags that the section load gives and the person does not, and keeps its limits.
func (l *Command) flagsOf(file *api.File, fs *pflag.FlagSet) error {
	set := func(name, value string) error {
		if err := fs.Set(name, value); err != nil {
			return app.Usagef("%s: load.%s: %v", file.Path, name, err)
		}
		return nil
	}
	given := map[string]bool{}
	fs.VisitAll(func(f *pflag.Flag) { given[f.Name] = f.Changed })
	if given["rate"] || given["stages"] || given["concurrency"] { // the shape of the load is one thing
		given["rate"], given["stages"], given["concurrency"] = true, true, true
	}
	for name, values := range file.Load.Flags {
		if !given[name] {
			if err := set(name, values[0]); err != nil {
				return err
			}
		}
	}
	for name, values := range map[string][]string{"threshold": file.Load.Thresholds, "abort-on": file.Load.AbortOn} {
		for _, v := range values {
			if given[name] {
				break
			}
			if err := set(name, v); err != nil {
				return err
			}
		}
	}
	if most := file.Limits.Rate; most > 0 && !l.NoLimits && float64(l.Load.rate) > most {
		return app.Usagef("%s: limits.rate allows %s requests a second, and --rate asks for %s operations; a lower rate, or --no-limits if the API is yours", file.Path, number(most), number(float64(l.Load.rate)))
	}
	if most := file.Limits.Parallel; most > 0 && !l.NoLimits {
		if l.Load.concurrency > most {
			return app.Usagef("%s: limits.parallel allows %d operations at a time; a lower --concurrency, or --no-limits if the API is yours", file.Path, most)
		}
		if l.Load.maxInFlight == 0 || l.Load.maxInFlight > most {
			l.Load.maxInFlight = most
		}
	}
	return nil
}

// pace keeps the strategies to the API file's interval between polls: where the server gives no hint they
// poll no more often, and one that would in any case is refused.
func (l *Command) pace(strategies []loadtest.Strategy) error {
	least := l.API.Interval(0)
	if least == 0 || l.NoLimits {
		return nil
	}
	for i, s := range strategies {
		name, rest, _ := strings.Cut(s.String(), ":")
		if name == "server" {
			strategies[i] = loadtest.ServerPace(lro.Pace{Min: least, Max: max(least, 30*time.Second)})
			continue
		}
		first, _, _ := strings.Cut(rest, ",")
		if d, err := time.ParseDuration(first); err == nil && d < least {
			return app.Usagef("%s: limits.interval asks for %s between polls, and %s polls more often; a longer interval, or --no-limits if the API is yours", l.API.File().Path, least, s)
		}
	}
	return nil
}

func number(x float64) string { return strconv.FormatFloat(x, 'g', 4, 64) }

// kinds makes the submits of the chosen operations. What the flags say of content and header replaces it
// where there is one operation.
func (l *Command) kinds(flags lro.Request, fs *pflag.FlagSet) ([]loadtest.Kind, error) {
	var all []loadtest.Kind
	mixed := &mix{}
	shares := weights(l.API.File().Load.Mix, l.chosen)
	for _, op := range l.chosen {
		if err := l.API.Allow(op.Submit.Method); err != nil && !l.NoLimits {
			return nil, err
		}
		req, err := op.Build(context.Background(), "", api.Values{Load: true}, l.API.Secrets())
		if err != nil {
			return nil, app.Misused(err)
		}
		if len(l.chosen) == 1 {
			replace(&req, flags, fs)
		}
		d, err := op.Dialect()
		if err != nil {
			return nil, app.Misused(err)
		}
		mixed.add(req, d)
		all = append(all, loadtest.Kind{Name: op.Name, Weight: shares[op.Name], Request: req, Feed: l.plan.Feed})
		followed := d.(*api.Followed)
		l.plan.Policy.Key = dialect.KeyOf(followed.Plain())
		if dialect.NoResult(followed.Plain()) && len(l.chosen) == 1 {
			l.plan.SkipResult = true
		}
	}
	l.plan.Dialect = mixed
	if len(l.chosen) == 1 {
		l.plan.Dialect = mixed.all[0].dialect
	}
	return all, nil
}

// weights returns the shares of operations as whole numbers: 0.9 and 0.1 are 9 and 1.
func weights(mix map[string]float64, ops []*api.Operation) map[string]int {
	all := map[string]int{}
	for _, op := range ops {
		all[op.Name] = 1
	}
	if len(mix) == 0 || len(ops) < 2 {
		return all
	}
	scale := 1.0
	for scale < 1e6 && !wholes(mix, ops, scale) {
		scale *= 10
	}
	for _, op := range ops {
		all[op.Name] = max(1, int(math.Round(mix[op.Name]*scale)))
	}
	return all
}

// wholes reports whether all shares are whole numbers on a scale.
func wholes(mix map[string]float64, ops []*api.Operation, scale float64) bool {
	return !slices.ContainsFunc(ops, func(op *api.Operation) bool {
		x := mix[op.Name] * scale
		return math.Abs(x-math.Round(x)) > 1e-6
	})
}

// replace gives a submit what the flags say instead.
func replace(req *lro.Request, flags lro.Request, fs *pflag.FlagSet) {
	if fs.Changed("request") {
		req.Method = flags.Method
	}
	if slices.ContainsFunc([]string{"data", "data-binary", "data-raw", "data-urlencode", "json", "form"}, fs.Changed) {
		req.Body = flags.Body
		req.Header.Del("Content-Type")
	}
	for name, values := range flags.Header {
		req.Header[name] = values
	}
}

// mix reads each operation with the dialect of its kind: by the description that it carries, or, as long
// as it is being submitted, by its method and path.
type mix struct {
	all []kindOf
}

type kindOf struct {
	method, path string
	dialect      *api.Followed
}

func (m *mix) add(req lro.Request, d lro.Dialect) {
	path, _, _ := strings.Cut(req.URL, "?")
	path, _, _ = strings.Cut(path, "{{")
	m.all = append(m.all, kindOf{req.Method, path, d.(*api.Followed)})
}

func (m *mix) of(method, url string, about *lro.Described) *api.Followed {
	best := m.all[0].dialect
	longest := -1
	for i := range m.all {
		k := &m.all[i]
		if about != nil && k.dialect.About == about {
			return k.dialect
		}
		if k.method == method && strings.HasPrefix(url, k.path) && len(k.path) > longest {
			best, longest = k.dialect, len(k.path)
		}
	}
	return best
}

// Prepare returns the submit as its kind's dialect wants it.
func (m *mix) Prepare(req lro.Request) lro.Request {
	return m.of(req.Method, req.URL, nil).Prepare(req)
}

// Read says what the reply means.
func (m *mix) Read(op lro.Operation, r lro.Reply) (lro.Reading, error) {
	return m.of(op.SubmitMethod, op.SubmitURL, op.Described).Read(op, r)
}

// Cancel returns the request that calls op off.
func (m *mix) Cancel(op lro.Operation) (lro.Request, bool) {
	return m.of(op.SubmitMethod, op.SubmitURL, op.Described).Cancel(op)
}

// Ask asks as the kind's dialect does.
func (m *mix) Ask(op lro.Operation) lro.Request {
	return m.of(op.SubmitMethod, op.SubmitURL, op.Described).Ask(op)
}

// FetchAs asks for the result as the kind's dialect does.
func (m *mix) FetchAs(op lro.Operation) lro.Request {
	return m.of(op.SubmitMethod, op.SubmitURL, op.Described).FetchAs(op)
}

// dress adds the API file's header to that of every request.
func (l *Command) dress(url string, always http.Header) error {
	credentials, err := l.API.Dress(l.ctx, url, always, l.plan.Credentials)
	l.plan.Credentials = credentials
	return err
}
