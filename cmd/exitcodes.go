package cmd

import (
	"github.com/spf13/cobra"

	"github.com/asyncctl/asyncctl/cmd/internal/app"
)

func newExitCodes() *cobra.Command {
	return &cobra.Command{Use: "exit-codes", Short: "what the exit code tells", Long: app.CodesText()}
}
