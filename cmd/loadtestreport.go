package cmd

import (
	"github.com/spf13/cobra"

	"github.com/asyncctl/asyncctl/loadtest/report"
)

func newLoadReport(w World) *cobra.Command {
	var out loadOutput
	var thresholds []string
	c := &cobra.Command{
		Use:   "report FILE...",
		Short: "Make reports of a result file; several are merged",
		Example: `  asyncctl loadtest report run.json
  asyncctl loadtest report run.json --report html=run.html --report hdrlog=run.hlog
  asyncctl loadtest report run.json --format json | jq .series[0].latency_ms.done
  asyncctl loadtest report run.json --threshold 'p99(done)<30s'`,
		Args: cobra.MinimumNArgs(1),
		RunE: func(_ *cobra.Command, args []string) error {
			until, err := conditions("threshold", thresholds)
			if err != nil {
				return err
			}
			result, err := mergedFiles(w, args)
			if err != nil {
				return err
			}
			defer out.abandon()
			if err := out.reserve(); err != nil {
				return err
			}
			v := viewOf(result, until)
			if err := out.deliver(w, v); err != nil {
				return err
			}
			return missed(w, v)
		},
	}
	fs := c.Flags()
	fs.SortFlags = false
	out.bindReports(fs)
	fs.StringArrayVar(&thresholds, "threshold", nil, "`condition` that has to be met, or the exit code is 1")
	return c
}

func newLoadMerge(w World) *cobra.Command {
	out := loadOutput{format: "text"}
	c := &cobra.Command{
		Use:   "merge FILE... -o FILE",
		Short: "Make one result file of those of several shards; exact",
		Long: `Merge the result files of runs that shared one plan (--shard i/n). Counts and histograms add up
exactly: the percentiles are those that one process would have measured.`,
		Example: `  asyncctl loadtest merge shard-0.json shard-1.json -o all.json`,
		Args:    cobra.MinimumNArgs(1),
		RunE: func(_ *cobra.Command, args []string) error {
			result, err := mergedFiles(w, args)
			if err != nil {
				return err
			}
			if out.file == "" || out.file == "-" {
				return report.Write(w.Stdout, result)
			}
			file, err := newAtomicFile(out.file, 0o644)
			if err != nil {
				return err
			}
			defer file.abandon()
			if err := report.Write(file, result); err != nil {
				return usagef("cannot write %s: %v", out.file, err)
			}
			return file.commit()
		},
	}
	c.Flags().StringVarP(&out.file, "out", "o", "", "write the merged result to this `file` (default stdout)")
	return c
}
