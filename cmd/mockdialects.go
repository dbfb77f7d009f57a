package cmd

import (
	"fmt"

	"github.com/spf13/cobra"

	"github.com/asyncctl/asyncctl/cmd/internal/app"
	"github.com/asyncctl/asyncctl/cmd/internal/mock"
	"github.com/asyncctl/asyncctl/mockserver"
)

func newMockDialects(w app.World) *cobra.Command {
	c := &cobra.Command{
		Use: "dialects", Short: "List the dialects that the mock speaks, with a submit that each takes", Args: cobra.NoArgs,
		Example: `  asyncctl mockserver dialects
  asyncctl mockserver --dialect fhir-bulk
  asyncctl mockserver --dialect all`,
		RunE: func(*cobra.Command, []string) error {
			for _, d := range mockserver.Dialects() {
				fmt.Fprint(w.Stdout, mock.DialectText(d))
			}
			return nil
		},
	}
	return c
}
