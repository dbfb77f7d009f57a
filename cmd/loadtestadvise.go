package cmd

import (
	"errors"
	"fmt"
	"io"
	"os"
	"strconv"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"github.com/asyncctl/asyncctl/cmd/internal/curl"
	"github.com/asyncctl/asyncctl/cmd/internal/render"
	"github.com/asyncctl/asyncctl/loadtest"
	"github.com/asyncctl/asyncctl/loadtest/report"
)

// adviseCommand says what to put into Retry-After.
type adviseCommand struct {
	loadCommand
	unit   curl.Seconds
	jitter string
	worth  string
	verify bool
}

func newLoadAdvise(w World) *cobra.Command {
	a := &adviseCommand{loadCommand: loadCommand{w: w}}
	c := &cobra.Command{
		Use:   "advise RESULT...|URL",
		Short: "Say what to put into Retry-After, from a run or its file",
		Long: `Replay the measured completion times under any fixed or growing Retry-After, and recommend a value:
the knee of the curve of detection lag against polls. RESULT is a file of loadtest --out; several are
merged. With a URL the load is run first, with the same flags as loadtest.

--verify serves the measured completion times from a mock, faster than they were, polls it by the
recommended value, and holds what comes out against the prediction: more than a tenth off is exit
code 1.`,
		Example: `  asyncctl loadtest advise run.json
  asyncctl loadtest advise run.json --report html=advice.html --report svg=curve.svg
  asyncctl loadtest advise run.json --verify
  asyncctl loadtest advise 'mock:?duration=8s&distribution=lognormal:0.7' --rate 50/s --duration 30s`,
		Args: cobra.MinimumNArgs(1),
		RunE: func(c *cobra.Command, args []string) error { return a.advise(c, args) },
	}
	fs := c.Flags()
	fs.SortFlags = false
	fs.Var(&a.unit, "unit", "what the header can say: 1s for Retry-After (default), 1ms for headers in milliseconds")
	fs.StringVar(&a.jitter, "jitter", "10%", "how much later than asked clients come, at most, as a `share` of the pause; 0 for none")
	fs.StringVar(&a.worth, "worth", "2%", "one more poll an operation has to shorten the lag by this `share` of the mean work to be worth it")
	fs.BoolVar(&a.verify, "verify", false, "try the recommended value on a mock with the measured completion times")
	a.load.bind(fs)
	a.out.bind(fs)
	a.request.Bind(fs)
	a.prof.bind(fs)
	a.head.Bind(fs)
	a.wait.bindPatience(fs)
	a.wait.bindQuestion(fs)
	a.conn.Bind(fs)
	return c
}

// parseShare reads 10%, 0.1.
func parseShare(flag, text string) (float64, error) {
	number, isPercent := strings.CutSuffix(strings.TrimSpace(text), "%")
	v, err := strconv.ParseFloat(number, 64)
	if isPercent {
		v /= 100
	}
	if err != nil || !(v >= 0 && v <= 1000) {
		return 0, usagef("--%s %q is not a share: write 10%% or 0.1", flag, text)
	}
	return v, nil
}

func (a *adviseCommand) options() (loadtest.AdviseOptions, error) {
	o := loadtest.AdviseOptions{Unit: time.Duration(a.unit)}
	var err error
	if o.Jitter, err = parseShare("jitter", a.jitter); err != nil {
		return o, err
	}
	if o.Jitter == 0 {
		o.Jitter = -1
	}
	if o.Jitter > 1 {
		return o, usagef("--jitter %s: it is at most 100%%", a.jitter)
	}
	if o.Worth, err = parseShare("worth", a.worth); err == nil && o.Worth == 0 {
		err = usagef("--worth is more than 0")
	}
	return o, err
}

func (a *adviseCommand) advise(c *cobra.Command, args []string) error {
	a.ctx = c.Context()
	options, err := a.options()
	if err != nil {
		return err
	}
	format := a.out.format
	if err := oneOf("--format", format, "text", "json", "svg"); err != nil {
		return err
	}
	defer a.out.abandon()
	result, err := a.measured(c, args)
	if err != nil {
		return err
	}
	advice, err := loadtest.Advise(result, options)
	if errors.Is(err, loadtest.ErrNothingDone) {
		fmt.Fprintf(a.w.Stderr, "asyncctl: %v\n", err)
		return exitError(exitNo)
	}
	if err != nil {
		return err
	}
	v := report.View{Result: result, Advice: advice}
	a.out.format = "text"
	if err := a.out.files(v); err != nil {
		return err
	}
	switch format {
	case "json":
		err = report.AdviceJSON(a.w.Stdout, advice)
	case "svg":
		err = v.SVG(a.w.Stdout)
	default:
		err = report.AdviceText(a.w.Stdout, advice, a.out.text(a.w))
	}
	if err != nil || !a.verify {
		return err
	}
	return a.check(result, advice)
}

// measured returns the result to advise on: of files, or of a run.
func (a *adviseCommand) measured(c *cobra.Command, args []string) (*loadtest.Result, error) {
	isTarget := strings.HasPrefix(args[0], "mock:") || isURL(args[0])
	if !isTarget {
		if err := a.out.reserve(); err != nil {
			return nil, err
		}
		return mergedFiles(a.w, args)
	}
	if len(args) > 1 {
		return nil, usagef("advise takes one URL, or result files")
	}
	url, stop, err := serveMock(args[0])
	if err != nil {
		return nil, err
	}
	defer stop()
	if err := a.prepare(url, c.Flags()); err != nil {
		return nil, err
	}
	if err := a.out.reserve(); err != nil {
		return nil, err
	}
	a.plan.SameClock = strings.HasPrefix(args[0], "mock:")
	return a.execute(args[0])
}

// mergedFiles reads result files and makes one of them.
func mergedFiles(w World, paths []string) (*loadtest.Result, error) {
	var all []*loadtest.Result
	for _, path := range paths {
		r, err := readResult(w, path)
		if err != nil {
			return nil, err
		}
		all = append(all, r)
	}
	if len(all) == 1 {
		return all[0], nil
	}
	merged, err := loadtest.Merge(all...)
	if err != nil {
		return nil, misused(err)
	}
	return merged, nil
}

// readResult reads a result file by its name; - is stdin.
func readResult(w World, path string) (*loadtest.Result, error) {
	var in io.Reader = w.Stdin
	if path != "-" {
		f, err := os.Open(path)
		if err != nil {
			return nil, usagef("%v", err)
		}
		defer f.Close()
		in = f
	}
	r, err := report.Read(in)
	if err != nil {
		return nil, usagef("%s: %v", path, err)
	}
	return r, nil
}

// check holds the prediction against a mock that serves the measured completion times.
func (a *adviseCommand) check(r *loadtest.Result, advice *loadtest.Advice) error {
	trial, err := newTrial(r, advice)
	if err != nil {
		return err
	}
	fmt.Fprintf(a.w.Stderr, "trying %s on a mock, %s times as fast, by clients without jitter\n", advice.Header.Words, strconv.FormatFloat(trial.faster, 'g', 3, 64))
	figures, err := trial.run(a.ctx)
	if err != nil {
		return err
	}
	worst := 0.0
	for _, f := range figures {
		fmt.Fprintf(a.w.Stderr, "  %-20s predicted %-9s measured %-9s %+.1f%%\n", f.name, f.predicted, f.measured, f.off*100)
		if f.decides {
			worst = max(worst, f.off, -f.off)
		}
	}
	if worst > 0.1 {
		return exitError(exitNo)
	}
	fmt.Fprintln(a.w.Stderr, render.Clean("the prediction holds"))
	return nil
}
