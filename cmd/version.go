package cmd

import (
	"encoding/json"
	"fmt"
	"runtime"

	"github.com/spf13/cobra"

	"github.com/asyncctl/asyncctl/cmd/internal/app"
	"github.com/asyncctl/asyncctl/internal/schema"
)

func newVersion(w app.World) *cobra.Command {
	var format string
	c := &cobra.Command{
		Use:     "version",
		Short:   "Print the version",
		Example: "  asyncctl version\n  asyncctl version --format json",
		Args:    cobra.NoArgs,
		RunE: func(*cobra.Command, []string) error {
			if err := app.OneOf("--format", format, "text", "json"); err != nil {
				return err
			}
			if format == "json" {
				return json.NewEncoder(w.Stdout).Encode(map[string]string{
					"schema": schema.Version, "version": app.VersionText(), "go": runtime.Version(),
					"os": runtime.GOOS, "arch": runtime.GOARCH,
				})
			}
			return printVersion(w)
		},
	}
	c.Flags().StringVar(&format, "format", "text", "text or json")
	return c
}

func printVersion(w app.World) error {
	_, err := fmt.Fprintf(w.Stdout, "asyncctl %s (%s, %s/%s)\n", app.VersionText(), runtime.Version(), runtime.GOOS, runtime.GOARCH)
	return err
}
