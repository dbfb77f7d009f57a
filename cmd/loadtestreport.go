package cmd

import (
	"github.com/spf13/cobra"

	"github.com/asyncctl/asyncctl/cmd/internal/app"
	"github.com/asyncctl/asyncctl/cmd/internal/load"
	report "github.com/asyncctl/asyncctl/cmd/internal/report/load"
)

func newLoadReport(w app.World) *cobra.Command {
	var out load.Output
	var thresholds []string
	c := &cobra.Command{
		Use:   "report FILE...",
		Short: "Make reports of a result file; several are merged",
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
			result, err := load.MergedFiles(w, args)
			if err != nil {
				return err
			}
			defer out.Abandon()
			if err := out.Reserve(c.Context()); err != nil {
				return err
			}
			v := load.ViewOf(result, until)
			if err := out.Deliver(w, v); err != nil {
				return err
			}
			return load.Missed(w, v)
		},
	}
	fs := c.Flags()
	fs.SortFlags = false
	out.BindReports(fs)
	fs.StringArrayVar(&thresholds, "threshold", nil, "`condition` that has to be met, or the exit code is 1")
	return c
}

func newLoadMerge(w app.World) *cobra.Command {
	out := load.Output{Format: "text"}
	c := &cobra.Command{
		Use:   "merge FILE... -o FILE",
		Short: "Make one result file of those of several shards; exact",
		Long: `Merge the result files of runs that shared one plan (--shard i/n). Counts and histograms add up
exactly: the percentiles are those that one process would have measured.`,
		Example: `  asyncctl loadtest merge shard-0.json shard-1.json -o all.json`,
		Args:    cobra.MinimumNArgs(1),
		RunE: func(c *cobra.Command, args []string) error {
			result, err := load.MergedFiles(w, args)
			if err != nil {
				return err
			}
			if out.File == "" || out.File == "-" {
				return report.Write(w.Stdout, result)
			}
			file, err := app.Create(c.Context(), out.File, app.Public)
			if err != nil {
				return err
			}
			defer file.Abandon()
			if err := report.Write(file, result); err != nil {
				return err
			}
			return file.Commit()
		},
	}
	c.Flags().StringVarP(&out.File, "out", "o", "", "write the merged result to this `file` (default stdout)")
	return c
}
