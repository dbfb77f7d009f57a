package cmd

import (
	"github.com/spf13/cobra"

	"github.com/asyncctl/asyncctl/cmd/internal/app"
	"github.com/asyncctl/asyncctl/cmd/internal/load"
)

func newLoadAdvise(w app.World) *cobra.Command {
	a := &load.Advise{Command: load.Command{World: w}}
	c := &cobra.Command{
		Use:   "advise RESULT...|URL",
		Short: "Say what to put into Retry-After, from a run or its file",
		Long: `Replay the measured completion times under any fixed or growing Retry-After, and recommend a value:
the knee of the curve of detection lag against polls. RESULT is a file of loadtest --out; several are
merged. With a URL the load is run first, with the same flags as loadtest.

The replay counts from the acceptance of an operation. It is held against what the run measured of its
own strategies: where it cannot explain those, the advice says so.

--verify makes that exit code 1, and serves the measured completion times from a mock, faster than they
were, polls it by the recommended value, and holds what comes out against the prediction: more than a
tenth off is exit code 1 too.`,
		Example: `  asyncctl loadtest advise run.json
  asyncctl loadtest advise run.json --report html=advice.html --report svg=curve.svg
  asyncctl loadtest advise run.json --verify
  asyncctl loadtest advise 'mock:?duration=8s&distribution=lognormal:0.7' --rate 50/s --duration 30s`,
		Args: cobra.MinimumNArgs(1),
		RunE: func(c *cobra.Command, args []string) error { return a.Advise(c, args) },
	}
	fs := c.Flags()
	fs.SortFlags = false
	fs.Var(&a.Unit, "unit", "what the header can say: 1s for Retry-After (default), 1ms for headers in milliseconds")
	fs.StringVar(&a.Jitter, "jitter", "10%", "how much later than asked clients come, at most, as a `share` of the pause; 0 for none")
	fs.StringVar(&a.Worth, "worth", "2%", "one more poll an operation has to shorten the lag by this `share` of the mean work to be worth it")
	fs.BoolVar(&a.Verify, "verify", false, "try the recommended value on a mock with the measured completion times")
	a.Load.Bind(fs)
	a.Output.Bind(fs)
	a.Request.Bind(fs)
	a.Profile.Bind(fs)
	a.Header.Bind(fs)
	a.Waiting.BindPatience(fs)
	a.Waiting.BindQuestion(fs)
	a.Connection.Bind(fs)
	return c
}
