package main

import (
	"context"
	"fmt"
	"os"
	"strings"
)

// serve starts one server and leaves it running until the context ends. The URL goes to stdout.
func serve(ctx context.Context, s *stage, c suite) error {
	if err := missing(c.tools); err != nil {
		return err
	}
	defer s.close()
	if err := s.open(ctx); err != nil {
		return err
	}
	t, err := c.start(ctx, s)
	if err != nil {
		return err
	}
	if t.client != "" {
		return fmt.Errorf("%s is a client; there is nothing to serve", c.name)
	}
	fmt.Fprintf(os.Stderr, "%s: %s\n", c.name, t.version)
	if t.socket != "" {
		fmt.Fprintf(os.Stderr, "socket: %s\n", t.socket)
	}
	fmt.Println(t.base)
	show := func(what string, args []string) {
		if args != nil {
			fmt.Fprintf(os.Stderr, "%s\n  asyncctl %s\n", what, quote(s.fill(t, args)))
		}
	}
	show("an operation that takes its time:", t.slow)
	show("one that fails:", t.failing)
	fmt.Fprintln(os.Stderr, "running until Ctrl-C")
	<-ctx.Done()
	return nil
}

// quote writes arguments for a shell.
func quote(args []string) string {
	quoted := make([]string, len(args))
	for i, a := range args {
		quoted[i] = a
		if a == "" || strings.ContainsAny(a, " \"'\\$&;|<>(){}[]*?!#~`") {
			quoted[i] = "'" + strings.ReplaceAll(a, "'", `'\''`) + "'"
		}
	}
	return strings.Join(quoted, " ")
}
