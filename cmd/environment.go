package cmd

import (
	"strings"

	"github.com/spf13/cobra"

	"github.com/asyncctl/asyncctl/cmd/internal/config"
)

const environmentIntro = `Every flag can be set by a variable: ASYNCCTL_ and its name in capitals, with _ for -. A flag that
may be repeated takes one value a line.

  ASYNCCTL_TIMEOUT=30m           as --timeout 30m
  ASYNCCTL_PROFILE=production    as --profile production
  ASYNCCTL_TOKEN_FILE=/run/token as --token-file /run/token

A flag on the command line beats its variable, the variable beats the profile, and the profile beats
the project's file. Besides these count

  HTTP_PROXY HTTPS_PROXY NO_PROXY   proxies, where --proxy is not given
  NETRC, HOME                       where --netrc looks
  NO_COLOR, CLICOLOR_FORCE, TERM    colours: none with NO_COLOR or TERM=dumb
  CI                                plain progress, also on a terminal
  XDG_CONFIG_HOME, XDG_STATE_HOME   where the configuration and kept handles are
  LC_ALL, LC_CTYPE, LANG            ASCII symbols where the locale is not UTF-8

Configuration: $XDG_CONFIG_HOME/asyncctl/config.yaml (~/.config/asyncctl/config.yaml)

  profiles:
    production:
      origin: https://api.example.com   # headers and tokens of this profile go here and nowhere else
      headers:
        X-Team: billing
      flags:
        token-command: vault read -field=token api
        timeout: 30m

A project may have a file .asyncctl.yaml with nothing but flags, and only those that decide neither
where anything is sent nor what is run:
`

// environmentText is the help topic about the environment.
func environmentText() string { return environmentIntro + strings.Join(config.Harmless, ", ") + "." }

func newEnvironment() *cobra.Command {
	return &cobra.Command{Use: "environment", Short: "variables and the configuration file", Long: environmentText()}
}
