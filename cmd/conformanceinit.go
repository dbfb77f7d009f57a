package cmd

import (
	"github.com/spf13/cobra"

	"github.com/asyncctl/asyncctl/cmd/internal/app"
	"github.com/asyncctl/asyncctl/cmd/internal/judge"
)

func newConformanceInit(w app.World) *cobra.Command {
	i := &judge.Init{World: w, Subject: judge.SubjectFlags{World: w}}
	c := &cobra.Command{
		Use: "init [FILE|-]", Short: "Write a target file with a comment on each field", Args: cobra.MaximumNArgs(1),
		Long: `Write a target file (conformance.yaml, if FILE is not given) with a comment on each field, to be
completed. A file that is there already is left alone. With --openapi it is made from a document.`,
		Example: `  asyncctl conformance init
  asyncctl conformance init api/target.yaml --url https://api.example.com/reports
  asyncctl conformance init --openapi api.yaml --operation createReport`,
		RunE: func(c *cobra.Command, args []string) error { return i.Run(c.Context(), args) },
	}
	fs := c.Flags()
	fs.SortFlags = false
	fs.StringVar(&i.URL, "url", "", "the `URL` to submit to; with --openapi, where the API is")
	i.Subject.BindOpenAPI(fs)
	return c
}
