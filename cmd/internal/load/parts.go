package load

import (
	"time"

	"github.com/spf13/pflag"

	"github.com/asyncctl/asyncctl/cmd/internal/curl"
	"github.com/asyncctl/asyncctl/loadtest"
)

// Parts says what of a plan's parts may be missing or late.
type Parts struct {
	missing bool
	skew    curl.Seconds
}

// Bind makes the flags of fs set the parts.
func (p *Parts) Bind(fs *pflag.FlagSet) {
	fs.BoolVar(&p.missing, "allow-missing", false, "let parts of the plan be missing")
	fs.Var(&p.skew, "allow-skew", "let parts begin so far apart (`seconds` or 1m30s; default 1s)")
}

// Options are the flags as the merge takes them.
func (p *Parts) Options() loadtest.MergeOptions {
	return loadtest.MergeOptions{AllowMissing: p.missing, AllowSkew: time.Duration(p.skew)}
}
