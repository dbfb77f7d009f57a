package cmd

import (
	"context"
	"errors"

	"github.com/spf13/cobra"

	"github.com/asyncctl/asyncctl/cmd/internal/app"
	"github.com/asyncctl/asyncctl/cmd/internal/load"
	report "github.com/asyncctl/asyncctl/cmd/internal/report/load"
	"github.com/asyncctl/asyncctl/loadtest"
)

func newLoadReport(w app.World) *cobra.Command {
	var out load.Output
	var thresholds []string
	var parts load.Parts
	c := &cobra.Command{
		Use:   "report FILE...",
		Short: "Make reports of a result file; several are merged",
		Long: `Make reports of a result file of loadtest --out, with the exit code that the run had: thresholds can
be given anew. Several files are merged as by loadtest merge.`,
		Example: `  asyncctl loadtest report run.json
  asyncctl loadtest report run.json --report html=run.html --report hdrlog=run.hlog
  asyncctl loadtest report run.json --format json | jq .series[0].latency_ms.done
  asyncctl loadtest report run.json --threshold 'p99(done)<30s'`,
		Args: cobra.MinimumNArgs(1),
		RunE: func(c *cobra.Command, args []string) error {
			until, err := load.Conditions("threshold", thresholds)
			if err != nil {
				return err
			}
			result, err := load.WholeFiles(w, args, parts.Options())
			if err != nil {
				return err
			}
			defer out.Abandon()
			if err := out.Reserve(c.Context()); err != nil {
				return err
			}
			v := load.ViewOf(result, until)
			return errors.Join(out.Deliver(c.Context(), w, v), load.Verdict(w, v, until))
		},
	}
	fs := c.Flags()
	fs.SortFlags = false
	out.BindReports(fs)
	parts.Bind(fs)
	fs.StringArrayVar(&thresholds, "threshold", nil, "`condition` that has to be met, or the exit code is 1")
	return c
}

func newLoadMerge(w app.World) *cobra.Command {
	out := load.Output{Format: "text"}
	var parts load.Parts
	var thresholds []string
	c := &cobra.Command{
		Use:   "merge FILE... -o FILE",
		Short: "Make one result file of those of several shards; exact",
		Long: `Merge the result files of runs that shared one plan (--shard i/n). Counts and histograms add up
exactly: the percentiles are those that one process would have measured. FILE is - for stdin, which
may hold several results, one after the other, as the logs of several machines do.

Results of another plan, and a part that is there twice, are errors (exit code 2). Parts that are
missing, began more than a second apart, or were ended are said, and make the exit code 1. Otherwise
the exit code is what that of one run would have been.`,
		Example: `  asyncctl loadtest merge shard-0.json shard-1.json -o all.json
  kubectl logs -l job-name=load --tail=-1 | asyncctl loadtest merge - -o all.json
  asyncctl loadtest merge shard-*.json --threshold 'p99(done)<30s' -o all.json`,
		Args: cobra.MinimumNArgs(1),
		RunE: func(c *cobra.Command, args []string) error {
			until, err := load.Conditions("threshold", thresholds)
			if err != nil {
				return err
			}
			result, err := load.MergedFiles(w, args, parts.Options())
			if err != nil {
				return err
			}
			if err := writeMerged(c.Context(), w, out.File, result); err != nil {
				return err
			}
			return load.Verdict(w, load.ViewOf(result, until), until)
		},
	}
	fs := c.Flags()
	fs.SortFlags = false
	fs.StringVarP(&out.File, "out", "o", "", "write the merged result to this `file` (default stdout)")
	parts.Bind(fs)
	fs.StringArrayVar(&thresholds, "threshold", nil, "`condition` that has to be met, or the exit code is 1")
	return c
}

func writeMerged(ctx context.Context, w app.World, path string, result *loadtest.Result) error {
	if path == "" || path == "-" {
		return report.Write(w.Stdout, result)
	}
	file, err := app.Create(ctx, path, app.Public)
	if err != nil {
		return err
	}
	defer file.Abandon()
	if err := report.Write(file, result); err != nil {
		return err
	}
	return file.Commit()
}
