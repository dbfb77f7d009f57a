package cmd

import (
	"io"

	"github.com/spf13/cobra"

	"github.com/asyncctl/asyncctl/cmd/internal/app"
	"github.com/asyncctl/asyncctl/cmd/internal/bounded"
	"github.com/asyncctl/asyncctl/cmd/internal/follow"
	"github.com/asyncctl/asyncctl/cmd/internal/render"
)

func newReplay(w app.World) *cobra.Command {
	var out follow.Output
	c := &cobra.Command{
		Use:   "replay FILE|-",
		Short: "Show recorded events again",
		Long:  "Show a stream that --progress json has recorded, in any other form, without its pauses.",
		Example: `  asyncctl submit mock: --wait --progress json 2> events.ndjson
  asyncctl replay events.ndjson --progress plain -v`,
		Args: cobra.ExactArgs(1),
		RunE: func(_ *cobra.Command, args []string) error {
			if err := app.OneOf("--progress", out.Progress, "auto", "tui", "bars", "plain", "json"); err != nil {
				return err
			}
			from := bounded.Stream(w.Stdin)
			if args[0] != "-" {
				f, err := bounded.Open(args[0], 0)
				if err != nil {
					return app.Usagef("%v", err)
				}
				defer f.Close()
				from = bounded.Stream(f)
			}
			return replay(w, &out, from, args[0])
		},
	}
	c.Flags().StringVar(&out.Progress, "progress", "auto", "auto, tui, bars, plain or json; on stderr")
	c.Flags().BoolVarP(&out.Verbose, "verbose", "v", false, "show each request and each reply")
	return c
}

func replay(w app.World, out *follow.Output, from io.Reader, name string) error {
	var names *render.Roster
	if out.Progress == "bars" {
		names = render.NewRoster()
	}
	view, err := out.View(w, "", names)
	if err != nil {
		return err
	}
	defer view.Close()
	if err := render.Replay(view, render.ReadEvents(from)); err != nil {
		return app.Usagef("%s: %v", name, err)
	}
	return nil
}
