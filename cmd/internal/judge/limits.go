package judge

import (
	"cmp"
	"slices"
	"strconv"
	"strings"

	"github.com/spf13/pflag"

	"github.com/asyncctl/asyncctl/cmd/internal/app"
	"github.com/asyncctl/asyncctl/conformance"
)

// limitFlags bound how much is asked of the server.
type limitFlags struct {
	rate     string
	parallel int
	methods  []string
}

// Bind binds the flags.
func (f *limitFlags) Bind(fs *pflag.FlagSet) {
	fs.StringVar(&f.rate, "rate", "", "at most so many requests a `second`, such as 5 or 0.5 (default 10; on this machine there is no bound)")
	fs.IntVar(&f.parallel, "parallel", 0, "operations at a `time` (default 4; on this machine 8); one at a time by itself where the server asks for it")
	fs.StringSliceVar(&f.methods, "methods", nil, "send nothing but these `methods`, such as GET,POST; rules that need others are skipped")
}

// limits are those of the flags and of the description of the API; the tighter ones count.
func (f *limitFlags) limits(described conformance.Limits) (conformance.Limits, error) {
	limits := described
	if f.rate != "" {
		rate, err := strconv.ParseFloat(strings.TrimSuffix(f.rate, "/s"), 64)
		if err != nil || rate <= 0 || rate > 1e6 {
			return limits, app.Usagef("--rate %q: write how many requests a second, such as 5 or 0.5", f.rate)
		}
		if limits.Rate == 0 || rate < limits.Rate {
			limits.Rate = rate
		}
	}
	if f.parallel < 0 {
		return limits, app.Usagef("--parallel %d: at least one operation runs at a time", f.parallel)
	}
	if f.parallel > 0 {
		limits.Parallel = min(f.parallel, cmp.Or(limits.Parallel, f.parallel))
	}
	for _, method := range f.methods {
		method = strings.ToUpper(strings.TrimSpace(method))
		if !slices.Contains([]string{"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"}, method) {
			return limits, app.Usagef("--methods %q: the methods are GET, HEAD, POST, PUT, PATCH and DELETE", method)
		}
		if described.Methods == nil || slices.Contains(described.Methods, method) {
			if limits.Methods == nil || len(described.Methods) > 0 && slices.Equal(limits.Methods, described.Methods) {
				limits.Methods = nil
			}
			limits.Methods = append(limits.Methods, method)
		}
	}
	return limits, nil
}
