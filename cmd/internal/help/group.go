package help

import (
	"slices"
	"strings"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"
)

// Group is flags that belong together, under a title.
type Group struct {
	Title string
	Flags []*pflag.Flag
}

// Word is how a person names the group: --help WORD.
func (g Group) Word() string { return strings.ToLower(strings.Fields(g.Title)[0]) }

// common lists, for commands with many flags, those that people need most.
var common = map[string]string{
	"asyncctl submit":      "wait header data json request output save timeout dialect api token-file progress format dry-run",
	"asyncctl wait":        "output timeout interval until header token-file trust-origin dialect api progress format",
	"asyncctl status":      "format header token-file trust-origin dialect api",
	"asyncctl cancel":      "wait force yes header token-file trust-origin timeout",
	"asyncctl batch":       "concurrency rate idempotency-key journal retry-failed fail-fast output-dir header token-file timeout api",
	"asyncctl mockserver":  "listen set dialect fault scenario seed workers grade admin url-file tls auth",
	"asyncctl conformance": "target openapi rule level report record replay json header token-file api",
	"asyncctl loadtest":    "rate duration concurrency stages compare threshold report out json header allow-target",
}

// groups lists what flags belong to, by their names: a name means the same in all commands. Other flags
// are the command's own.
var groups = []struct{ title, names string }{
	{"Request options", "request data data-binary data-raw data-ascii data-urlencode url-query json form form-string get head compressed range referer idempotency-key prefer-async prefer-wait retry retry-unsafe example print-curl dry-run"},
	{"Credential options", "header user user-agent cookie oauth2-bearer token-file token-command netrc netrc-file profile no-config trust-origin allow-downgrade repeat-header"},
	{"Waiting options", "wait timeout max-time interval max-interval poll-retries grace request-timeout on-interrupt until success-when failure-when result-from allow-partial long-poll dialect api carry-query"},
	{"Output options", "output output-dir save format progress color silent verbose timing max-filesize include fail show-error location report out"},
	{"Connection options", "insecure cacert cert key proxy noproxy resolve unix-socket connect-timeout http1.0 http1.1 http2 http2-prior-knowledge http3 ipv4 ipv6 globoff path-as-is requests requests-per-host"},
}

// GroupsOf sorts the flags of a command. The first group has the common ones, if the command has many;
// they are in their own groups, too.
func GroupsOf(c *cobra.Command) (common Group, all []Group) {
	fs := c.NonInheritedFlags()
	common = Group{"Common options", named(fs, commonOf(c))}
	own := Group{Title: "Options"}
	for _, g := range groups {
		all = append(all, Group{Title: g.title})
	}
	fs.VisitAll(func(f *pflag.Flag) {
		if f.Hidden || f.Name == "help" {
			return
		}
		for i, g := range groups {
			if slices.Contains(strings.Fields(g.names), f.Name) {
				all[i].Flags = append(all[i].Flags, f)
				return
			}
		}
		own.Flags = append(own.Flags, f)
	})
	all = slices.DeleteFunc(append([]Group{own}, all...), func(g Group) bool { return len(g.Flags) == 0 })
	return common, all
}

func commonOf(c *cobra.Command) []string { return strings.Fields(common[c.CommandPath()]) }

// named returns flags by their names, in the order of the names.
func named(fs *pflag.FlagSet, names []string) []*pflag.Flag {
	var list []*pflag.Flag
	for _, name := range names {
		if f := fs.Lookup(name); f != nil && !f.Hidden {
			list = append(list, f)
		}
	}
	return list
}
