package cmd

import (
	"github.com/spf13/cobra"

	"github.com/asyncctl/asyncctl/cmd/internal/app"
	"github.com/asyncctl/asyncctl/cmd/internal/follow"
)

func newWait(w app.World) *cobra.Command {
	s := &follow.Wait{Session: follow.Session{World: w}}
	c := &cobra.Command{
		Use:   "wait HANDLE...",
		Short: "Wait for operations and print their results",
		Long: `Wait for an operation to end, and print its result on stdout.

With several, stdout has one line for each as it ends, or one JSON document a line with --format
json, results included; --output-dir writes the results to files.

HANDLE is a status URL, a handle file (from submit --save), or - for either on stdin. A handle file
names no origin on your behalf: headers and credentials go to its origin only with --trust-origin.`,
		Example: `  asyncctl wait https://api.example.com/operations/7f3a
  asyncctl wait order.handle -o report.pdf --timeout 30m
  asyncctl wait order.handle --token-command 'vault read -field=token api' --trust-origin https://api.example.com
  asyncctl wait *.handle --until any --timeout 5m`,
		Args: cobra.MinimumNArgs(1),
		RunE: func(c *cobra.Command, args []string) error {
			return s.Run(c, args)
		},
	}
	fs := c.Flags()
	fs.SortFlags = false
	fs.StringVar(&s.Save, "save", "", "write the operation's handle to this `file`")
	fs.Var(&s.Until, "until", "of several, wait until all, any, or `N` have succeeded")
	s.Bounds.Bind(fs)
	s.API.Bind(fs)
	s.Profile.Bind(fs)
	s.Header.Bind(fs)
	s.Output.Bind(fs)
	s.Waiting.Bind(fs)
	s.Connection.Bind(fs)
	return c
}
