// Command interop drives servers that nobody here wrote with the built asyncctl, and prints what it
// expected and what it saw. See README.md.
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"os/signal"
	"slices"
	"strings"
	"syscall"
)

const usage = `interop/run [flags] [SUITE...]    drive servers with asyncctl; exit 1 if one outcome is not as expected
interop/serve [flags] SUITE       start one server, say how to use it, and wait for Ctrl-C

`

// errMismatch: something was not as expected; the table says what.
var errMismatch = errors.New("not everything was as expected")

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	err := command(ctx, os.Args[1:])
	stop()
	switch {
	case errors.Is(err, flag.ErrHelp):
	case errors.Is(err, errMismatch):
		os.Exit(1)
	case err != nil:
		fmt.Fprintln(os.Stderr, "interop:", err)
		os.Exit(2)
	}
}

func command(ctx context.Context, args []string) error {
	flags := flag.NewFlagSet("interop", flag.ContinueOnError)
	flags.Usage = func() {
		io.WriteString(flags.Output(), usage)
		flags.PrintDefaults()
		io.WriteString(flags.Output(), "\nsuites:\n")
		list(flags.Output())
	}
	record := flags.String("record", "", "write the exchanges of each operation to this `directory`")
	cache := flags.String("cache", "", "`directory` for what is installed (default: asyncctl-interop in the user's cache directory)")
	port := flags.Int("port", 0, "serve: the server's `port` (0: a free one)")
	verb := ""
	if len(args) > 0 {
		verb, args = args[0], args[1:]
	}
	if err := flags.Parse(args); err != nil {
		return err
	}
	names := flags.Args()
	chosen, err := choose(names)
	if err != nil {
		return err
	}
	s := &stage{cache: *cache, record: *record, port: *port}
	switch {
	case verb == "run":
		return run(ctx, s, chosen)
	case verb == "serve" && len(names) == 1:
		return serve(ctx, s, chosen[0])
	}
	flags.Usage()
	return errors.New("say run, or serve and one suite")
}

// choose returns the suites of those names, and all of them for none.
func choose(names []string) ([]suite, error) {
	if len(names) == 0 {
		return suites, nil
	}
	var chosen []suite
	for _, name := range names {
		i := slices.IndexFunc(suites, func(s suite) bool { return s.name == name })
		if i < 0 {
			return nil, fmt.Errorf("there is no suite %q; there are: %s", name, strings.Join(suiteNames(), ", "))
		}
		chosen = append(chosen, suites[i])
	}
	return chosen, nil
}

func suiteNames() []string {
	names := make([]string, len(suites))
	for i := range suites {
		names[i] = suites[i].name
	}
	return names
}

func list(w io.Writer) {
	for _, s := range suites {
		fmt.Fprintf(w, "  %-10s %s (%s)\n", s.name, s.proves, s.from)
	}
}
