package config

import (
	"strings"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"github.com/asyncctl/asyncctl/cmd/internal/app"
)

// Apply fills flags that were not given from the environment and from the configuration:
// flags beat ASYNCCTL_* variables, these beat the profile, that beats the project's file.
func Apply(w app.World, c *cobra.Command) error {
	for _, name := range internalFlags {
		if c.Flags().Changed(name) {
			return app.Usagef("there is no flag --%s", name)
		}
	}
	c.SetContext(remember(c.Context(), c.Flags()))
	if err := fromEnvironment(w.Env, c.Flags()); err != nil {
		return err
	}
	if none, _ := c.Flags().GetBool("no-config"); none {
		return nil
	}
	if c.Flags().Lookup("profile") == nil {
		return nil
	}
	config, err := readConfig(w.Env)
	if err != nil {
		return err
	}
	if name, _ := c.Flags().GetString("profile"); name != "" {
		if err := config.apply(name, c); err != nil {
			return err
		}
	}
	return applyProject(c.Flags())
}

// fromEnvironment sets each flag that was not given from its variable: ASYNCCTL_TIMEOUT for
// --timeout. A flag that may be repeated takes one value a line.
func fromEnvironment(env func(string) string, fs *pflag.FlagSet) error {
	var failed error
	fs.VisitAll(func(f *pflag.Flag) {
		name := variable(f.Name)
		value := env(name)
		if f.Hidden || f.Changed || value == "" || failed != nil || f.Name == "help" {
			return
		}
		values := []string{value}
		if f.Value.Type() == "stringArray" {
			values = strings.Split(strings.TrimRight(value, "\n"), "\n")
		}
		for _, v := range values {
			if err := f.Value.Set(v); err != nil {
				failed = app.Usagef("%s: %v", name, err)
			}
			f.Changed = true
		}
	})
	return failed
}

func variable(flag string) string {
	return "ASYNCCTL_" + strings.ToUpper(strings.ReplaceAll(flag, "-", "_"))
}
