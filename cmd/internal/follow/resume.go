package follow

import (
	"fmt"
	"os"
	"slices"
	"strings"

	"github.com/spf13/pflag"

	"github.com/asyncctl/asyncctl/cmd/internal/curl"
	"github.com/asyncctl/asyncctl/cmd/internal/render"
	"github.com/asyncctl/asyncctl/internal/show"
	"github.com/asyncctl/asyncctl/poller/lro"
)

// The lines that go on with an operation, or cancel it, have all flags of the command line that the
// other command knows and that are no secret. They work as they are printed, unless something secret
// stood on the command line itself: then they say what to add.

// sayHow prints the commands that wait for an operation again and that cancel it.
func (s *Session) sayHow(op lro.Operation) {
	fmt.Fprintf(s.World.Stderr, "  resume: %s\n", s.resumeLine(op))
	if line := s.cancelLine(op); line != "" {
		fmt.Fprintf(s.World.Stderr, "  cancel: %s\n", line)
	}
	if hidden := s.hidden(); hidden != "" {
		fmt.Fprintf(s.World.Stderr, "  add %s again: secrets are not printed\n", hidden)
	}
	if s.foreign(op) && s.secrets {
		origin := lro.Origin(op.StatusURL)
		fmt.Fprintf(s.World.Stderr, "  the status URL is at %s: your credentials go there only with --trust-origin %s\n", show.URL(origin), curl.Quote(origin))
	}
}

// accepted says, where progress is lines, how to go on with an operation should this process die.
func (s *Session) accepted() string {
	if s.mock || !s.following || s.latest.StatusURL == "" {
		return ""
	}
	return "\n  resume: " + s.resumeLine(s.latest)
}

// resumeLine is the command that waits for an operation again.
func (s *Session) resumeLine(op lro.Operation) string {
	var known Wait
	fs := pflag.NewFlagSet("", pflag.ContinueOnError)
	known.bindSession(fs)
	return s.line("wait", fs, op, nil)
}

// cancelLine is the command that cancels an operation; empty if no request does.
func (s *Session) cancelLine(op lro.Operation) string {
	op.Phase, op.Outcome, op.Reason = lro.Polling, lro.Undecided, lro.ReasonNone
	if _, ok := s.client.Dialect.Cancel(op); !ok {
		return ""
	}
	var known Cancel
	fs := pflag.NewFlagSet("", pflag.ContinueOnError)
	known.bindSession(fs)
	var extra []string
	if s.destroys(op) {
		extra = []string{"--yes"}
	}
	return s.line("cancel", fs, op, extra)
}

// line is a command with a handle and the given flags that fs knows.
func (s *Session) line(command string, fs *pflag.FlagSet, op lro.Operation, extra []string) string {
	arg, file := s.handleArg(op)
	words := append([]string{"asyncctl", command, arg}, extra...)
	for _, g := range s.given {
		if fs.Lookup(g.Name) == nil || g.Name == "url" && !s.API.Given() { // without a file it was the submit's
			continue
		}
		for _, value := range g.Values {
			switch {
			case !showable(g.Name, value):
			case g.Switch && value == "true":
				words = append(words, "--"+g.Name)
			case g.Switch:
				words = append(words, "--"+g.Name+"="+curl.Quote(value))
			default:
				words = append(words, "--"+g.Name, curl.Quote(value))
			}
		}
	}
	if origin := lro.Origin(op.StatusURL); file && s.mustName(op, origin) {
		words = append(words, "--trust-origin", curl.Quote(origin))
	}
	return strings.Join(words, " ")
}

// mustName reports whether a handle from a file needs an origin to be named that this run knew anyhow.
func (s *Session) mustName(op lro.Operation, origin string) bool {
	if origin != s.client.Origin || slices.Contains(s.client.Policy.Trust, origin) {
		return false
	}
	return s.secrets || s.hidden() != "" || s.Connection.Reroutes(op.StatusURL) != ""
}

// showable reports whether the value of a flag may be printed.
func showable(flag, value string) bool {
	switch flag {
	case "header":
		name, _, _ := strings.Cut(value, ":")
		return strings.HasPrefix(value, "@") || show.HarmlessField(strings.TrimSpace(name))
	case "user":
		return strings.Contains(value, ":@")
	case "cookie":
		return strings.HasPrefix(value, "@") || !strings.Contains(value, "=")
	case "proxy", "url":
		return show.URL(value) == value
	}
	return true
}

// hidden names the flags whose values are not printed.
func (s *Session) hidden() string {
	var names []string
	for _, g := range s.given {
		for _, value := range g.Values {
			if showable(g.Name, value) {
				continue
			}
			name := "--" + g.Name
			if header, _, ok := strings.Cut(value, ":"); ok && g.Name == "header" {
				name = "-H " + curl.Quote(render.Clean(strings.TrimSpace(header))+": ...")
			}
			names = append(names, name)
		}
	}
	return strings.Join(names, " and ")
}

// foreign reports whether a status URL is at another origin than what the person named.
func (s *Session) foreign(op lro.Operation) bool {
	origin := lro.Origin(op.StatusURL)
	return op.StatusURL != "" && origin != s.client.Origin && !s.keys().Opens(origin)
}

// handleArg returns how the operation can be named on a command line, and whether that is a file. A
// status URL that holds a secret goes into a file and not into a log; one at another origin, too, since
// a file asks before it trusts; and one that does not say how to read it.
func (s *Session) handleArg(op lro.Operation) (arg string, file bool) {
	if s.saved != "" {
		return curl.Quote(s.Save), true
	}
	if show.URL(op.StatusURL) == op.StatusURL && !s.foreign(op) && op.Dialect == lro.GenericName {
		return curl.Quote(op.StatusURL), false
	}
	if path, err := stateFile(s.World.Env, op); err == nil {
		s.kept = path
		return curl.Quote(path), true
	}
	return curl.Quote(op.StatusURL), false
}

// forget removes the handle that was kept for a resume line, once nobody needs it.
func (s *Session) forget() {
	if s.kept != "" && s.latest.Done() {
		os.Remove(s.kept)
	}
}

// bindSession binds what wait and the other commands share.
func (s *Wait) bindSession(fs *pflag.FlagSet) {
	s.API.Bind(fs)
	s.Profile.Bind(fs)
	s.Header.Bind(fs)
	s.Output.Bind(fs)
	s.Waiting.Bind(fs)
	s.Connection.Bind(fs)
}

// bindSession binds what cancel and the other commands share.
func (k *Cancel) bindSession(fs *pflag.FlagSet) {
	k.API.Bind(fs)
	k.Profile.Bind(fs)
	k.Header.Bind(fs)
	k.Output.BindShape(fs)
	k.Waiting.Bind(fs)
	k.Connection.Bind(fs)
}
